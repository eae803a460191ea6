import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '#shared/runtime/logger';
import { startGrpcServer } from '#shared/runtime/grpc-server';
import { SdrSamplerDefinition } from '#proto/sdr_sampler';
import { describeWithPrograms } from '../support/peers.ts';
import { makeSecrets, startShippedMosquitto } from '../support/shipped-mosquitto.ts';

// The scripts and files of the containers in docker-compose.yml, run without containers.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HARDWARE = ['scan-orchestrator', 'rotor-driver', 'sdr-sampler'];
const SERVICES = ['api-gateway', ...HARDWARE];
let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const read = (...parts: string[]) => readFileSync(at(...parts), 'utf8').trim();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-containers-'));
  mkdirSync(at('secrets'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the health check of a page: ok, failing, unreachable', async () => {
  const server = createServer((request, response) =>
    response.writeHead(request.url === '/health' ? 200 : 503).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await healthcheck(`${url}/health`)).toBe(0);
  expect(await healthcheck(`${url}/elsewhere`)).toBe(1);
  await new Promise((resolve) => server.close(resolve));
  expect(await healthcheck(`${url}/health`)).toBe(1);
});

describeWithPrograms(['openssl'], 'secrets', () => {
  test('are created once and kept; a new name gives a new certificate of the same authority', () => {
    makeSecrets(at('secrets'));
    const kept = [
      ['api-gateway', 'api-keys'],
      ['api-gateway', 'database-url'],
      ['rotor-driver', 'tls-key.pem'],
      ...SERVICES.flatMap((service) =>
        ['grpc-token', 'mqtt-password', 'ca.pem'].map((name) => [service, name]),
      ),
    ];
    const before = kept.map((path) => read('secrets', ...path));
    const certificate = read('secrets', 'rotor-driver', 'tls.pem');
    makeSecrets(at('secrets'));
    expect(read('secrets', 'rotor-driver', 'tls.pem')).toBe(certificate);
    makeSecrets(at('secrets'), 'sky.example.org,192.168.1.5');
    expect(read('secrets', 'rotor-driver', 'tls.pem')).not.toBe(certificate);
    expect(kept.map((path) => read('secrets', ...path))).toEqual(before);
    const text = execFileSync(
      'openssl',
      ['x509', '-in', at('secrets', 'rotor-driver', 'tls.pem'), '-noout', '-text'],
      { encoding: 'utf8' },
    );
    expect(text).toContain('DNS:sky.example.org, IP Address:192.168.1.5');
    expect(read('secrets', 'api-gateway', 'database-url')).toContain(read('secrets', 'postgres', 'password'));
  });

  test('are separate for every service, which gets only those it needs', () => {
    makeSecrets(at('secrets'));
    const files = (service: string) => readdirSync(at('secrets', service)).sort();
    expect(files('api-gateway')).toEqual([
      'api-keys',
      'ca.pem',
      'database-url',
      'grpc-token',
      'mqtt-password',
      'tls-key.pem',
      'tls.pem',
    ]);
    expect(files('site-link')).toEqual([]);
    for (const service of HARDWARE)
      expect(files(service)).toEqual(['ca.pem', 'grpc-token', 'mqtt-password', 'tls-key.pem', 'tls.pem']);
    expect(files('postgres')).toEqual(['password']);
    expect(new Set(SERVICES.map((service) => read('secrets', service, 'mqtt-password'))).size).toBe(4);
    expect(new Set(HARDWARE.map((service) => read('secrets', service, 'tls-key.pem'))).size).toBe(3);
  });

  test('give a site that dials in the certificate of its name', () => {
    makeSecrets(at('secrets'), '', 'hill');
    const shown = execFileSync(
      'openssl',
      ['x509', '-in', at('secrets', 'site-link', 'tls.pem'), '-noout', '-subject', '-purpose'],
      { encoding: 'utf8' },
    );
    expect(shown).toMatch(/^subject=CN = hill$/m);
    expect(shown).toMatch(/^SSL client : Yes$/m);
    expect(shown).toMatch(/^SSL server : No$/m);
    makeSecrets(at('secrets'), '', 'valley');
    expect(read('secrets', 'site-link', 'ca.pem')).toBe(read('secrets', 'api-gateway', 'ca.pem'));
    expect(() => makeSecrets(at('secrets'), '', 'a b')).toThrow();
  });

  test('give access to gRPC only to clients with both certificate and token', async () => {
    makeSecrets(at('secrets'));
    const driver = ['secrets', 'rotor-driver'] as const;
    const server = await startGrpcServer({
      host: '0.0.0.0',
      port: 0,
      security: {
        token: read(...driver, 'grpc-token'),
        certPath: at(...driver, 'tls.pem'),
        keyPath: at(...driver, 'tls-key.pem'),
      },
      serviceName: SdrSamplerDefinition.fullName,
      logger: createLogger('test', 'silent'),
      add: () => undefined,
    });
    const address = `grpc://localhost:${server.port}/${SdrSamplerDefinition.fullName}`;
    const env = {
      GRPC_TOKEN_FILE: at('secrets', 'api-gateway', 'grpc-token'),
      GRPC_TLS_CA: at('secrets', 'api-gateway', 'ca.pem'),
    };
    expect(await healthcheck(address, env)).toBe(0);
    // By IP address, as for a Raspberry Pi without a host name.
    expect(await healthcheck(address.replace('localhost', '127.0.0.1'), env)).toBe(0);
    expect(await healthcheck(address, { ...env, GRPC_TOKEN: 'somebody-elses-token' })).toBe(1);
    expect(await healthcheck(address, { GRPC_TOKEN_FILE: env.GRPC_TOKEN_FILE })).toBe(1);
    await server.close();
  });
});

describeWithPrograms(['openssl', 'mosquitto'], 'deploy/mosquitto.conf', () => {
  test('accepts every service with its own password, also over TLS, and no other client', async () => {
    makeSecrets(at('secrets'));
    const broker = await startShippedMosquitto(at('secrets'), folder);
    try {
      const [account, ...accounts] = SERVICES.map((service) => ({
        username: service,
        password: read('secrets', service, 'mqtt-password'),
        reconnectPeriod: 0,
      }));
      for (const other of accounts) expect(await connects(broker.url, other)).toBe(true);
      const ca = readFileSync(at('secrets', 'rotor-driver', 'ca.pem'));
      expect(await connects(broker.tlsUrl, { ...account, ca })).toBe(true);
      await expect(connects(broker.tlsUrl, account)).rejects.toThrow(/certificate/);
      const otherPassword = { ...account, password: accounts[0]?.password ?? '' };
      await expect(connects(broker.url, otherPassword)).rejects.toThrow(/authori/i);
      await expect(connects(broker.url, { reconnectPeriod: 0 })).rejects.toThrow(/authori/i);
    } finally {
      await broker.close();
    }
  });
});

/** Runs the health check as the containers do; resolves with its exit code. */
function healthcheck(url: string, env: Record<string, string> = {}): Promise<number> {
  const program = join(ROOT, 'dist/services/launcher/healthcheck.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [program, url], { env }, (error) =>
      resolve(error ? Number(error.code ?? 1) : 0),
    );
  });
}

async function connects(url: string, options: mqtt.IClientOptions = {}): Promise<boolean> {
  const client = await mqtt.connectAsync(url, options);
  await client.endAsync();
  return true;
}
