import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slewSeconds } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import { createGrid } from './grid.ts';
import { secondsOf, remainingTour } from './remaining-tour.ts';
import { planPath, type Path } from './path.ts';

const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
const motion = {
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
};
const origin = { azimuthDeg: 0, elevationDeg: 0 };

function plan(columns: number, rows: number, from: Pointing = origin) {
  const bounds = {
    kind: 'rectangular' as const,
    azStartDeg: 0,
    azEndDeg: 2 * (columns - 1),
    elStartDeg: 10,
    elEndDeg: 10 + 2 * (rows - 1),
    stepDeg: 2,
  };
  const grid = createGrid(bounds);
  return { columns: grid.columns, path: planPath(grid, limits, motion, from) };
}

function seconds(order: Iterable<number>, path: Path, from: Pointing): number {
  let at = from;
  let sum = 0;
  for (const cell of order) {
    sum += slewSeconds(at, path.setpoint(cell), motion);
    at = path.setpoint(cell);
  }
  return sum;
}

/** The shortest tour, found by trying all orders. */
function shortest(cells: readonly number[], path: Path, from: Pointing): number {
  if (cells.length === 0) return 0;
  return Math.min(
    ...cells.map(
      (cell) =>
        slewSeconds(from, path.setpoint(cell), motion) +
        shortest(
          cells.filter((other) => other !== cell),
          path,
          path.setpoint(cell),
        ),
    ),
  );
}

const situations = fc
  .record({
    columns: fc.integer({ min: 1, max: 12 }),
    rows: fc.integer({ min: 1, max: 8 }),
    from: fc.record({
      azimuthDeg: fc.integer({ min: 0, max: 30 }),
      elevationDeg: fc.integer({ min: 0, max: 40 }),
    }),
    seed: fc.array(fc.boolean(), { minLength: 96, maxLength: 96 }),
  })
  .map(({ columns, rows, from, seed }) => {
    const missing = new Set(Array.from({ length: columns * rows }, (_, i) => i).filter((i) => seed[i]));
    return { ...plan(columns, rows), missing, from };
  });

describe('the tour over the missing cells', () => {
  test('is the planned one while nothing is done', () => {
    const { path, columns } = plan(5, 4);
    expect(remainingTour(path, columns, () => true, origin, motion).order).toEqual(path.order);
  });

  test('starts at the rotor, not at the start of the plan', () => {
    const { path, columns } = plan(40, 1);
    const tour = remainingTour(
      path,
      columns,
      (cell) => cell >= 20,
      { azimuthDeg: 78, elevationDeg: 10 },
      motion,
    );
    expect(Array.from(tour.order.slice(0, 3))).toEqual([39, 38, 37]);
  });

  test('is the shortest one for a few scattered cells, compared with all orders', () => {
    const { path, columns } = plan(20, 10);
    const missing = [3, 17, 64, 65, 121, 198, 110];
    const tour = remainingTour(path, columns, (cell) => missing.includes(cell), origin, motion);
    expect(secondsOf(tour)).toBeCloseTo(shortest(missing, path, origin), 6);
  });

  test('has every missing cell once, and no other', () => {
    fc.assert(
      fc.property(situations, ({ path, columns, missing, from }) => {
        const { order } = remainingTour(path, columns, (cell) => missing.has(cell), from, motion);
        expect(Array.from(order).sort((a, b) => a - b)).toEqual([...missing]);
      }),
    );
  });

  test('is never longer than the planned order, and returns its travel time', () => {
    fc.assert(
      fc.property(situations, ({ path, columns, missing, from }) => {
        const tour = remainingTour(path, columns, (cell) => missing.has(cell), from, motion);
        const planned = path.order.filter((cell) => missing.has(cell));
        expect(secondsOf(tour)).toBeLessThanOrEqual(seconds(planned, path, from) + 1e-6);
        tour.travelFrom.forEach((rest, i) => {
          const at = i === 0 ? from : path.setpoint(tour.order[i - 1] as number);
          expect(rest).toBeCloseTo(seconds(tour.order.slice(i), path, at), 6);
        });
      }),
    );
  });

  test('is deterministic', () => {
    fc.assert(
      fc.property(situations, ({ path, columns, missing, from }) => {
        const again = () => remainingTour(path, columns, (cell) => missing.has(cell), from, motion).order;
        expect(again()).toEqual(again());
      }),
    );
  });

  test('over thousands of cells visits each a bounded number of times', () => {
    const { path, columns } = plan(200, 40);
    let looks = 0;
    const counted: Path = {
      order: path.order,
      setpoint(cell) {
        looks++;
        return path.setpoint(cell);
      },
    };
    const { order } = remainingTour(counted, columns, (cell) => cell % 3 !== 0, origin, motion);
    expect(order.length).toBe(path.order.filter((cell) => cell % 3 !== 0).length);
    expect(looks).toBeLessThan(100 * order.length);
  });
});
