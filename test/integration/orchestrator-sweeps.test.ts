import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MeasuredPoint } from '../../services/scan-orchestrator/domain/measurement.ts';
import type { Journal } from '../../services/scan-orchestrator/engine/ports.ts';
import type { Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { SkyScanError } from '#shared/base/errors';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import { rotorConfig } from '../support/scan-fakes.ts';
import { createScanWorld, handover, type ScanWorld } from '../support/scan-world.ts';
import { sweepingHardware } from '../support/sweeping-fakes.ts';
import { until } from '../support/until.ts';

// On-the-fly scans with the real engine and a real journal; sweeps are instant, and all clocks
// differ.

const motion = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const COLUMNS = 11;
const ROWS = 3;
/** A source at azimuth 9.3, one beam wide, on cold sky. */
const levelDb = (deg: number) =>
  10 * Math.log10(1e-9 + 1e-7 * Math.exp(-4 * Math.LN2 * ((deg - 9.3) / 5) ** 2));

const begin = (change: Partial<Handover> = {}, rotor: Parameters<typeof rotorConfig>[0] = {}) =>
  world.supervisor.start(
    handover({
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
      ...change,
    }),
  );

let world: ScanWorld;

const untilStatus = (wanted: string) => world.untilStatus(wanted);
const azimuths = (list: Pointing[]) => list.map(({ azimuthDeg }) => Math.round(azimuthDeg));

function expectEveryCellOnce(points: readonly MeasuredPoint[]): void {
  expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: ROWS * COLUMNS }, (_, i) => i + 1));
  const cells = points.map(({ row, column }) => row * COLUMNS + column);
  expect(cells.toSorted((a, b) => a - b)).toEqual(Array.from({ length: ROWS * COLUMNS }, (_, i) => i));
}

/** Azimuth of the source in a row. */
function seenAt(row: number): number {
  let [sum, weights] = [0, 0];
  for (const point of world.publisher.points.filter((one) => one.row === row)) {
    const power = 10 ** (point.meanDbm / 10) - 1e-9;
    sum += power * point.readback.azimuthDeg;
    weights += power;
  }
  return sum / weights;
}

beforeEach(async () => {
  world = await createScanWorld(() => sweepingHardware({ motion, levelDb, readMs: 10 }));
});

afterEach(() => world.close());

describe('an on-the-fly scan', () => {
  test('sweeps every row, the first one in both directions, and measures every cell once at its position', async () => {
    await begin();
    await untilStatus('completed');
    expectEveryCellOnce(world.publisher.points);
    // To the start of each row and over it; back over the first one.
    const { sweeps, slews } = world.rotors;
    expect(sweeps.map(({ elevationDeg }) => elevationDeg)).toEqual([20, 20, 20, 22, 22, 24, 24]);
    expect(azimuths(sweeps).map((deg) => deg > 10)).toEqual([false, true, false, false, true, true, false]);
    expect(slews).toEqual([]);
    for (const point of world.publisher.points) {
      expect(Math.abs(point.readback.azimuthDeg - point.setpoint.azimuthDeg)).toBeLessThan(0.2);
      expect(point.reads).toBeGreaterThanOrEqual(5);
      expect(point.integrationMs).toBe(10 * point.reads);
    }
    for (let row = 0; row < ROWS; row++) expect(Math.abs(seenAt(row) - 9.3)).toBeLessThan(0.1);
  });

  test('corrects the play of the gear: rows swept in opposite directions agree', async () => {
    world.rebuild(sweepingHardware({ motion, levelDb, readMs: 10, playDeg: 0.6 }));
    await begin();
    await untilStatus('completed');
    for (let row = 0; row < ROWS; row++) expect(Math.abs(seenAt(row) - 9.3)).toBeLessThan(0.1);
  });

  test('combines the reads of several sweeps over a row', async () => {
    await begin({ rssiIterations: 80 });
    await untilStatus('completed');
    expectEveryCellOnce(world.publisher.points);
    expect(Math.min(...world.publisher.points.map(({ reads }) => reads))).toBeGreaterThanOrEqual(80);
    expect(world.rotors.slews).toEqual([]);
    expect(world.rotors.sweeps.length).toBe(ROWS * 4);
  });

  test('uses step mode where that is faster', async () => {
    await begin({ rssiIterations: 500 });
    await untilStatus('completed');
    expectEveryCellOnce(world.publisher.points);
    expect(world.rotors.sweeps).toEqual([]);
  });

  test('measures cells with too few reads in step mode', async () => {
    const { sweep } = world.rotors;
    // No readbacks around azimuth 14.
    world.rotors.sweep = (to, onPosition, signal) =>
      sweep(
        to,
        (position) => {
          if (Math.abs(position.pointing.azimuthDeg - 14) > 2.9) onPosition(position);
        },
        signal,
      );
    await begin();
    await untilStatus('completed');
    expectEveryCellOnce(world.publisher.points);
    expect(new Set(world.rotors.slews.map(formatPointing))).toEqual(
      new Set([20, 22, 24].flatMap((el) => [12, 14, 16].map((az) => `az ${az} el ${el}`))),
    );
  });

  test('avoids obstacles: both sides of a row are separate sweeps', async () => {
    const keepOut = [{ azStartDeg: 8.5, azEndDeg: 9.5, elMinDeg: 21, elMaxDeg: 23 }];
    await begin({}, { keepOut, toleranceDeg: 0.2 });
    await untilStatus('completed');
    expectEveryCellOnce(world.publisher.points);
    const [, ...ends] = world.rotors.sweeps.filter(({ elevationDeg }) => elevationDeg === 22);
    for (const { azimuthDeg } of ends) expect(azimuthDeg > 8.5 && azimuthDeg < 9.5).toBe(false);
  });

  test('measures the reference between rows', async () => {
    const reference = { pointing: { azimuthDeg: 90, elevationDeg: 60 }, everyMs: 3_600_000 };
    await begin({ reference });
    await untilStatus('completed');
    expectEveryCellOnce(world.publisher.points);
    expect(world.rotors.slews.map(formatPointing)).toEqual(['az 90 el 60', 'az 90 el 60']);
    const brought = world.publisher.points.filter((point) => point.reference).map(({ seq }) => seq);
    expect(brought).toEqual([1, 2 * COLUMNS + 1]);
  });
});

describe('an interrupted row', () => {
  /** Hangs in the sweep of the second row. */
  const hangInSecondRow = () => {
    world.rotors.script = (step) => (step === 5 ? 'hang' : undefined);
  };

  test('stops at once for a pause and is swept again', async () => {
    hangInSecondRow();
    await begin();
    await until('the first row', () => world.publisher.points.length === COLUMNS);
    await world.supervisor.pause(1);
    await untilStatus('paused');
    expect(world.publisher.points.length).toBe(COLUMNS);
    expect(world.rotors.stops).toBe(1);
    await world.supervisor.resume(1);
    await untilStatus('completed');
    expectEveryCellOnce(world.publisher.points);
  });

  test('is not recorded after a cancel', async () => {
    hangInSecondRow();
    await begin();
    await until('the first row', () => world.publisher.points.length === COLUMNS);
    await world.supervisor.cancel(1);
    await untilStatus('cancelled');
    expect(world.publisher.points.length).toBe(COLUMNS);
  });

  test('is swept again after a lost receiver', async () => {
    hangInSecondRow();
    await begin();
    await until(
      'the second row',
      () => world.receiver.listeners.size === 1 && world.publisher.points.length === COLUMNS,
    );
    world.receiver.lose(new SkyScanError('unavailable', 'Cannot connect to the receiver: gone'));
    await untilStatus('completed');
    expectEveryCellOnce(world.publisher.points);
  });

  test('pauses the session after a stall, and the note gives the pointing', async () => {
    world.rotors.script = (step) => (step === 5 ? new SkyScanError('hardware_fault', 'stalled') : undefined);
    await begin();
    await untilStatus('paused');
    expect(world.supervisor.list()[0]?.notes).toMatch(/el 22: stalled$/);
    expect(world.publisher.points.length).toBe(COLUMNS);
  });

  test('is swept again after a restart', async () => {
    hangInSecondRow();
    await begin();
    await until('the first row', () => world.publisher.points.length === COLUMNS);
    await world.restart();
    await untilStatus('completed');
    expectEveryCellOnce(world.publisher.points);
  });

  test('keeps its recorded cells when the journal fails and continues with the rest', async () => {
    let left = 4;
    const full: Journal = {
      ...world.journal,
      appendPoint: (sessionId, point) =>
        left-- === 0
          ? Promise.reject(new SkyScanError('no_room', 'disk full'))
          : world.journal.appendPoint(sessionId, point),
    };
    world.rebuild({ journal: full });
    await begin();
    await untilStatus('paused');
    expect(world.publisher.points.length).toBe(4);
    await world.supervisor.resume(1);
    await untilStatus('completed');
    expectEveryCellOnce(world.publisher.points);
  });
});
