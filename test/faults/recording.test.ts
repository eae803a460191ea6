import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { Supervisor } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { systemClock } from '../../services/shared/clock.ts';
import { CALM, FakePublisher, FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';

// The one phase that is too short to be met from outside: the point is measured and on its way to the disk.

test('SIGTERM while a point is being written: the rotor is stopped, the point is kept, and the end waits for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const logger = pino({ level: 'silent' });
  const journal = await openJournal(folder, logger);
  let disk = (): void => undefined;
  const slow = new Promise<void>((resolve) => (disk = resolve));
  let writing = 0;
  const appendPoint: typeof journal.appendPoint = async (id, point) => {
    writing = point.seq;
    if (point.seq === 3) await slow;
    await journal.appendPoint(id, point);
  };
  const rotors = new FakeRotors();
  const supervisor = new Supervisor({
    rotors,
    receiver: new FakeReceiver(),
    journal: { ...journal, appendPoint },
    publisher: new FakePublisher(),
    clock: systemClock,
    logger,
    faultBudgetMs: 60_000,
    ...CALM,
  });
  const bounds = { azStartDeg: 0, azEndDeg: 8, elStartDeg: 20, elEndDeg: 24, stepDeg: 2 };
  await supervisor.start({ sessionId: 1, bounds, rssiIterations: 2, rotor: rotorConfig(), notes: null });
  await until('the third point is on its way', () => writing === 3);
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
