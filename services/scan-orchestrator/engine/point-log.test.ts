import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '#shared/runtime/clock';
import type { PointSpectrum } from '#shared/spectrum/point-spectrum';
import { pendingSession } from '../domain/session-state.ts';
import type { PendingPoint } from '../domain/measurement.ts';
import { createPointLog } from './point-log.ts';
import type { RunnerParts, SessionView } from './ports.ts';
import { RecordWriter } from './record-writer.ts';
import { createScanProgress } from './scan-progress.ts';
import type { SessionRecord } from './session-record.ts';

const bounds = { kind: 'rectangular', azStartDeg: 0, azEndDeg: 6, elStartDeg: 0, elEndDeg: 0, stepDeg: 2 };
const band = { firstChannelHz: 1e9, channelHz: 1_000, flags: new Uint8Array(64) };

/** A log over a row of four cells whose spectra are computed on request. */
function setUp() {
  const rotor = { rssiSource: 'rotctld' };
  const record = { sessionId: 1, bounds, rotor, confirmedSeq: 0, confirmedCells: new Uint8Array(1) };
  const writer = new RecordWriter({
    ...record,
    state: pendingSession(4, null),
  } as unknown as SessionRecord);
  const progress = createScanProgress(writer.record, [], { clock: systemClock });
  const written: string[] = [];
  const parts = {
    journal: {
      saveSession: () => Promise.resolve(),
      appendPoint: (_: number, { seq, column, spectra }: PendingPoint) => {
        written.push(`${seq}: cell ${column}, ${spectra?.length} spectrum`);
        return Promise.resolve();
      },
    },
    publisher: { point: () => undefined },
  } as unknown as RunnerParts;
  const log = createPointLog(writer, progress, () => ({}) as SessionView, parts);
  const cells = [0, 1, 2, 3].map((column) => {
    let compute: () => void = () => undefined;
    let fail: (error: Error) => void = () => undefined;
    const computed = new Promise<PointSpectrum>((resolve, reject) => {
      compute = () => resolve({ band } as PointSpectrum);
      fail = reject;
    });
    const point = { row: 0, column, spectra: [{ band, computed }] } as unknown as PendingPoint;
    return { point, compute, fail };
  });
  return { log, cells, written, done: progress.done };
}

const point = ({ point: one }: { point: PendingPoint }) => one;

test('a point is written when its spectra and those of the points before are computed', async () => {
  const { log, cells, written, done } = setUp();
  const appended = log.append(cells.map(point));
  expect([done.openCells, done.completedPoints]).toEqual([0, 0]);
  cells[1]?.compute();
  await nextTurn();
  expect(written).toEqual([]);
  cells[0]?.compute();
  await nextTurn();
  expect(written).toEqual(['1: cell 0, 1 spectrum', '2: cell 1, 1 spectrum']);
  for (const { compute } of cells) compute();
  await log.written();
  expect(await appended).toBeUndefined();
  expect(done.completedPoints).toBe(4);
});

test('points from one whose spectrum cannot be computed are missing again', async () => {
  const { log, cells, written, done } = setUp();
  const appended = log.append(cells.map(point));
  cells[0]?.compute();
  cells[1]?.fail(new Error('no memory'));
  expect(await appended).toEqual({ points: 3, error: new Error('no memory') });
  expect(written).toHaveLength(1);
  expect([0, 1, 2, 3].map((cell) => done.has(cell))).toEqual([true, false, false, false]);
});

test('a closed log writes no more points', async () => {
  const { log, cells, written } = setUp();
  void log.append(cells.map(point));
  cells[0]?.compute();
  await log.close();
  cells[1]?.compute();
  await nextTurn();
  expect(written).toHaveLength(1);
});
