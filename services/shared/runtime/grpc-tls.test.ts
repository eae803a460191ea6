import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HealthDefinition } from 'nice-grpc-server-health';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGrpcClient } from './grpc-client.ts';
import { startGrpcServer } from './grpc-server.ts';
import { createLogger } from './logger.ts';

const SERVICE = 'skyscan.v1.SdrSampler';
const TOKEN = 'a-token-for-the-tests';
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-tls-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Node 26 rejects an IP address as TLS server name, and grpc-js sends the host as server name.
test.each([
  ['127.0.0.1', 'IP:127.0.0.1'],
  ['[::1]', 'IP:::1'],
  ['localhost', 'DNS:localhost'],
])('%s is accepted with a certificate for %s', async (host, names) => {
  expect(await statusAt(host, names)).toBe(1);
});

test.each([
  ['127.0.0.1', 'IP:127.0.0.2'],
  ['[::1]', 'IP:127.0.0.1'],
  ['127.0.0.1', 'DNS:ip-address.invalid'],
  ['localhost', 'IP:127.0.0.1'],
])('%s is refused with a certificate for %s', async (host, names) => {
  await expect(statusAt(host, names)).rejects.toMatchObject({ kind: 'unavailable' });
});

test('an address is refused with a certificate of another authority', async () => {
  await expect(
    statusAt('127.0.0.1', 'IP:127.0.0.1', makeCertificate('other', 'IP:127.0.0.1')),
  ).rejects.toMatchObject({
    kind: 'unavailable',
  });
});

/**
 * The health reported by a server with a certificate for `names` to a client that connects to
 * `host`.
 */
async function statusAt(host: string, names: string, caPath?: string): Promise<number> {
  const certPath = makeCertificate('server', names);
  const server = await startGrpcServer({
    host,
    port: 0,
    security: { token: TOKEN, certPath, keyPath: at('server.key') },
    serviceName: SERVICE,
    logger: createLogger('test', 'silent'),
    add: () => undefined,
  });
  const security = { token: TOKEN, caPath: caPath ?? certPath };
  const { client, close } = createGrpcClient(HealthDefinition, `${host}:${server.port}`, security);
  try {
    return (await client.check({ service: SERVICE }, { deadline: 5_000 })).status;
  } finally {
    close();
    await server.close();
  }
}

/** Path of a self-signed certificate. */
function makeCertificate(name: string, names: string): string {
  writeFileSync(at(`${name}.cnf`), `[req]\ndistinguished_name=dn\n[dn]\n`);
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-noenc',
    '-keyout',
    at(`${name}.key`),
  ];
  const extension = ['-addext', `subjectAltName=${names}`];
  const subject = ['-subj', '/CN=test', '-days', '1', '-config', at(`${name}.cnf`)];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...extension, '-out', at(`${name}.pem`)], {
    stdio: 'ignore',
  });
  return at(`${name}.pem`);
}
