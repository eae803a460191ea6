import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hopSeconds, slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import { createGrid, type Grid } from './grid.ts';
import { planPath, travelSeconds } from './path.ts';

const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
const motion = {
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
};
const small = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 4,
  elStartDeg: 20,
  elEndDeg: 24,
  stepDeg: 2,
};
const origin = { azimuthDeg: 0, elevationDeg: 0 };

function visited(bounds: typeof small, from = origin, travel = limits, speeds = motion): string[] {
  const path = planPath(createGrid(bounds), travel, speeds, from);
  return Array.from(path.order, (cell) => {
    const { azimuthDeg, elevationDeg } = path.setpoint(cell);
    return `${azimuthDeg},${elevationDeg}`;
  });
}

describe('a planned path', () => {
  test('is a serpentine along azimuth where azimuth is faster', () => {
    expect(visited(small)).toEqual(['0,20', '2,20', '4,20', '4,22', '2,22', '0,22', '0,24', '2,24', '4,24']);
  });

  test('is a serpentine along elevation where elevation is faster', () => {
    const swapped = { azimuth: motion.elevation, elevation: motion.azimuth };
    expect(visited(small, origin, limits, swapped).slice(0, 4)).toEqual(['0,20', '0,22', '0,24', '2,24']);
  });

  test('starts at the corner nearest to the rotor', () => {
    const from = { azimuthDeg: 9, elevationDeg: 27 };
    expect(visited(small, from).slice(0, 4)).toEqual(['4,24', '2,24', '0,24', '0,22']);
  });

  test('passes through north without turning around', () => {
    const north = { ...small, azStartDeg: 356, azEndDeg: 4, elEndDeg: 20 };
    const from = { azimuthDeg: 350, elevationDeg: 20 };
    expect(visited(north, from)).toEqual(['356,20', '358,20', '360,20', '362,20', '364,20']);
    const atZero = { azimuthDeg: 0, elevationDeg: 20 };
    expect(visited(north, atZero)).toEqual(['-4,20', '-2,20', '0,20', '2,20', '4,20']);
  });

  test('splits a sector at the travel limits, one side after the other', () => {
    const north = { ...small, azStartDeg: 356, azEndDeg: 4, elEndDeg: 22 };
    const travel = { ...limits, azMinDeg: 0, azMaxDeg: 359 };
    expect(visited(north, origin, travel)).toEqual([
      ...['0,20', '2,20', '4,20', '4,22', '2,22', '0,22'],
      ...['356,20', '358,20', '358,22', '356,22'],
    ]);
  });

  test('names the azimuth that is outside the travel', () => {
    const half = { ...limits, azMinDeg: -90, azMaxDeg: 90 };
    const grid = createGrid({ ...small, azStartDeg: 88, azEndDeg: 94 });
    expect(() => planPath(grid, half, motion, origin)).toThrow(
      "azimuth 92 deg is outside the rotor's travel -90..90 deg",
    );
  });

  const bounds = fc
    .record({
      azStartDeg: fc.integer({ min: -180, max: 360 }),
      spanDeg: fc.integer({ min: 0, max: 360 }),
      elStartDeg: fc.integer({ min: 0, max: 60 }),
      heightDeg: fc.integer({ min: 0, max: 30 }),
      stepDeg: fc.constantFrom(1, 2, 2.5, 5, 7, 30),
    })
    .map(({ azStartDeg, spanDeg, elStartDeg, heightDeg, stepDeg }) => ({
      kind: 'rectangular' as const,
      azStartDeg,
      azEndDeg: azStartDeg + spanDeg,
      elStartDeg,
      elEndDeg: elStartDeg + heightDeg,
      stepDeg,
    }));
  const starts = fc.record({
    azimuthDeg: fc.integer({ min: -180, max: 450 }),
    elevationDeg: fc.integer({ min: 0, max: 90 }),
  });

  test('changes the order of the cells, never the set', () => {
    fc.assert(
      fc.property(bounds, starts, (scan, from) => {
        const grid = createGrid(scan);
        const { order } = planPath(grid, limits, motion, from);
        expect(Array.from(order).sort((a, b) => a - b)).toEqual(
          Array.from({ length: grid.totalPoints }, (_, i) => i),
        );
      }),
    );
  });

  const axis = fc.record({
    speedDegPerS: fc.double({ min: 0.1, max: 400, noNaN: true }),
    accelerationDegPerS2: fc.double({ min: 0.1, max: 5_000, noNaN: true }),
  });
  const motions = fc.record({ azimuth: axis, elevation: axis });
  const travels = fc.constantFrom(
    { azMinDeg: -540, azMaxDeg: 900 },
    { azMinDeg: -180, azMaxDeg: 450 },
    { azMinDeg: -180, azMaxDeg: 180 },
    { azMinDeg: 0, azMaxDeg: 360 },
    { azMinDeg: 0, azMaxDeg: 450 },
  );

  /**
   * Lower bound for any tour of the cells: it has N - 1 hops, and its hops connect all rows and
   * columns.
   */
  function boundSeconds(
    { totalPoints, rows, columns, bounds: { stepDeg } }: Grid,
    speeds: RotorMotion,
  ): number {
    const az = hopSeconds(stepDeg, speeds.azimuth);
    const el = hopSeconds(stepDeg, speeds.elevation);
    return az <= el
      ? (totalPoints - rows) * az + (rows - 1) * el
      : (totalPoints - columns) * el + (columns - 1) * az;
  }

  const isWhole = (scan: typeof small, travel: typeof limits) => {
    const grid = createGrid(scan);
    const turns = [-2, -1, 0, 1, 2].map((turn) => 360 * turn);
    const [first, last] = [grid.bounds.azStartDeg, grid.lastAzimuthDeg];
    return turns.some((turn) => first + turn >= travel.azMinDeg && last + turn <= travel.azMaxDeg);
  };

  test('costs exactly the spanning tree bound for any rotor at any position', () => {
    fc.assert(
      fc.property(bounds, starts, travels, motions, (scan, from, azimuths, speeds) => {
        const travel = { ...limits, ...azimuths };
        fc.pre(isWhole(scan, travel));
        const grid = createGrid(scan);
        const path = planPath(grid, travel, speeds, from);
        const bound = boundSeconds(grid, speeds);
        expect(travelSeconds(path, speeds) / Math.max(bound, 1e-9)).toBeCloseTo(bound > 0 ? 1 : 0, 9);
      }),
    );
  });

  test('is entered at its nearest corner', () => {
    fc.assert(
      fc.property(bounds, starts, motions, (scan, from, speeds) => {
        fc.pre(isWhole(scan, limits));
        const grid = createGrid(scan);
        const path = planPath(grid, limits, speeds, from);
        const corners = [0, grid.columns - 1].flatMap((column) =>
          [0, grid.rows - 1].map((row) => path.setpoint(row * grid.columns + column)),
        );
        const entry = slewSeconds(from, path.setpoint(path.order[0] as number), speeds);
        const nearest = Math.min(...corners.map((corner) => slewSeconds(from, corner, speeds)));
        expect(entry).toBeCloseTo(nearest, 9);
      }),
    );
  });

  test('of a split sector costs at most the bound on either side, one crossing and the move to it', () => {
    const widths = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(widths, widths, fc.integer({ min: 1, max: 8 }), motions, (before, after, rows, speeds) => {
        // The azimuth stop is at north: `before` columns are west of it, `after` east, none on it.
        const scan = {
          kind: 'rectangular' as const,
          azStartDeg: 361 - 2 * before,
          azEndDeg: 359 + 2 * after,
          elStartDeg: 20,
          elEndDeg: 20 + 2 * (rows - 1),
          stepDeg: 2,
        };
        const grid = createGrid(scan);
        const path = planPath(grid, { ...limits, azMinDeg: 0, azMaxDeg: 360 }, speeds, origin);
        const sides = [before, after].map((columns) =>
          boundSeconds({ ...grid, columns, totalPoints: rows * columns }, speeds),
        );
        const across = hopSeconds(358, speeds.azimuth) + hopSeconds(2 * rows, speeds.elevation);
        const there = hopSeconds(360, speeds.azimuth) + hopSeconds(scan.elEndDeg, speeds.elevation);
        const most = sides.reduce((sum, side) => sum + side, across + there);
        expect(travelSeconds(path, speeds, origin)).toBeLessThanOrEqual(most + 1e-6);
      }),
    );
  });

  test('never leaves the travel', () => {
    fc.assert(
      fc.property(bounds, starts, (scan, from) => {
        const path = planPath(createGrid(scan), limits, motion, from);
        for (const cell of path.order) {
          const { azimuthDeg } = path.setpoint(cell);
          expect(azimuthDeg).toBeGreaterThanOrEqual(limits.azMinDeg);
          expect(azimuthDeg).toBeLessThanOrEqual(limits.azMaxDeg);
        }
      }),
    );
  });
});
