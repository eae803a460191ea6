import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IClientOptions } from 'mqtt';
import { freePorts } from '../../services/launcher/ports.ts';
import { canConnect } from './gateway-broker.ts';
import { findProgram } from './peers.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ShippedMosquitto {
  url: string;
  tlsUrl: string;
  /** Credentials of `user` in deploy/mosquitto.acl. */
  login(user: string): IClientOptions;
  close(): Promise<void>;
}

/** Runs deploy/secrets.js as the containers do; `folder` gets one folder per service. */
export function makeSecrets(folder: string, tlsNames = '', linkSite = ''): void {
  const env = { ...process.env, TLS_NAMES: tlsNames, LINK_SITE: linkSite };
  execFileSync(process.execPath, [join(ROOT, 'deploy/secrets.js'), folder], { env, stdio: 'ignore' });
}

/**
 * Debian's mosquitto with deploy/mosquitto.conf and deploy/mosquitto.acl; only paths, ports and the
 * user id differ.
 */
export async function startShippedMosquitto(secrets: string, folder: string): Promise<ShippedMosquitto> {
  mkdirSync(join(folder, 'data'), { recursive: true });
  const [plain = 0, tls = 0] = await freePorts(2);
  const config = readFileSync(join(ROOT, 'deploy/mosquitto.conf'), 'utf8')
    .replaceAll('/secrets/', `${secrets}/mosquitto/`)
    .replace('/mosquitto/config/', `${join(ROOT, 'deploy')}/`)
    .replace('/mosquitto/data/', `${folder}/data/`)
    .replace('listener 1883', `listener ${plain} 127.0.0.1`)
    .replace('listener 8883', `listener ${tls} 127.0.0.1`);
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  writeFileSync(join(folder, 'mosquitto.conf'), `${config}\n${user}`);
  const child = spawn(findProgram('mosquitto') ?? '', ['-c', join(folder, 'mosquitto.conf')], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await until('mosquitto listens', () => canConnect(plain));
  const password = (name: string) =>
    readFileSync(join(secrets, 'authority', `mqtt-password-${name}`), 'utf8').trim();
  return {
    url: `mqtt://127.0.0.1:${plain}`,
    tlsUrl: `mqtts://127.0.0.1:${tls}`,
    login: (name) => ({ username: name, password: password(name), reconnectPeriod: 0 }),
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
