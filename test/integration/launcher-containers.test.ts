import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '#shared/logger';
import { startGrpcServer } from '#shared/grpc-server';
import { SdrSamplerDefinition } from '#proto/sdr_sampler';
import { freePorts } from '../../services/launcher/ports.ts';
import { describeWithPrograms, findProgram } from '../support/peers.ts';
import { until } from '../support/until.ts';

// What the containers of docker-compose.yml run and read, without containers.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const read = (...parts: string[]) => readFileSync(at(...parts), 'utf8').trim();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-containers-'));
  for (const name of ['secrets', 'mqtt', 'postgres', 'data']) mkdirSync(at(name), { mode: 0o777 });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the health check of a page: well, unwell, away', async () => {
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
  test('are made once and kept; another name means another certificate of the same authority', () => {
    makeSecrets('');
    const names = ['api-keys', 'grpc-token', 'mqtt-password', 'database-url', 'ca.pem'];
    const before = names.map((name) => read('secrets', name));
    const certificate = read('secrets', 'tls.pem');
    makeSecrets('');
    expect(read('secrets', 'tls.pem')).toBe(certificate);
    makeSecrets('sky.example.org,192.168.1.5');
    expect(read('secrets', 'tls.pem')).not.toBe(certificate);
    expect(names.map((name) => read('secrets', name))).toEqual(before);
    const text = execFileSync('openssl', ['x509', '-in', at('secrets', 'tls.pem'), '-noout', '-text'], {
      encoding: 'utf8',
    });
    expect(text).toContain('DNS:sky.example.org, IP Address:192.168.1.5');
    expect(read('secrets', 'database-url')).toContain(read('postgres', 'password'));
    expect(read('mqtt', 'tls.pem')).toBe(read('secrets', 'tls.pem'));
  });

  test('gRPC with TLS and token: whoever has both is let in, and nobody else', async () => {
    makeSecrets('');
    const server = await startGrpcServer({
      host: '0.0.0.0',
      port: 0,
      security: {
        token: read('secrets', 'grpc-token'),
        certPath: at('secrets', 'tls.pem'),
        keyPath: at('secrets', 'tls-key.pem'),
      },
      serviceName: SdrSamplerDefinition.fullName,
      logger: createLogger('test', 'silent'),
      add: () => undefined,
    });
    const address = `grpc://localhost:${server.port}/${SdrSamplerDefinition.fullName}`;
    const env = { GRPC_TOKEN_FILE: at('secrets', 'grpc-token'), GRPC_TLS_CA: at('secrets', 'ca.pem') };
    expect(await healthcheck(address, env)).toBe(0);
    // By address, as a Raspberry Pi without a name is reached.
    expect(await healthcheck(address.replace('localhost', '127.0.0.1'), env)).toBe(0);
    expect(await healthcheck(address, { ...env, GRPC_TOKEN: 'somebody-elses-token' })).toBe(1);
    expect(await healthcheck(address, { GRPC_TOKEN_FILE: env.GRPC_TOKEN_FILE })).toBe(1);
    await server.close();
  });
});

describeWithPrograms(['openssl', 'mosquitto'], 'deploy/mosquitto.conf', () => {
  test('lets the services in, with a password and over TLS, and nobody else', async () => {
    makeSecrets('');
    const [plain = 0, tls = 0] = await freePorts(2);
    const original = readFileSync(join(ROOT, 'deploy/mosquitto.conf'), 'utf8');
    const config = original
      .replaceAll('/secrets/', `${at('mqtt')}/`)
      .replace('/mosquitto/data/', `${at('data')}/`)
      .replace('listener 1883', `listener ${plain} 127.0.0.1`)
      .replace('listener 8883', `listener ${tls} 127.0.0.1`);
    writeFileSync(at('mosquitto.conf'), `${config}\nuser ${process.getuid?.() === 0 ? 'root' : ''}\n`);
    const broker = spawn(findProgram('mosquitto') ?? '', ['-c', at('mosquitto.conf')], { stdio: 'ignore' });
    const ended = new Promise((resolve) => broker.once('close', resolve));
    const account = { username: 'skyscan', password: read('secrets', 'mqtt-password'), reconnectPeriod: 0 };
    try {
      await until('the broker', () => connects(`mqtt://127.0.0.1:${plain}`, account));
      expect(
        await connects(`mqtts://127.0.0.1:${tls}`, { ...account, ca: readFileSync(at('mqtt', 'ca.pem')) }),
      ).toBe(true);
      await expect(connects(`mqtts://127.0.0.1:${tls}`, account)).rejects.toThrow(/certificate/);
      await expect(
        connects(`mqtt://127.0.0.1:${plain}`, { ...account, password: 'guessed' }),
      ).rejects.toThrow(/authori/i);
      await expect(connects(`mqtt://127.0.0.1:${plain}`, { reconnectPeriod: 0 })).rejects.toThrow(/authori/i);
    } finally {
      broker.kill();
      await ended;
    }
  });
});

function makeSecrets(names: string): void {
  const folders = ['secrets', 'mqtt', 'postgres'].map((name) => at(name));
  const env = { ...process.env, TLS_NAMES: names };
  execFileSync(process.execPath, [join(ROOT, 'deploy/secrets.js'), ...folders], { env, stdio: 'ignore' });
}

/** Runs the health check as the containers do; resolves with its exit code. */
function healthcheck(url: string, env: Record<string, string> = {}): Promise<number> {
  const program = join(ROOT, 'dist/services/launcher/healthcheck.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [program, url], { env }, (error) =>
      resolve(error ? Number(error.code ?? 1) : 0),
    );
  });
}

async function connects(url: string, options: mqtt.IClientOptions): Promise<boolean> {
  const client = await mqtt.connectAsync(url, options);
  await client.endAsync();
  return true;
}
