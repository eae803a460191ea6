import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { spawnLauncher, untilStarted, type LaunchedProcess } from '../support/launcher.ts';
import { processesOf } from '../support/processes.ts';
import { until } from '../support/until.ts';

interface Session {
  id: number;
  rotor_id: number;
  status: string;
  completed_points: number;
  total_points: number;
}

let folder: string;
let launched: LaunchedProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-npm-start-'));
  launched = [];
});

afterEach(async () => {
  for (const process of launched) process.kill('SIGKILL');
  await Promise.all(launched.map(({ exited }) => exited));
  await until('no process is left', () => processesOf(folder).length === 0);
  rmSync(folder, { recursive: true, force: true });
});

test('an empty folder gets rotor 1; a first scan survives crashes of all services; after a stop and a new start the data is there', async () => {
  const first = await start();
  const rotor = await until('rotor 1', async () => (await first.get<object[]>('/api/rotors'))[0]);
  expect(rotor).toMatchObject({ id: 1, name: 'Simulated observatory', gain_db: 29.7, dbm_offset_db: -67 });
  for (const [service, points] of [
    ['sdr-sampler', 5],
    ['scan-orchestrator', 15],
    ['rotor-driver', 25],
    ['api-gateway', 35],
  ] as const) {
    await until(`${points} points`, async () => (await scan(first)).completed_points >= points);
    process.kill(first.pidOf(service), 'SIGKILL');
  }
  const done = await until('the end of the first scan', async () => ended(await scan(first)), 300_000);
  expect(done).toMatchObject({
    id: 1,
    rotor_id: 1,
    status: 'completed',
    completed_points: 126,
    total_points: 126,
  });
  await until('the final message', () => first.output().includes('Scan 1 completed: 126 points'));
  expect(first.output()).toContain('warning: sdr-sampler: exited (signal SIGKILL); restarting');

  const since = performance.now();
  first.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  expect(performance.now() - since).toBeLessThan(15_000);
  expect(processesOf(folder)).toEqual([]);

  const second = await start();
  expect(await second.get('/api/skyscan/sessions')).toHaveLength(1);
  expect(await second.get('/api/skyscan/1/data')).toHaveLength(126);
  second.kill('SIGINT');
  expect(await second.exited).toBe(0);
});

test('after kill -9 of the launcher no process is left, and the next start resumes the scan', async () => {
  const first = await start();
  await until('some points', async () => (await scan(first)).completed_points >= 5);
  first.kill('SIGKILL');
  await first.exited;
  await until('no process is left', () => processesOf(folder).length === 0);
  const second = await start();
  expect(await second.get('/api/rotors')).toHaveLength(1);
  const found = (await scan(second)).completed_points;
  expect(found).toBeGreaterThanOrEqual(5);
  await until('more points', async () => (await scan(second)).completed_points >= found + 5);
  second.kill('SIGTERM');
  expect(await second.exited).toBe(0);
});

test('SIGTERM during the start stops it cleanly', async () => {
  const process = await run();
  await until('some processes', () => processesOf(folder).length >= 4);
  process.kill('SIGTERM');
  expect(await process.exited).toBe(0);
  expect(processesOf(folder)).toEqual([]);
});

test('a port in use gives one message that names the variable', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = String((server.address() as AddressInfo).port);
  const process = await run({ HTTP_PORT: port });
  expect(await process.exited).toBe(1);
  expect(process.output().trim().split('\n').at(-1)).toBe(
    `sky-scan: HTTP_PORT ${port} is in use by another program; set HTTP_PORT to a free port`,
  );
  server.close();
});

test('invalid settings are named in one message', async () => {
  const process = await run({ HTTP_PORT: 'eighty', RTL_TCP: 'nowhere' });
  expect(await process.exited).toBe(1);
  expect(process.output()).toMatch(
    /^sky-scan: the configuration has 2 problem\(s\): HTTP_PORT: .*; RTL_TCP: .*\n$/,
  );
});

async function run(env: Record<string, string> = {}): Promise<LaunchedProcess> {
  const process = await spawnLauncher(join(folder, 'data'), env);
  launched.push(process);
  return process;
}

async function start(): Promise<LaunchedProcess> {
  const process = await run();
  await untilStarted(process);
  return process;
}

const scan = (process: LaunchedProcess) => process.get<Session>('/api/skyscan/1');

const ended = (session: Session) => (session.status === 'completed' ? session : undefined);
