import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Supervisor } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal, type OpenJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { systemClock } from '../../services/shared/clock.ts';
import { CALM, FakePublisher, FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';

// The sampler is asked before the mount has settled, and told from when on it may measure.

const DRIVER_AHEAD_MS = 5_000_000;
const SAMPLER_BEHIND_MS = 700_000;
const COLUMNS = 40;
const span = { azStartDeg: 0, azEndDeg: COLUMNS - 1, elStartDeg: 20, elEndDeg: 20, stepDeg: 1 };
const bounds = { kind: 'rectangular' as const, ...span };
const logger = pino({ level: 'silent' });
let folder: string;
let journal: OpenJournal;
let rotors: FakeRotors;
let receiver: FakeReceiver;
let publisher: FakePublisher;
let supervisor: Supervisor;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sky-scan-journal-'));
  journal = await openJournal(folder, logger);
  rotors = new FakeRotors();
  receiver = new FakeReceiver();
  publisher = new FakePublisher();
  rotors.steadyMs = () => performance.now() + DRIVER_AHEAD_MS;
  receiver.steadyMs = () => performance.now() - SAMPLER_BEHIND_MS;
  const parts = { rotors, receiver, journal, publisher, clock: systemClock, logger };
  supervisor = new Supervisor({ ...parts, ...CALM, faultBudgetMs: 0 });
});

afterEach(async () => {
  await supervisor.close();
  await journal.close();
  await rm(folder, { recursive: true });
});

async function scan(rssiSource: 'sdr' | 'rotctld' = 'sdr'): Promise<void> {
  const rotor = rotorConfig({ rssiSource });
  await supervisor.start({ sessionId: 1, bounds, rssiIterations: 1, rotor, notes: null });
  await until('the end of the scan', () => supervisor.list()[0]?.status === 'completed');
}

test('the moment when the mount has settled reaches the sampler in its own time', async () => {
  rotors.settlesInMs = 5;
  await scan();
  const moments = receiver.notBefore.filter((moment) => moment !== undefined);
  expect(moments.length).toBeGreaterThan(0);
  expect(moments.map(({ clock }) => clock)).toEqual(rotors.settled.map(() => 'first'));
  for (const [i, { steadyMs }] of moments.entries()) {
    // Clocks that are asked in the same process differ by what is between two lines of code.
    const error = steadyMs + SAMPLER_BEHIND_MS - ((rotors.settled[i] ?? NaN) - DRIVER_AHEAD_MS);
    expect(Math.abs(error)).toBeLessThan(4);
  }
});

test('cells that are reached before the clocks are compared are settled on as ever', async () => {
  await scan();
  expect(receiver.notBefore[0]).toBeUndefined();
  expect(rotors.slews).toHaveLength(COLUMNS);
  expect(receiver.notBefore).toHaveLength(COLUMNS);
});

test('a sampler that was started anew is asked again once the mount has settled, and the point is not lost', async () => {
  let approaches = 0;
  let measured = 0;
  const lateMs: number[] = [];
  rotors.settlesInMs = 20;
  receiver.script = () => {
    const approached = rotors.settled.length > approaches;
    approaches = rotors.settled.length;
    const settledMs = (rotors.settled.at(-1) ?? NaN) - DRIVER_AHEAD_MS;
    if (approached && receiver.notBefore.at(-1) === undefined) lateMs.push(performance.now() - settledMs);
    // Every start has another clock.
    if (++measured % 10 === 0) receiver.clock = `after ${measured}`;
    return undefined;
  };
  await scan();
  expect(publisher.statuses.map(({ status }) => status)).not.toContain('paused');
  expect(publisher.points.map(({ column }) => column)).toEqual(Array.from({ length: COLUMNS }, (_, i) => i));
  expect(lateMs.length).toBeGreaterThan(0);
  // Timers and compared clocks are good to a few milliseconds of the 20.
  expect(Math.min(...lateMs)).toBeGreaterThan(-4);
});

test('a rotator that measures by itself has to have settled', async () => {
  await scan('rotctld');
  expect(rotors.settled).toEqual([]);
  expect(receiver.notBefore).toEqual([]);
  expect(publisher.points).toHaveLength(COLUMNS);
});

test('the receiver is set up on the way to the first cell', async () => {
  await scan();
  expect(receiver.prepared).toBeGreaterThan(0);
  expect(receiver.prepared).toBe(rotors.slews.length - rotors.settled.length);
});
