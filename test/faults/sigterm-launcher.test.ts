import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { spawnLauncher, untilStarted, type LaunchedProcess } from '../support/launcher.ts';
import { startObservatory, type TestObservatory } from '../support/observatory.ts';
import type { PublishedSession } from '../support/stack-client.ts';
import { processesOf } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { PHASE_GRID, SLOW_SIMULATOR, SLOW_ROTOR } from './phases.ts';

// SIGTERM to the launcher, with an external rotator and dongle that keep running.

const MAX_STOP_MS = 5_000;
/** More rows than the first launches measure, even on a busy machine. */
const GRID = { ...PHASE_GRID, el_end: 50 };
const TOTAL = 28;
let folder: string;
let observatory: TestObservatory;
let launched: LaunchedProcess | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-sigterm-'));
  observatory = await startObservatory(SLOW_SIMULATOR);
});

afterEach(async () => {
  launched?.kill('SIGKILL');
  await launched?.exited;
  await until('no process is left', () => processesOf(folder).length === 0);
  await observatory.close();
  rmSync(folder, { recursive: true, force: true });
});

async function launch(): Promise<LaunchedProcess> {
  launched = await spawnLauncher(join(folder, 'data'), {
    ROTCTLD: `127.0.0.1:${observatory.rotctldPort}`,
    RTL_TCP: `127.0.0.1:${observatory.rtlTcpPort}`,
  });
  await untilStarted(launched);
  return launched;
}

async function send<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${launched?.httpUrl ?? ''}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

const moving = async () => (await observatory.state()).moving;

/** Sends SIGTERM; returns the time to the exit, milliseconds. */
async function terminate(): Promise<number> {
  const wasMoving = await moving();
  const since = performance.now();
  launched?.kill('SIGTERM');
  expect(await launched?.exited).toBe(0);
  const tookMs = Math.round(performance.now() - since);
  expect(tookMs).toBeLessThan(MAX_STOP_MS);
  expect(processesOf(folder)).toEqual([]);
  const { moving: moves, commands } = await observatory.state();
  expect(moves).toBe(false);
  const last = commands.findLast(({ command }) => /^\+?[PS]/.test(command));
  if (wasMoving) expect(last?.command).toMatch(/^\+?S/);
  return tookMs;
}

test('SIGTERM to the launcher while slewing, integrating, waiting and paused stops the rotor and all processes, and the next start resumes the scan', async () => {
  await launch();
  const times: string[] = [];
  const rotor = { ...SLOW_ROTOR, tolerance_deg: 0.5, settle_ms: 20, gain_db: 29.7 };
  await until('rotor 1', () => send('PUT', '/api/rotors/1', rotor));
  const { id } = await send<PublishedSession>('POST', '/api/skyscan/start', { rotor_id: 1, ...GRID });
  const session = () => send<PublishedSession>('GET', `/api/skyscan/${id}`);
  const untilStatusWithRetry = (status: string) =>
    until(status, async () => (await session()).status === status);

  await until('motion', moving);
  times.push(`slewing ${await terminate()} ms`);

  await launch();
  await until('motion', moving);
  await until('the rotor has stopped', async () => !(await moving()));
  times.push(`integrating ${await terminate()} ms`);

  await observatory.faults({ dongle_silent: true });
  await launch();
  await until('the receiver failure is logged', () =>
    launched?.output().includes('Cannot connect to the receiver'),
  );
  times.push(`waiting ${await terminate()} ms`);

  // The dongle is still silent: otherwise the scan could end before the pause.
  await launch();
  await untilStatusWithRetry('running');
  await send('POST', `/api/skyscan/${id}/pause`);
  await untilStatusWithRetry('paused');
  times.push(`paused ${await terminate()} ms`);
  await observatory.faults({ dongle_silent: false });

  await launch();
  await untilStatusWithRetry('paused');
  await send('POST', `/api/skyscan/${id}/resume`);
  await untilStatusWithRetry('completed');
  const points = await send<{ row: number; column: number }[]>('GET', `/api/skyscan/${id}/measurements`);
  expect(new Set(points.map(({ row, column }) => `${row},${column}`)).size).toBe(TOTAL);
  expect(points).toHaveLength(TOTAL);
  times.push(`idle ${await terminate()} ms`);
  process.stderr.write(`SIGTERM to the launcher: ${times.join(', ')}\n`);
});
