import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrapBy, unwrapping, unwrappings } from './unwrapping.ts';
import { createGrid, type Grid } from './grid.ts';
import { planPath } from './path.ts';

const row = { kind: 'rectangular' as const, elStartDeg: 20, elEndDeg: 20 };
const motion = {
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
};
/** Of row 0. */
const azimuthsOf = (grid: Grid) =>
  Array.from({ length: grid.columns }, (_, column) => grid.pointing(column).azimuthDeg);
const travel = (azMinDeg: number, azMaxDeg: number) => ({ azMinDeg, azMaxDeg, elMinDeg: 0, elMaxDeg: 90 });

describe('unwrapped columns', () => {
  test('fit into every cable turn that contains all of them, the nearest first', () => {
    const grid = createGrid({ azStartDeg: 20, azEndDeg: 60, stepDeg: 20, ...row });
    const all = unwrappings(grid, travel(-360, 450), 350).map((turns) =>
      [20, 40, 60].map(unwrapBy(turns, travel(-360, 450))),
    );
    expect(all).toEqual([
      [380, 400, 420],
      [20, 40, 60],
      [-340, -320, -300],
    ]);
  });

  const grids = fc
    .record({
      azStartDeg: fc.integer({ min: -180, max: 540 }),
      wide: fc.integer({ min: 0, max: 360 }),
      stepDeg: fc.constantFrom(1, 2, 3.5, 5, 7),
    })
    .map(({ azStartDeg, wide, stepDeg }) =>
      createGrid({ azStartDeg, azEndDeg: azStartDeg + wide, stepDeg, ...row, elEndDeg: 30 }),
    );
  const travels = fc
    .tuple(fc.integer({ min: -540, max: 400 }), fc.integer({ min: 100, max: 900 }))
    .map(([azMinDeg, wide]) => travel(azMinDeg, Math.min(900, azMinDeg + wide)));
  const near = fc.integer({ min: -540, max: 900 });

  test('keep their directions, stay within the travel, and are split at most once', () => {
    let taken = 0;
    fc.assert(
      fc.property(grids, travels, near, (grid, limits, nearDeg) => {
        let azimuths: number[];
        try {
          azimuths = azimuthsOf(grid).map(unwrapping(grid, limits, nearDeg));
        } catch (error) {
          expect(error).toMatchObject({ kind: 'out_of_range' });
          return;
        }
        const turns = azimuthsOf(grid).map((azDeg, i) => ((azimuths[i] ?? NaN) - azDeg) / 360);
        expect(turns.every((turn) => Math.abs(turn - Math.round(turn)) < 1e-9)).toBe(true);
        expect(Math.min(...azimuths)).toBeGreaterThanOrEqual(limits.azMinDeg - 1e-9);
        expect(Math.max(...azimuths)).toBeLessThanOrEqual(limits.azMaxDeg + 1e-9);
        const cuts = turns.filter((turn, i) => i > 0 && Math.abs(turn - (turns[i - 1] ?? turn)) > 0.5).length;
        expect(cuts).toBeLessThanOrEqual(1);
        taken += cuts;
      }),
      { numRuns: 400 },
    );
    expect(taken).toBeGreaterThan(5);
  });

  test('are refused only if one of them is out of reach', () => {
    fc.assert(
      fc.property(grids, travels, near, (grid, limits, nearDeg) => {
        const reaches = (azDeg: number) =>
          [-3, -2, -1, 0, 1, 2, 3].some(
            (turn) =>
              azDeg + 360 * turn >= limits.azMinDeg - 1e-9 && azDeg + 360 * turn <= limits.azMaxDeg + 1e-9,
          );
        const all = azimuthsOf(grid).every(reaches);
        if (all)
          expect(
            azimuthsOf(grid)
              .map(unwrapping(grid, limits, nearDeg))
              .every(reaches),
          ).toBe(true);
        else expect(() => unwrapping(grid, limits, nearDeg)).toThrow("outside the rotor's travel");
      }),
      { numRuns: 400 },
    );
  });

  test('on both sides of a gap are scanned one side after the other', () => {
    fc.assert(
      fc.property(grids, travels, near, (grid, limits, nearDeg) => {
        fc.pre(limits.azMaxDeg - limits.azMinDeg < 720);
        let path;
        try {
          path = planPath(grid, limits, motion, { azimuthDeg: nearDeg, elevationDeg: 0 });
        } catch {
          return;
        }
        const sorted = Array.from({ length: grid.columns }, (_, i) => path.setpoint(i).azimuthDeg).sort(
          (a, b) => a - b,
        );
        const gaps = sorted.slice(1).map((azDeg, i) => azDeg - (sorted[i] ?? azDeg));
        const gapDeg = Math.max(0, ...gaps);
        const cut = gaps.indexOf(gapDeg);
        const widths = [sorted.slice(0, cut + 1), sorted.slice(cut + 1)].map(
          (block) => (block.at(-1) ?? 0) - (block[0] ?? 0),
        );
        // If a block is wider than the gap, crossing twice may be cheaper than returning over the
        // block.
        fc.pre(grid.columns > 2 && gapDeg > Math.max(20, ...widths) + 20);
        const setpoints = Array.from(path.order, (cell) => path.setpoint(cell).azimuthDeg);
        const crossings = setpoints.filter(
          (azDeg, i) => i > 0 && Math.abs(azDeg - (setpoints[i - 1] ?? azDeg)) >= gapDeg - 1e-9,
        );
        expect(crossings).toHaveLength(1);
      }),
      { numRuns: 400 },
    );
  });
});
