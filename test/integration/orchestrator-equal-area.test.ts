import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCellSet } from '../../services/scan-orchestrator/domain/cells.ts';
import type { Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { cellPointing, columnsInRow, type GridBounds } from '#shared/sky/grid-shape';
import { inlinePlanner, rotorConfig } from '../support/scan-fakes.ts';
import { createScanWorld, handover, type ScanWorld } from '../support/scan-world.ts';
import { sweepingHardware } from '../support/sweeping-fakes.ts';
import { until } from '../support/until.ts';

// Grids with rows of unequal length, with the real engine and a real journal.

const motion = { speedDegPerS: 6, accelerationDegPerS2: 20 };
/** A source at azimuth 20 in every row. */
const levelDb = (deg: number) =>
  10 * Math.log10(1e-9 + 1e-7 * Math.exp(-4 * Math.LN2 * ((deg - 20) / 9) ** 2));
const bounds: GridBounds = {
  kind: 'equal_area',
  azStartDeg: 0,
  azEndDeg: 40,
  elStartDeg: 60,
  elEndDeg: 90,
  stepDeg: 5,
};
// Steps of 10, 11.8, 14.6, 19.3, 28.8 and 57.4 degrees, and the zenith.
const COLUMNS = [5, 4, 3, 3, 2, 1, 1];
const TOTAL = 19;

const begin = (change: Partial<Handover> = {}) =>
  world.supervisor.start(
    handover({
      bounds,
      rssiIterations: 5,
      rotor: rotorConfig({ azimuth: motion, elevation: motion }),
      ...change,
    }),
  );

let world: ScanWorld;

const untilStatus = (wanted: string) => world.untilStatus(wanted);
const all = COLUMNS.flatMap((columns, row) => Array.from({ length: columns }, (_, i) => `${row},${i}`));
const places = () => world.publisher.points.map(({ row, column }) => `${row},${column}`);

function expectEveryCellOnce(): void {
  expect(world.publisher.points.map(({ seq }) => seq)).toEqual(
    Array.from({ length: TOTAL }, (_, i) => i + 1),
  );
  expect(places().toSorted()).toEqual(all.toSorted());
  for (const { row, column, setpoint } of world.publisher.points)
    expect(setpoint).toEqual(cellPointing(bounds, row, column));
}

beforeEach(async () => {
  world = await createScanWorld(() => sweepingHardware({ motion, levelDb, readMs: 10 }));
});

afterEach(() => world.close());

describe('an equal-area grid', () => {
  test('has fewer cells in higher rows', () => {
    expect(COLUMNS).toEqual(COLUMNS.map((_, row) => columnsInRow(bounds, row)));
  });

  test('is measured completely, every cell at its pointing', async () => {
    await begin();
    await untilStatus('completed');
    expectEveryCellOnce();
    const plan = await world.supervisor.planOf(1, inlinePlanner, AbortSignal.timeout(5_000));
    expect(plan?.path.order).toHaveLength(TOTAL);
  });

  test('is swept with the step of each row; a row of one cell is measured in step mode', async () => {
    await begin({
      mode: 'on_the_fly',
      rotor: rotorConfig({ azimuth: motion, elevation: motion, settleMs: 500 }),
    });
    await untilStatus('completed');
    expectEveryCellOnce();
    const { slews, sweeps } = world.rotors;
    expect(slews.map(({ elevationDeg }) => elevationDeg)).toEqual([85, 90]);
    expect(new Set(sweeps.map(({ elevationDeg }) => elevationDeg))).toEqual(new Set([60, 65, 70, 75, 80]));
    for (const { row, readback, setpoint } of world.publisher.points.filter((point) => point.row < 5)) {
      const halfDeg = 2.5 / Math.cos(((60 + 5 * row) * Math.PI) / 180);
      // The reads are spread over the whole cell; their mean position is its centre.
      expect(Math.abs(readback.azimuthDeg - setpoint.azimuthDeg)).toBeLessThan(halfDeg / 20);
    }
  });

  test('is resumed without the stored cells by an orchestrator that has lost its disk', async () => {
    // Cell numbers count as if every row had five columns.
    const stored = createCellSet(COLUMNS.length * 5);
    for (const cell of [0, 1, 2, 3, 4, 5, 6, 7, 8, 30]) stored.add(cell);
    await begin({
      stored: {
        ...{ status: 'running', revision: 7, completedPoints: 10, startedAtMs: 5 },
        storedCells: stored.bits,
      },
    });
    await untilStatus('completed');
    const left = all.slice(9, -1);
    expect(places().toSorted()).toEqual(left.toSorted());
    expect(world.supervisor.list()[0]).toMatchObject({ completedPoints: TOTAL, totalPoints: TOTAL });
  });

  test.each(['step', 'on_the_fly'] as const)('is resumed after a restart in mode %s', async (mode) => {
    world.rotors.script = (step) => (step === 7 ? 'hang' : undefined);
    await begin({ mode });
    await until('some are measured', () => world.publisher.points.length >= 4);
    await world.restart();
    await untilStatus('completed');
    expectEveryCellOnce();
  });
});

test('a session of a version without grid kinds is rectangular', async () => {
  world.rotors.script = (step) => (step === 3 ? 'hang' : undefined);
  await begin({ bounds: { ...bounds, kind: 'rectangular', elEndDeg: 65, stepDeg: 20 } });
  await until('some are measured', () => world.publisher.points.length >= 1);
  await world.supervisor.close();
  const [kept] = await world.journal.loadSessions();
  if (!kept) throw new Error('the journal has lost the session');
  const { kind: _, ...degrees } = kept.record.bounds;
  await world.journal.saveSession({ ...kept.record, bounds: degrees as GridBounds });
  await world.restart();
  await untilStatus('completed');
  expect(places()).toEqual(['0,0', '0,1', '0,2']);
});
