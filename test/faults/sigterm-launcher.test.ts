import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { spawnLauncher, untilStarted, type LaunchedProcess } from '../support/launcher.ts';
import { startObservatory, type TestObservatory } from '../support/observatory.ts';
import type { PublishedSession } from '../support/observer.ts';
import { processesOf } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { PHASE_GRID, UNHURRIED, UNHURRIED_ROTOR } from './phases.ts';

// SIGTERM to all of Sky Scan at once, with a rotator and a dongle that outlive it.

const LONGEST_MS = 5_000;
/**
 * More rows than are measured while the processes of the first launches start on a busy machine.
 */
const GRID = { ...PHASE_GRID, el_end: 50 };
const TOTAL = 28;
let folder: string;
let observatory: TestObservatory;
let launched: LaunchedProcess | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-sigterm-'));
  observatory = await startObservatory(UNHURRIED);
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

/** Ends it; the milliseconds that it took. */
async function terminate(): Promise<number> {
  const wasMoving = await moving();
  const since = performance.now();
  launched?.kill('SIGTERM');
  expect(await launched?.exited).toBe(0);
  const tookMs = Math.round(performance.now() - since);
  expect(tookMs).toBeLessThan(LONGEST_MS);
  expect(processesOf(folder)).toEqual([]);
  const { moving: moves, commands } = await observatory.state();
  expect(moves).toBe(false);
  const last = commands.findLast(({ command }) => /^\+?[PS]/.test(command));
  if (wasMoving) expect(last?.command).toMatch(/^\+?S/);
  return tookMs;
}

test('SIGTERM to the launcher while slewing, integrating, waiting and paused: each time the rotor stands, nothing is left, and the next start goes on', async () => {
  await launch();
  const times: string[] = [];
  const rotor = { ...UNHURRIED_ROTOR, tolerance_deg: 0.5, settle_ms: 20, gain_db: 29.7 };
  await until('rotor 1', () => send('PUT', '/api/rotors/1', rotor));
  const { id } = await send<PublishedSession>('POST', '/api/skyscan/start', { rotor_id: 1, ...GRID });
  const session = () => send<PublishedSession>('GET', `/api/skyscan/${id}`);
  const comesTo = (status: string) => until(status, async () => (await session()).status === status);

  await until('motion', moving);
  times.push(`slewing ${await terminate()} ms`);

  await launch();
  await until('motion', moving);
  await until('rest after it', async () => !(await moving()));
  times.push(`integrating ${await terminate()} ms`);

  await observatory.faults({ dongle_silent: true });
  await launch();
  await until('the receiver is missed', () => launched?.said().includes('Cannot connect to the receiver'));
  times.push(`waiting ${await terminate()} ms`);

  // The dongle is still silent: a scan that measures could end before the pause has come.
  await launch();
  await comesTo('running');
  await send('POST', `/api/skyscan/${id}/pause`);
  await comesTo('paused');
  times.push(`paused ${await terminate()} ms`);
  await observatory.faults({ dongle_silent: false });

  await launch();
  await comesTo('paused');
  await send('POST', `/api/skyscan/${id}/resume`);
  await comesTo('completed');
  const points = await send<{ row: number; column: number }[]>('GET', `/api/skyscan/${id}/measurements`);
  expect(new Set(points.map(({ row, column }) => `${row},${column}`)).size).toBe(TOTAL);
  expect(points).toHaveLength(TOTAL);
  times.push(`idle ${await terminate()} ms`);
  process.stderr.write(`SIGTERM to the launcher: ${times.join(', ')}\n`);
});
