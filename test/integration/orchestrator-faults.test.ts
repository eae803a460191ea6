import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Supervisor } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal, type OpenJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { systemClock } from '../../services/shared/clock.ts';
import { SkyScanError } from '../../services/shared/errors.ts';
import { CALM, FakePublisher, FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';

const logger = pino({ level: 'silent' });
const bounds = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 4,
  elStartDeg: 20,
  elEndDeg: 22,
  stepDeg: 2,
};
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
  const parts = { rotors, receiver, journal, publisher, clock: systemClock, logger, ...CALM };
  supervisor = new Supervisor({ ...parts, faultBudgetMs: 60_000 });
});

afterEach(async () => {
  await supervisor.close();
  await journal.close();
  await rm(folder, { recursive: true });
});

const begin = () =>
  supervisor.start({ sessionId: 1, bounds, rssiIterations: 1, rotor: rotorConfig(), notes: null });
/** Asks for a pause while a step of the hardware is under way. */
const pauseAt = (at: number) => (step: number) => {
  if (step === at) void supervisor.pause(1);
  return undefined;
};
const view = () => supervisor.list()[0];
const published = () => publisher.statuses.at(-1);

test('what is retried is published with its cause and the time left, and again when it is over', async () => {
  let refuses = true;
  const refused = 'rotctld at 127.0.0.1:4533 refused the connection';
  rotors.script = (step) => (step > 2 && refuses ? new SkyScanError('unavailable', refused) : undefined);
  await begin();
  await until('a fault is published', () => Boolean(published()?.fault));
  const fault = published()?.fault;
  expect(fault?.observation).toBe(refused);
  expect(fault?.pausesInMs).toBeGreaterThan(50_000);
  expect(fault?.pausesInMs).toBeLessThanOrEqual(60_000);
  expect(published()?.status).toBe('running');
  const { revision = 0 } = published() ?? {};
  refuses = false;
  await until('the session ends', () => view()?.status === 'completed');
  const after = publisher.statuses.filter((status) => status.revision > revision);
  expect(after[0]).toMatchObject({ status: 'running', fault: null });
});

test('a receiver that is silent is reported within 2 s, long before its call ends', async () => {
  receiver.script = (step) => (step > 2 ? 'hang' : undefined);
  await begin();
  await until('two points', () => publisher.points.length === 2);
  const sinceMs = performance.now();
  await until('a fault is published', () => Boolean(published()?.fault));
  expect(performance.now() - sinceMs).toBeLessThan(2_000);
  expect(published()?.fault).toMatchObject({ pausesInMs: null });
  expect(published()?.fault?.observation).toContain('has not delivered 1 reads of 1 ms');
});

test('a rotor without readbacks is reported within 2 s', async () => {
  rotors.script = (step) => (step > 2 ? 'hang' : undefined);
  await begin();
  await until('two points', () => publisher.points.length === 2);
  const sinceMs = performance.now();
  await until('a fault is published', () => Boolean(published()?.fault));
  expect(performance.now() - sinceMs).toBeLessThan(2_000);
  expect(published()?.fault?.observation).toContain('no position from rotctld at 127.0.0.1:4533');
});

test.each([
  ['in mid-measurement', () => (receiver.script = pauseAt(3))],
  ['on the way', () => (rotors.script = pauseAt(3))],
])('a rotor that was paused %s rests', async (_moment, arrange) => {
  arrange();
  await begin();
  await until('a pause', () => published()?.status === 'paused');
  expect(published()).toMatchObject({ rotorRests: true, resumesItself: false });
});

test('a paused rotor rests only when it was stopped, and until its lease is lost', async () => {
  receiver.script = (step) => (step > 2 ? new SkyScanError('hardware_fault', 'broken') : undefined);
  await begin();
  await until('a pause', () => published()?.status === 'paused');
  expect(published()).toMatchObject({ rotorRests: true, resumesItself: false });
  rotors.lose(new SkyScanError('lease_lost', 'rotor-driver is away'));
  await until('the rotor is not known to rest', () => published()?.rotorRests === false);
});
