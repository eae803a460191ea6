import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MeasuredPoint } from '../../services/scan-orchestrator/domain/measurement.ts';
import type { Journal } from '../../services/scan-orchestrator/engine/ports.ts';
import { Supervisor, type Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal, type OpenJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { SkyScanError } from '../../services/shared/errors.ts';
import { formatPointing, type Pointing } from '../../services/shared/pointing.ts';
import { CALM, FakePublisher, rotorConfig } from '../support/scan-fakes.ts';
import { sweepingHardware, type SweepingHardware } from '../support/sweeping-fakes.ts';
import { until } from '../support/until.ts';

// Scans on the fly through the real engine and a real journal; sweeps take no time, and no clock agrees with another.

const motion = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const COLUMNS = 11;
const ROWS = 3;
/** A source at azimuth 9.3, as wide as a beam, on cold sky. */
const levelDb = (deg: number) =>
  10 * Math.log10(1e-9 + 1e-7 * Math.exp(-4 * Math.LN2 * ((deg - 9.3) / 5) ** 2));

const handover = (
  change: Partial<Handover> = {},
  rotor: Parameters<typeof rotorConfig>[0] = {},
): Handover => ({
  sessionId: 1,
  bounds: { kind: 'rectangular', azStartDeg: 0, azEndDeg: 20, elStartDeg: 20, elEndDeg: 24, stepDeg: 2 },
  rssiIterations: 5,
  mode: 'on_the_fly',
  rotor: rotorConfig({
    azimuth: motion,
    elevation: motion,
    settleMs: 500,
    receiver: { ...rotorConfig().receiver, readMs: 10 },
    ...rotor,
  }),
  notes: null,
  ...change,
});

const logger = pino({ level: 'silent' });
let folder: string;
let journal: OpenJournal;
let hardware: SweepingHardware;
let publisher: FakePublisher;
let supervisor: Supervisor;

function build(kept: Journal = journal): Supervisor {
  const parts = { ...hardware, journal: kept, publisher, logger };
  return new Supervisor({ ...parts, ...CALM, faultBudgetMs: 60_000 });
}

const status = () => supervisor.list()[0]?.status;
const reaches = (wanted: string) => until(`session ${wanted}`, () => status() === wanted);
const azimuths = (list: Pointing[]) => list.map(({ azimuthDeg }) => Math.round(azimuthDeg));

function expectEveryCellOnce(points: readonly MeasuredPoint[]): void {
  expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: ROWS * COLUMNS }, (_, i) => i + 1));
  const cells = points.map(({ row, column }) => row * COLUMNS + column);
  expect(cells.toSorted((a, b) => a - b)).toEqual(Array.from({ length: ROWS * COLUMNS }, (_, i) => i));
}

/** Where a row shows the source. */
function seenAt(row: number): number {
  let [sum, weights] = [0, 0];
  for (const point of publisher.points.filter((one) => one.row === row)) {
    const power = 10 ** (point.meanDbm / 10) - 1e-9;
    sum += power * point.readback.azimuthDeg;
    weights += power;
  }
  return sum / weights;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sky-scan-journal-'));
  journal = await openJournal(folder, logger);
  hardware = sweepingHardware({ motion, levelDb, readMs: 10 });
  publisher = new FakePublisher();
  supervisor = build();
});

afterEach(async () => {
  await supervisor.close();
  await journal.close();
  await rm(folder, { recursive: true });
});

describe('a scan on the fly', () => {
  test('sweeps every row, the first one both ways, and measures every cell once where it was measured', async () => {
    await supervisor.start(handover());
    await reaches('completed');
    expectEveryCellOnce(publisher.points);
    // To the beginning of each row, over it; the first one back again.
    const { sweeps, slews } = hardware.rotors;
    expect(sweeps.map(({ elevationDeg }) => elevationDeg)).toEqual([20, 20, 20, 22, 22, 24, 24]);
    expect(azimuths(sweeps).map((deg) => deg > 10)).toEqual([false, true, false, false, true, true, false]);
    expect(slews).toEqual([]);
    for (const point of publisher.points) {
      expect(Math.abs(point.readback.azimuthDeg - point.setpoint.azimuthDeg)).toBeLessThan(0.2);
      expect(point.reads).toBeGreaterThanOrEqual(5);
      expect(point.integrationMs).toBe(10 * point.reads);
    }
    for (let row = 0; row < ROWS; row++) expect(Math.abs(seenAt(row) - 9.3)).toBeLessThan(0.1);
  });

  test('takes the play of the gear out: rows swept in opposite directions agree', async () => {
    hardware = sweepingHardware({ motion, levelDb, readMs: 10, playDeg: 0.6 });
    supervisor = build();
    await supervisor.start(handover());
    await reaches('completed');
    for (let row = 0; row < ROWS; row++) expect(Math.abs(seenAt(row) - 9.3)).toBeLessThan(0.1);
  });

  test('adds up the reads of several sweeps over a row', async () => {
    await supervisor.start(handover({ rssiIterations: 80 }));
    await reaches('completed');
    expectEveryCellOnce(publisher.points);
    expect(Math.min(...publisher.points.map(({ reads }) => reads))).toBeGreaterThanOrEqual(80);
    expect(hardware.rotors.slews).toEqual([]);
    expect(hardware.rotors.sweeps.length).toBe(ROWS * 4);
  });

  test('stops at every cell where that is quicker', async () => {
    await supervisor.start(handover({ rssiIterations: 500 }));
    await reaches('completed');
    expectEveryCellOnce(publisher.points);
    expect(hardware.rotors.sweeps).toEqual([]);
  });

  test('stops at the cells that a sweep has left short', async () => {
    const { sweep } = hardware.rotors;
    // No readbacks around azimuth 14.
    hardware.rotors.sweep = (to, onPosition, signal) =>
      sweep(
        to,
        (position) => {
          if (Math.abs(position.pointing.azimuthDeg - 14) > 2.9) onPosition(position);
        },
        signal,
      );
    await supervisor.start(handover());
    await reaches('completed');
    expectEveryCellOnce(publisher.points);
    expect(new Set(hardware.rotors.slews.map(formatPointing))).toEqual(
      new Set([20, 22, 24].flatMap((el) => [12, 14, 16].map((az) => `az ${az} el ${el}`))),
    );
  });

  test('goes round what it must not point at: both sides of a row are sweeps of their own', async () => {
    const keepOut = [{ azStartDeg: 8.5, azEndDeg: 9.5, elMinDeg: 21, elMaxDeg: 23 }];
    await supervisor.start(handover({}, { keepOut, toleranceDeg: 0.2 }));
    await reaches('completed');
    expectEveryCellOnce(publisher.points);
    const [, ...ends] = hardware.rotors.sweeps.filter(({ elevationDeg }) => elevationDeg === 22);
    for (const { azimuthDeg } of ends) expect(azimuthDeg > 8.5 && azimuthDeg < 9.5).toBe(false);
  });

  test('visits the reference between rows', async () => {
    const reference = { pointing: { azimuthDeg: 90, elevationDeg: 60 }, everyMs: 3_600_000 };
    await supervisor.start(handover({ reference }));
    await reaches('completed');
    expectEveryCellOnce(publisher.points);
    expect(hardware.rotors.slews.map(formatPointing)).toEqual(['az 90 el 60', 'az 90 el 60']);
    const brought = publisher.points.filter((point) => point.reference).map(({ seq }) => seq);
    expect(brought).toEqual([1, 2 * COLUMNS + 1]);
  });
});

describe('a row that is interrupted', () => {
  /** The second row hangs in its sweep. */
  const hangInSecondRow = () => {
    hardware.rotors.script = (step) => (step === 5 ? 'hang' : undefined);
  };

  test('by a pause stops at once and is swept again', async () => {
    hangInSecondRow();
    await supervisor.start(handover());
    await until('the first row', () => publisher.points.length === COLUMNS);
    await supervisor.pause(1);
    await reaches('paused');
    expect(publisher.points.length).toBe(COLUMNS);
    expect(hardware.rotors.stops).toBe(1);
    await supervisor.resume(1);
    await reaches('completed');
    expectEveryCellOnce(publisher.points);
  });

  test('by a cancel is not recorded', async () => {
    hangInSecondRow();
    await supervisor.start(handover());
    await until('the first row', () => publisher.points.length === COLUMNS);
    await supervisor.cancel(1);
    await reaches('cancelled');
    expect(publisher.points.length).toBe(COLUMNS);
  });

  test('by a receiver that is lost is swept again', async () => {
    hangInSecondRow();
    await supervisor.start(handover());
    await until(
      'the second row',
      () => hardware.receiver.listeners.size === 1 && publisher.points.length === COLUMNS,
    );
    hardware.receiver.lose(new SkyScanError('unavailable', 'Cannot connect to the receiver: gone'));
    await reaches('completed');
    expectEveryCellOnce(publisher.points);
  });

  test('by a rotor that stalls pauses the session, and the note says where', async () => {
    hardware.rotors.script = (step) =>
      step === 5 ? new SkyScanError('hardware_fault', 'stalled') : undefined;
    await supervisor.start(handover());
    await reaches('paused');
    expect(supervisor.list()[0]?.notes).toMatch(/el 22: stalled$/);
    expect(publisher.points.length).toBe(COLUMNS);
  });

  test('by a restart is swept again', async () => {
    hangInSecondRow();
    await supervisor.start(handover());
    await until('the first row', () => publisher.points.length === COLUMNS);
    await supervisor.close();
    const before = publisher.points;
    hardware = sweepingHardware({ motion, levelDb, readMs: 10 });
    publisher = new FakePublisher();
    supervisor = build();
    await supervisor.recover(await journal.loadSessions());
    await reaches('completed');
    expectEveryCellOnce([...before, ...publisher.points]);
  });

  test('by a journal that takes no more is kept up to there and goes on with the rest', async () => {
    let left = 4;
    const full: Journal = {
      ...journal,
      appendPoint: (sessionId, point) =>
        left-- === 0
          ? Promise.reject(new SkyScanError('no_room', 'disk full'))
          : journal.appendPoint(sessionId, point),
    };
    supervisor = build(full);
    await supervisor.start(handover());
    await reaches('paused');
    expect(publisher.points.length).toBe(4);
    await supervisor.resume(1);
    await reaches('completed');
    expectEveryCellOnce(publisher.points);
  });
});
