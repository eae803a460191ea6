import { readFileSync } from 'node:fs';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import { VERSION } from '#shared/runtime/version';
import type { Config } from './config.ts';
import { dial } from './dial.ts';
import { keepLinked } from './keep-linked.ts';
import { connectService } from './local-services.ts';
import { serveLink } from './serve-link.ts';

/** Keeps a link to every gateway. */
export function start(config: Config, logger: Logger, lifecycle: Lifecycle): Promise<{ gateways: number }> {
  const certificates = {
    cert: readFileSync(config.LINK_TLS_CERT),
    key: readFileSync(config.LINK_TLS_KEY),
    ca: readFileSync(config.LINK_TLS_CA),
  };
  const connect = connectService({
    addresses: {
      'scan-orchestrator': config.ORCHESTRATOR_ADDRESS,
      'rotor-driver': config.ROTOR_DRIVER_ADDRESS,
    },
    ca: config.GRPC_TLS_CA === undefined ? undefined : readFileSync(config.GRPC_TLS_CA),
  });
  const hello = { site: config.SITE_NAME, version: VERSION };
  const ending = new AbortController();
  const links = config.GATEWAY_LINKS.map((address) =>
    keepLinked({
      link: async (onLinked) =>
        serveLink(await dial(address, certificates, ending.signal), {
          hello,
          connect,
          onLinked,
          signal: ending.signal,
        }),
      logger: logger.child({ gateway: address }),
      signal: ending.signal,
    }),
  );
  lifecycle.onClose('links', async () => {
    ending.abort();
    await Promise.all(links);
  });
  return Promise.resolve({ gateways: links.length });
}
