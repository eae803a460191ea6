import { afterEach, describe, expect, test } from 'vitest';
import { createDirectionAt, type FrameSource } from '#shared/sky/frame';
import type { GridBounds } from '#shared/sky/grid-shape';
import { separationDeg } from '#shared/sky/pointing';
import type { Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { createScanWorld, type ScanWorld } from '../support/scan-world.ts';
import { until } from '../support/until.ts';

// Scans around a source with the real engine and a real journal. Time passes only with the reads.

const BERLIN = { latitudeDeg: 52.5, longitudeDeg: 13.4, heightM: 50 };
const MORNING = Date.UTC(2026, 5, 21, 8);
const SUN: FrameSource = { kind: 'sun', place: BERLIN };
const MAST_AT = { azimuthDeg: 90, elevationDeg: 20 };
const MAST: FrameSource = { kind: 'fixed', direction: MAST_AT };
const READ_MS = 1_000;
const square = (halfDeg: number, stepDeg: number): GridBounds => ({
  kind: 'rectangular',
  azStartDeg: -halfDeg,
  azEndDeg: halfDeg,
  elStartDeg: -halfDeg,
  elEndDeg: halfDeg,
  stepDeg,
});

let world: ScanWorld;
let passedMs: number;
afterEach(() => world.close());

async function start(source: FrameSource, change: Partial<Handover> = {}, startMs = MORNING): Promise<void> {
  passedMs = 0;
  world = await createScanWorld(() => {
    const clock = { unixMs: () => startMs + passedMs, monotonicMs: () => passedMs };
    const [rotors, receiver] = [new FakeRotors(), new FakeReceiver()];
    rotors.monotonicMs = clock.monotonicMs;
    receiver.monotonicMs = clock.monotonicMs;
    receiver.script = () => {
      passedMs += reads * READ_MS;
      return undefined;
    };
    return { rotors, receiver, clock };
  });
  const reads = change.rssiIterations ?? 10;
  const rotor = rotorConfig();
  await world.supervisor.start({
    sessionId: 1,
    bounds: square(10, 5),
    rssiIterations: reads,
    rotor: { ...rotor, receiver: { ...rotor.receiver, readMs: READ_MS } },
    notes: null,
    frame: { name: 'the source', source },
    ...change,
  });
}
const points = () => world.publisher.points;
const cells = () => points().map(({ row, column }) => `${row},${column}`);

describe('a scan around the Sun', () => {
  test('stays on it for four hours', async () => {
    const sun = createDirectionAt(SUN);
    await start(SUN, { bounds: square(10, 1), rssiIterations: 33 });
    await world.untilStatus('completed');
    expect(points()).toHaveLength(441);
    expect(passedMs).toBeGreaterThan(4 * 3_600_000);
    // The directions of the points of the middle row and column, relative to the Sun at their time.
    const offsets = points().map(({ row, column, setpoint, measuredAtMs }) => {
      const at = sun(measuredAtMs - 16_500);
      const expectedDeg = Math.hypot(row - 10, column - 10);
      return separationDeg(setpoint, at) - expectedDeg;
    });
    // Offsets of a sphere are not those of a plane: 0.1 deg at the corners.
    for (const [i, { row, column }] of points().entries())
      if (row === 10 || column === 10) expect(Math.abs(offsets[i] as number)).toBeLessThan(0.002);
    expect(Math.max(...offsets.map(Math.abs))).toBeLessThan(0.2);
  });

  test('ends with the Sun, and reports the rest', async () => {
    await start(SUN, { bounds: square(10, 2), rssiIterations: 60 }, Date.UTC(2026, 5, 21, 18));
    await world.untilStatus('completed');
    const { totalPoints, completedPoints = 0, notes } = world.view() ?? {};
    expect(totalPoints).toBe(121);
    expect(completedPoints).toBeGreaterThan(80);
    expect(completedPoints).toBeLessThan(100);
    // The lowest points are below the horizon just before the Sun is.
    expect(notes?.replace(/-\d+\.\d+/, '-N')).toBe(
      `${121 - completedPoints} of 121 points were out of reach: elevation -N deg is outside 0.02..89.98 deg`,
    );
    for (const { measuredAtMs } of points())
      expect(createDirectionAt(SUN)(measuredAtMs - 60_000).elevationDeg).toBeGreaterThan(-0.01);
    expect(new Set(cells()).size).toBe(completedPoints);
  });

  test('ends with the Sun also when points above it are left', async () => {
    const above = { ...square(10, 2), elStartDeg: 0, elEndDeg: 20 };
    await start(SUN, { bounds: above, rssiIterations: 60 }, Date.UTC(2026, 5, 21, 18));
    await world.untilStatus('completed');
    const { completedPoints = 0, notes } = world.view() ?? {};
    expect(completedPoints).toBeGreaterThan(80);
    expect(notes).toBe(
      `${121 - completedPoints} of 121 points were out of reach: the source is below the horizon`,
    );
  });

  test('that has set in the meantime waits for a person', async () => {
    await start(SUN, {}, Date.UTC(2026, 5, 21, 23));
    await world.untilStatus('pending');
    await until('it says why', () => world.view()?.notes?.includes('below the horizon'));
    expect(points()).toHaveLength(0);
  });
});

describe('a scan around a mast', () => {
  test('measures the part in reach and completes', async () => {
    await start(MAST, { bounds: square(30, 10) });
    await world.untilStatus('completed');
    expect(world.view()).toMatchObject({
      completedPoints: 42,
      totalPoints: 49,
      notes: '7 of 49 points were out of reach: elevation -11.3912 deg is outside 0..90 deg',
    });
    expect(points().every(({ setpoint }) => setpoint.elevationDeg >= 0)).toBe(true);
    // It stays complete after a restart.
    await world.restart();
    expect(world.view()).toMatchObject({ status: 'completed', completedPoints: 42 });
  });

  test('goes on after a restart with what is missing', async () => {
    await start(MAST, { bounds: square(30, 10) });
    await until('some points', () => points().length >= 5);
    await world.supervisor.pause(1);
    await world.untilStatus('paused');
    await world.restart();
    await world.supervisor.resume(1);
    await world.untilStatus('completed');
    expect(world.view()).toMatchObject({ completedPoints: 42, totalPoints: 49 });
    expect(new Set(cells()).size).toBe(42);
  });

  test('completes without a note when everything is in reach', async () => {
    await start(MAST, { notes: 'mine' });
    await world.untilStatus('completed');
    expect(world.view()).toMatchObject({ completedPoints: 25, totalPoints: 25, notes: 'mine' });
  });

  test.each(['cross', 'principal_cuts', 'spiral'] as const)('measures a %s', async (kind) => {
    await start(MAST, { bounds: { ...square(10, 5), kind } });
    await world.untilStatus('completed');
    const { totalPoints = 0 } = world.view() ?? {};
    expect(totalPoints).toBe({ cross: 10, principal_cuts: 10, spiral: 13 }[kind]);
    expect(points()).toHaveLength(totalPoints);
    expect(points().some(({ setpoint }) => separationDeg(setpoint, MAST_AT) < 1e-6)).toBe(true);
  });

  test('of a handed over session goes on with the cells that are not stored', async () => {
    const storedCells = Uint8Array.of(0b11111, 0, 0, 0);
    await start(MAST, {
      stored: { status: 'running', revision: 7, completedPoints: 5, storedCells, startedAtMs: MORNING },
    });
    await world.untilStatus('completed');
    expect(world.view()).toMatchObject({ completedPoints: 25, totalPoints: 25 });
    expect(points()).toHaveLength(20);
  });
});
