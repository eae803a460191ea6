import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startStack, type StackOptions } from '../../services/launcher/stack.ts';
import { isRunning, killHard, processesOf } from '../support/processes.ts';
import { until } from '../support/until.ts';

// Supervision only: every service is a script of three lines.
const READY = `process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
process.send({ ready: true });
`;
const ENTRIES = [
  'api-gateway',
  'scan-orchestrator',
  'rotor-driver',
  'sdr-sampler',
  'sky-analyst',
  'simulator',
  'launcher/broker',
];

let folder: string;
let remarks: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-launcher-stack-'));
  remarks = [];
  for (const entry of ENTRIES) writeService(entry, READY);
});

afterEach(() => {
  expect(processesOf(folder)).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

test('every process gets its environment, and stop leaves no process behind', async () => {
  const writeEnvironment = `require('node:fs').writeFileSync(process.env.HOME + '/env.json', JSON.stringify(process.env));`;
  writeService('api-gateway', `${writeEnvironment}\n${READY}`);
  const stack = await startStack(
    options({ env: { HOME: folder, API_KEYS: 'key-of-the-gateway', LOG_LEVEL: 'warn' } }),
  );
  expect([...stack.processes.keys()].sort()).toEqual([
    'api-gateway',
    'mqtt-broker',
    'rotor-driver',
    'scan-orchestrator',
    'sdr-sampler',
    'simulator',
    'sky-analyst',
  ]);
  expect(JSON.parse(readFileSync(join(folder, 'env.json'), 'utf8'))).toMatchObject({
    HTTP_PORT: String(stack.addresses.httpPort),
    MQTT_URL: stack.addresses.mqttUrl,
    ORCHESTRATOR_ADDRESS: stack.addresses.orchestrator,
    SKY_ANALYST_ADDRESS: stack.addresses.skyAnalyst,
    DATABASE_URL: 'postgres://elsewhere/db',
    API_KEYS: 'key-of-the-gateway',
    LOG_LEVEL: 'warn',
  });
  const orchestrator = stack.processes.get('scan-orchestrator')?.pid ?? 0;
  const environment = readFileSync(`/proc/${orchestrator}/environ`, 'utf8');
  expect(environment).not.toContain('key-of-the-gateway');
  expect(environment).not.toContain('postgres://');
  await stack.stop();
});

test('external services are not started', async () => {
  const stack = await startStack(
    options({ mqttUrl: 'mqtt://127.0.0.1:1', rotctld: '127.0.0.1:2', rtlTcp: '127.0.0.1:3' }),
  );
  expect([...stack.processes.keys()].sort()).toEqual([
    'api-gateway',
    'rotor-driver',
    'scan-orchestrator',
    'sdr-sampler',
    'sky-analyst',
  ]);
  await stack.stop();
});

test('a killed process is restarted with the same environment', async () => {
  const stack = await startStack(options());
  const driver = stack.processes.get('rotor-driver');
  const before = readFileSync(`/proc/${driver?.pid}/environ`, 'utf8');
  const killed = killHard(driver?.pid);
  const pid = await until('a new rotor-driver', () => driver?.pid !== killed && driver?.pid);
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe(before);
  expect(driver?.restarts).toBe(1);
  expect(remarks).toContain('rotor-driver: exited (signal SIGKILL); restarting');
  await stack.stop();
});

test('restarts of a crashing process are delayed more and more, and stop does not wait for them', async () => {
  const stack = await startStack(options());
  writeService('sdr-sampler', `console.log('{"level":60,"msg":"no dongle"}'); process.exit(1);`);
  const sampler = stack.processes.get('sdr-sampler');
  killHard(sampler?.pid);
  const failures = () =>
    remarks.filter((text) => text === 'sdr-sampler: sdr-sampler does not start: no dongle');
  await until('three failures', () => failures().length >= 3);
  expect(sampler?.pid).toBeUndefined();
  await stack.stop();
});

test('down keeps a process down until up', async () => {
  const stack = await startStack(options());
  const sampler = stack.processes.get('sdr-sampler');
  const before = sampler?.pid ?? 0;
  await sampler?.down();
  expect(isRunning(before)).toBe(false);
  expect(sampler?.pid).toBeUndefined();
  await sampler?.up();
  expect(isRunning(sampler?.pid ?? 0)).toBe(true);
  await stack.stop();
});

test('a process that ignores SIGTERM is killed', async () => {
  writeService(
    'scan-orchestrator',
    `process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); process.send({ ready: true });`,
  );
  const stack = await startStack(options());
  const since = performance.now();
  await stack.stop();
  expect(performance.now() - since).toBeLessThan(15_000);
});

test('a service that cannot start gives the reason, and no process is left running', async () => {
  writeService('api-gateway', `console.log('{"level":60,"msg":"no migrations"}'); process.exit(1);`);
  await expect(startStack(options())).rejects.toThrow('api-gateway does not start: no migrations');
});

test('a folder without services is reported with a remedy', async () => {
  await expect(startStack(options({ servicesFolder: join(folder, 'nowhere') }))).rejects.toThrow(
    /is not built \(.*\): run npm run build/,
  );
});

test('a port in use is reported with its variable', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sentence = (name: string) =>
    `${name} ${port} is in use by another program; set ${name} to a free port`;
  await expect(startStack(options({ httpPort: port }))).rejects.toThrow(sentence('HTTP_PORT'));
  await expect(startStack(options({ mqttPort: port }))).rejects.toThrow(sentence('MQTT_PORT'));
  await expect(startStack(options({ simRotctldPort: port }))).rejects.toThrow(sentence('SIM_ROTCTLD_PORT'));
  server.close();
});

test('a data folder is used by one launcher at a time', async () => {
  const stack = await startStack(options());
  await expect(startStack(options())).rejects.toThrow(/DATA_DIR .* is in use by another launcher/);
  await stack.stop();
  await (await startStack(options())).stop();
});

test('a folder that cannot be created is reported with its variable', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(startStack(options({ dataDir: join(folder, 'file', 'data') }))).rejects.toThrow(
    /DATA_DIR .* cannot be written/,
  );
});

test('the simulated rotctld keeps its port across starts', async () => {
  const first = await startStack(options());
  await first.stop();
  const second = await startStack(options());
  expect(second.addresses.rotctld).toBe(first.addresses.rotctld);
  await second.stop();
});

test('an aborted start leaves no process running', async () => {
  writeService('scan-orchestrator', `setInterval(() => {}, 1e6);`);
  const controller = new AbortController();
  const start = startStack(options({ signal: controller.signal }));
  await until('the other processes', () => processesOf(folder).length >= 6);
  controller.abort(new Error('aborted'));
  await expect(start).rejects.toThrow();
});

function options(change: Partial<StackOptions> = {}): StackOptions {
  return {
    dataDir: join(folder, 'data'),
    servicesFolder: join(folder, 'services'),
    httpPort: 0,
    mqttPort: 0,
    simRotctldPort: 0,
    databaseUrl: 'postgres://elsewhere/db',
    env: { HOME: folder },
    onNotice: (name, { text }) => remarks.push(`${name}: ${text}`),
    ...change,
  };
}

function writeService(entry: string, script: string): void {
  const path = join(folder, 'services', entry, 'main.js');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, script);
}
