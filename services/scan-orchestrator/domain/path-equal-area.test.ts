import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GridBounds } from '#shared/sky/grid-shape';
import { hopSeconds, type RotorMotion } from '#shared/sky/kinematics';
import { azimuthOnCircleDeg, type Pointing } from '#shared/sky/pointing';
import { boundsOfSize } from '../../../test/support/sky-bounds.ts';
import { createGrid, type Grid } from './grid.ts';
import { planPath, travelSeconds, type Path } from './path.ts';

const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: -90, elMaxDeg: 90 };
const motion = {
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
};
const origin = { azimuthDeg: 0, elevationDeg: 0 };
const sky: GridBounds = {
  kind: 'equal_area',
  azStartDeg: 0,
  azEndDeg: 360,
  elStartDeg: 0,
  elEndDeg: 90,
  stepDeg: 30,
};

const visited = (path: Path) =>
  Array.from(path.order, (cell) => {
    const { azimuthDeg, elevationDeg } = path.setpoint(cell);
    return `${Math.round(azimuthDeg * 10) / 10},${elevationDeg}`;
  });

const cellsOf = (grid: Grid) =>
  Array.from({ length: grid.rows }, (_, row) =>
    Array.from({ length: grid.columnsInRow(row) }, (__, column) => row * grid.columns + column),
  ).flat();

describe('a path over cells of equal area', () => {
  test('passes row by row; each row starts where the previous one has ended', () => {
    const path = planPath(createGrid({ ...sky, elStartDeg: 30, azEndDeg: 150 }), limits, motion, origin);
    expect(visited(path)).toEqual([
      ...['0,30', '34.6,30', '69.3,30', '103.9,30', '138.6,30'],
      ...['120,60', '60,60', '0,60'],
      '0,90',
    ]);
  });

  test('starts at the top and at the far end when the rotor stands there', () => {
    const from = { azimuthDeg: 300, elevationDeg: 70 };
    const path = planPath(createGrid({ ...sky, elEndDeg: 60 }), limits, motion, from);
    expect(visited(path).slice(0, 8)).toEqual([
      ...['300,60', '240,60', '180,60', '120,60', '60,60', '0,60'],
      ...['0,30', '34.6,30'],
    ]);
  });

  test('follows elevation where that is faster', () => {
    const swapped = { azimuth: motion.elevation, elevation: motion.azimuth };
    const narrow = { ...sky, elEndDeg: 40, azEndDeg: 22, stepDeg: 10 };
    const path = planPath(createGrid(narrow), limits, swapped, origin);
    expect(visited(path)).toEqual([
      ...['0,0', '0,10', '0,20', '0,30', '0,40'],
      ...['13.1,40', '11.5,30', '10.6,20', '10.2,10', '10,0'],
      ...['20,0', '20.3,10', '21.3,20'],
    ]);
  });

  test('splits rows at the travel limits, one side after the other', () => {
    const north = { ...sky, azStartDeg: 300, azEndDeg: 60, elEndDeg: 30 };
    const path = planPath(createGrid(north), { ...limits, azMinDeg: 0, azMaxDeg: 359 }, motion, origin);
    const sides = Array.from(path.order, (cell) => (path.setpoint(cell).azimuthDeg < 180 ? 'east' : 'west'));
    expect(sides).toEqual([...Array<string>(5).fill('east'), ...Array<string>(4).fill('west')]);
  });

  const whole = (min: number, max: number) => fc.integer({ min, max });
  const bounds = fc
    .record({
      azStartDeg: whole(-180, 360),
      spanDeg: fc.oneof(fc.constant(360), whole(0, 360)),
      elStartDeg: whole(-90, 90),
      heightDeg: whole(0, 180),
      stepDeg: fc.constantFrom(3, 5, 7.5, 12, 30, 90),
    })
    .map((size) => boundsOfSize('equal_area', size));
  const starts = fc.record({ azimuthDeg: whole(-180, 450), elevationDeg: whole(-90, 90) });
  const travels = fc
    .constantFrom([-540, 900], [-180, 450], [-180, 180], [0, 360], [90, 450])
    .map(([azMinDeg = 0, azMaxDeg = 0]) => ({ ...limits, azMinDeg, azMaxDeg }));
  const axis = fc.record({
    speedDegPerS: fc.double({ min: 0.1, max: 100, noNaN: true }),
    accelerationDegPerS2: fc.double({ min: 0.1, max: 500, noNaN: true }),
  });
  const motions = fc.record({ azimuth: axis, elevation: axis });

  test('has every cell exactly once, within the sector and the travel', () => {
    fc.assert(
      fc.property(bounds, starts, travels, motions, (scan, from, travel, speeds) => {
        const grid = createGrid(scan);
        const path = planPath(grid, travel, speeds, from);
        expect(Array.from(path.order).sort((a, b) => a - b)).toEqual(cellsOf(grid));
        const outside = Array.from(path.order, (cell) => path.setpoint(cell)).filter(
          ({ azimuthDeg, elevationDeg }) =>
            azimuthDeg < travel.azMinDeg - 1e-6 ||
            azimuthDeg > travel.azMaxDeg + 1e-6 ||
            azimuthOnCircleDeg(azimuthDeg - scan.azStartDeg + 1e-6) >
              scan.azEndDeg - scan.azStartDeg + 2e-6 ||
            elevationDeg < scan.elStartDeg ||
            elevationDeg > scan.elEndDeg,
        );
        expect(outside).toEqual([]);
      }),
    );
  });

  /** Travel time row by row with alternate rows reversed. */
  function plainSeconds(grid: Grid, path: Path, speeds: RotorMotion, from: Pointing, turned: 0 | 1): number {
    const rows = Array.from({ length: grid.rows }, (_, row) => {
      const cells = Array.from({ length: grid.columnsInRow(row) }, (__, i) => row * grid.columns + i);
      return row % 2 === turned ? cells : cells.toReversed();
    });
    return travelSeconds({ ...path, order: Uint32Array.from(rows.flat()) }, speeds, from);
  }

  test('takes at most as long as plain serpentines from either end, and at least the physical minimum', () => {
    fc.assert(
      fc.property(bounds, starts, motions, (scan, from, speeds) => {
        const grid = createGrid(scan);
        const path = planPath(grid, { ...limits, azMinDeg: -540, azMaxDeg: 900 }, speeds, from);
        const seconds = travelSeconds(path, speeds, from);
        for (const turned of [0, 1] as const)
          expect(seconds).toBeLessThanOrEqual(plainSeconds(grid, path, speeds, from, turned) + 1e-6);
        // Every move takes at least the step of its row or between rows.
        const least = Math.min(
          hopSeconds(scan.stepDeg, speeds.azimuth),
          hopSeconds(scan.stepDeg, speeds.elevation),
        );
        expect(seconds).toBeGreaterThanOrEqual((grid.totalPoints - 1) * least - 1e-6);
      }),
    );
  });
});
