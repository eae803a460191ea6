import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Journal } from '../../services/scan-orchestrator/engine/ports.ts';
import { createSupervisor, type Supervisor } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal, type OpenJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { systemClock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import { CALM, FakePublisher, FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';

// Writes in progress, with the real engine and a real journal.

const logger = pino({ level: 'silent' });
const bounds = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 8,
  elStartDeg: 20,
  elEndDeg: 24,
  stepDeg: 2,
};
let folder: string;
let journal: OpenJournal;
let rotors: FakeRotors;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-recording-'));
  journal = await openJournal(folder, logger);
  rotors = new FakeRotors();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Starts a scan with some journal methods replaced. */
async function startScan(change: Partial<Journal>): Promise<Supervisor> {
  const supervisor = createSupervisor({
    rotors,
    receiver: new FakeReceiver(),
    journal: { ...journal, ...change },
    publisher: new FakePublisher(),
    clock: systemClock,
    logger,
    faultBudgetMs: 60_000,
    ...CALM,
  });
  await supervisor.start({ sessionId: 1, bounds, rssiIterations: 2, rotor: rotorConfig(), notes: null });
  return supervisor;
}

test('SIGTERM while a point is written stops the rotor, keeps the point, and waits for the write', async () => {
  let disk = (): void => undefined;
  const slow = new Promise<void>((resolve) => (disk = resolve));
  let writing = 0;
  const supervisor = await startScan({
    async appendPoint(id, point) {
      writing = point.seq;
      if (point.seq === 3) await slow;
      await journal.appendPoint(id, point);
    },
  });
  await until('the third point is being written', () => writing === 3);
  let closed = false;
  const closing = supervisor.close().then(() => (closed = true));
  await until('the rotor is stopped', () => rotors.stops > 0);
  expect(closed).toBe(false);
  disk();
  await closing;
  await journal.close();

  const again = await openJournal(folder, logger);
  const [session] = await again.loadSessions();
  expect(session?.cells).toHaveLength(3);
  await again.close();
});

test('a cancel that could not be written is written when there is space, and holds after a restart', async () => {
  let full = false;
  const supervisor = await startScan({
    saveSession: (record) =>
      full ? Promise.reject(new SkyScanError('no_room', 'no space')) : journal.saveSession(record),
  });
  const status = () => supervisor.list()[0]?.status;
  rotors.script = (step) => (step > 3 ? 'hang' : undefined);
  await until('it runs', () => status() === 'running');
  full = true;
  await supervisor.cancel(1);
  await until('it is cancelled', () => status() === 'cancelled');
  const kept = async () => (await journal.loadSessions())[0]?.record.state.status;
  expect(await kept()).not.toBe('cancelled');
  full = false;
  await until('the state is on disk', async () => (await kept()) === 'cancelled');
  await supervisor.close();
  await journal.close();
});
