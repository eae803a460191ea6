import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeSecrets } from './shipped-mosquitto.ts';

/** The authority of an installation, and the certificates of links as variables. */
export interface LinkAuthority {
  /** `LINK_TLS_*` of a gateway at 127.0.0.1. */
  gateway: Record<string, string>;
  /** `LINK_TLS_*` of the site. */
  site(name: string): Record<string, string>;
}

/** Runs deploy/secrets.js in `folder`. */
export function createLinkAuthority(folder: string): LinkAuthority {
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => join(folder, 'authority', name);
  const variables = (name: string) => ({
    LINK_TLS_CERT: at(`${name}.pem`),
    LINK_TLS_KEY: at(`${name}-key.pem`),
    LINK_TLS_CA: at('ca.pem'),
  });
  makeSecrets(folder);
  return {
    gateway: variables('api-gateway'),
    site(name) {
      if (!existsSync(at(`site-${name}.pem`))) makeSecrets(folder, '', name);
      return variables(`site-${name}`);
    },
  };
}
