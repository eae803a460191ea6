import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../services/launcher/ports.ts';
import { canConnect } from './gateway-broker.ts';
import { findProgram } from './peers.ts';
import { until } from './until.ts';

const DEPLOY = fileURLToPath(new URL('../../docs/deploy.md', import.meta.url));
/** Host name of the proxy in docs/deploy.md. */
export const PROXY_NAME = 'sky.lan';

export interface Proxy {
  port: number;
  close(): Promise<void>;
}

/** The examples of a chapter of docs/deploy.md in a language, in order. */
export function examples(
  language: 'nginx' | 'caddyfile' | 'haproxy' | 'sh',
  chapterName = 'Behind a proxy',
): string[] {
  const chapters = readFileSync(DEPLOY, 'utf8').split(/^## /m);
  const chapter = chapters.find((text) => text.startsWith(`${chapterName}\n`)) ?? '';
  return [...chapter.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text]) => text ?? '',
  );
}

/** The variables of the first example, `export NAME=value NAME=value`. */
export function exampleVariables(): Record<string, string> {
  const words = examples('sh')[0]?.replace('export', '').trim().split(/\s+/) ?? [];
  return Object.fromEntries(words.map((word) => word.split('=', 2) as [string, string]));
}

/** nginx on a free port with `location` blocks; the gateway is at `gatewayPort` instead of 8080. */
export async function startNginx(
  locations: string,
  gatewayPort: number,
  login = { name: '', password: '' },
): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-nginx-'));
  const [port = 0] = await freePorts(1);
  writeFileSync(join(folder, 'htpasswd'), `${login.name}:{PLAIN}${login.password}\n`);
  const block = locations
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${gatewayPort}`)
    .replace('/etc/nginx/sky-scan.htpasswd', join(folder, 'htpasswd'));
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off; ${folders.join(' ')}
  server {
    listen 127.0.0.1:${port}; server_name ${PROXY_NAME};
    ${block}
  }
}
`,
  );
  return run(
    'nginx',
    ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')],
    folder,
    () => canConnect(port),
    port,
  );
}

/**
 * Caddy with these sites on a free port, over TLS; the gateway is at `gatewayPort` instead of 8080.
 */
export async function startCaddy(sites: string, gatewayPort: number): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-caddy-'));
  const [port = 0, httpPort = 0] = await freePorts(2);
  mkdirSync(join(folder, 'data'));
  const options = [
    'admin off',
    'skip_install_trust',
    `https_port ${port}`,
    `http_port ${httpPort}`,
    `storage file_system ${folder}/data`,
  ];
  writeFileSync(
    join(folder, 'Caddyfile'),
    `{\n${options.join('\n')}\n}\n${sites.replaceAll('127.0.0.1:8080', `127.0.0.1:${gatewayPort}`)}`,
  );
  const args = ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
  // Caddy listens before it has created its certificate.
  const isReady = () => canHandshake(port);
  return run('caddy', args, folder, isReady, port, {
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  });
}

/** The example of HAProxy with other addresses, each `host:port`. */
export function haproxyConfig(bind: string, [one, two]: readonly [string, string]): string {
  const [example = ''] = examples('haproxy', 'Several gateways');
  return example
    .replace('bind :8080', `bind ${bind}`)
    .replace('10.0.0.11:8080', one)
    .replace('10.0.0.12:8080', two);
}

/** The example of HAProxy on a free port, in front of two gateways. */
export async function startHaproxy([one, two]: readonly [number, number]): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-haproxy-'));
  const [port = 0] = await freePorts(1);
  const config = haproxyConfig(`127.0.0.1:${port}`, [`127.0.0.1:${one}`, `127.0.0.1:${two}`]);
  writeFileSync(join(folder, 'haproxy.cfg'), config);
  return run('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], folder, () => canConnect(port), port);
}

async function run(
  program: string,
  args: string[],
  folder: string,
  isReady: () => Promise<boolean>,
  port: number,
  env: Record<string, string> = {},
): Promise<Proxy> {
  const child = spawn(findProgram(program) ?? program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  let code: number | null | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('close', (exit) => {
      code = exit;
      resolve();
    });
  });
  await until(`${program} is ready`, async () => {
    if (code !== undefined) throw new Error(`${program} ended with ${code}: ${log}`);
    return isReady();
  });
  return {
    port,
    async close() {
      // nginx: fast shutdown including its worker; Caddy exits at once.
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a server on loopback presents a certificate for `PROXY_NAME`. */
function canHandshake(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, servername: PROXY_NAME, rejectUnauthorized: false };
    const socket = connect(options, () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}
