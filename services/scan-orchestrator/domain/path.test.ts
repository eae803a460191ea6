import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGrid } from './grid.ts';
import { hopSeconds } from '#shared/kinematics';
import { planPath, travelSeconds } from './path.ts';

const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
const motion = {
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
};
const small = { azStartDeg: 0, azEndDeg: 4, elStartDeg: 20, elEndDeg: 24, stepDeg: 2 };
const origin = { azimuthDeg: 0, elevationDeg: 0 };

function visited(bounds: typeof small, from = origin, travel = limits, speeds = motion): string[] {
  const path = planPath(createGrid(bounds), travel, speeds, from);
  return Array.from(path.order, (cell) => {
    const { azimuthDeg, elevationDeg } = path.setpoint(cell);
    return `${azimuthDeg},${elevationDeg}`;
  });
}

describe('a planned path', () => {
  test('is a serpentine along azimuth where azimuth is quicker', () => {
    expect(visited(small)).toEqual(['0,20', '2,20', '4,20', '4,22', '2,22', '0,22', '0,24', '2,24', '4,24']);
  });

  test('is a serpentine along elevation where elevation is quicker', () => {
    const swapped = { azimuth: motion.elevation, elevation: motion.azimuth };
    expect(visited(small, origin, limits, swapped).slice(0, 4)).toEqual(['0,20', '0,22', '0,24', '2,24']);
  });

  test('begins at the corner that is nearest to the rotor', () => {
    const from = { azimuthDeg: 9, elevationDeg: 27 };
    expect(visited(small, from).slice(0, 4)).toEqual(['4,24', '2,24', '0,24', '0,22']);
  });

  test('goes through north without turning round', () => {
    const north = { ...small, azStartDeg: 356, azEndDeg: 4, elEndDeg: 20 };
    const from = { azimuthDeg: 350, elevationDeg: 20 };
    expect(visited(north, from)).toEqual(['356,20', '358,20', '360,20', '362,20', '364,20']);
    const atZero = { azimuthDeg: 0, elevationDeg: 20 };
    expect(visited(north, atZero)).toEqual(['-4,20', '-2,20', '0,20', '2,20', '4,20']);
  });

  test('takes a sector apart that the cable splits, one side after the other', () => {
    const north = { ...small, azStartDeg: 356, azEndDeg: 4, elEndDeg: 22 };
    const travel = { ...limits, azMinDeg: 0, azMaxDeg: 359 };
    expect(visited(north, origin, travel)).toEqual([
      ...['0,20', '2,20', '4,20', '4,22', '2,22', '0,22'],
      ...['356,20', '358,20', '358,22', '356,22'],
    ]);
  });

  test('names the azimuth that the travel never reaches', () => {
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

  test('costs exactly the spanning tree bound where the travel holds the whole sector', () => {
    fc.assert(
      fc.property(bounds, starts, (scan, from) => {
        const grid = createGrid(scan);
        const path = planPath(grid, { ...limits, azMinDeg: -540, azMaxDeg: 900 }, motion, from);
        const hops = [
          hopSeconds(grid.bounds.stepDeg, motion.azimuth),
          hopSeconds(grid.bounds.stepDeg, motion.elevation),
        ] as const;
        const alongAzimuth = (grid.totalPoints - grid.rows) * hops[0] + (grid.rows - 1) * hops[1];
        const alongElevation = (grid.totalPoints - grid.columns) * hops[1] + (grid.columns - 1) * hops[0];
        expect(travelSeconds(path, motion)).toBeCloseTo(
          Math.min(
            grid.rows > 1 || grid.columns > 1 ? alongAzimuth : 0,
            grid.rows > 1 || grid.columns > 1 ? alongElevation : 0,
          ),
          6,
        );
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
