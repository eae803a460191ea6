import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { separationDeg } from '#shared/sky/pointing';
import { SkyMap } from '#sky-map/sky-map';
import { describeDifference, describeMatch, signedDb, unitWarning } from './comparison-text.ts';
import { differenceOf, summarise } from './difference.ts';
import { commonRange, differenceRange } from './ranges.ts';

const bounds = {
  kind: 'rectangular',
  azStartDeg: 0,
  azEndDeg: 30,
  elStartDeg: 0,
  elEndDeg: 20,
  stepDeg: 10,
} as const;

function filled(map: SkyMap, levelOf: (row: number, column: number) => number): SkyMap {
  for (let row = 0; row < map.rows; row++)
    for (let column = 0; column < map.columnsInRow(row); column++) map.set(row, column, levelOf(row, column));
  return map;
}

describe('the difference of two maps', () => {
  it('of the same grid is B - A, cell by cell, where both are measured', () => {
    const a = filled(new SkyMap(bounds), (row, column) => -90 - row - column);
    const b = filled(new SkyMap(bounds), (row, column) => -88 - row - column);
    b.set(2, 3, NaN);
    b.set(1, 1, -102);
    const difference = differenceOf(a, b);
    difference.update();
    expect(difference).toMatchObject({ sameGrid: true, matched: 12 });
    expect(difference.map.levelAt(0, 0)).toBe(2);
    expect(difference.map.levelAt(2, 3)).toBeNaN();
    expect(summarise(difference.map)).toEqual({
      compared: 11,
      meanDb: 10 / 11,
      largestDb: -10,
      row: 1,
      column: 1,
    });
    expect(describeMatch(difference)).toBe('Both have the same grid of 12 cells.');
    expect(describeDifference(summarise(difference.map), difference.map)).toBe(
      '11 cells are measured in both sessions. On average B is 0.9 dB above A; the largest difference is −10.0 dB at azimuth 10°, elevation 10°.',
    );
  });

  it('follows new levels and reports changed cells only', () => {
    const a = filled(new SkyMap(bounds), () => -90);
    const b = new SkyMap(bounds);
    const difference = differenceOf(a, b);
    const changes: number[] = [];
    difference.map.onChange((cells) => changes.push(...cells));
    difference.update();
    expect(changes).toEqual([]);
    b.set(1, 2, -91);
    difference.update();
    difference.update();
    expect(changes).toEqual([a.cell(1, 2)]);
  });

  it('of a coarse and a fine grid uses the coarse one, in either order', () => {
    const coarse = filled(new SkyMap(bounds), () => -90);
    const fine = filled(new SkyMap({ ...bounds, stepDeg: 2.5, azEndDeg: 20 }), () => -87);
    const coarseFirst = differenceOf(coarse, fine);
    const fineFirst = differenceOf(fine, coarse);
    for (const { map } of [coarseFirst, fineFirst]) expect(map.bounds).toEqual(coarse.bounds);
    coarseFirst.update();
    fineFirst.update();
    // Azimuth 30 lies more than half a fine step outside the fine grid.
    expect(coarseFirst).toMatchObject({ sameGrid: false, matched: 9 });
    expect(coarseFirst.pairAt(1, 2)).toEqual({ a: coarse.cell(1, 2), b: fine.cell(4, 8) });
    expect(coarseFirst.pairAt(1, 3)).toBeUndefined();
    expect(coarseFirst.map.levelAt(1, 2)).toBe(3);
    expect(fineFirst.map.levelAt(1, 2)).toBe(-3);
    expect(coarseFirst.map.levelAt(1, 3)).toBeNaN();
  });

  it('never matches cells more than half a step apart in either coordinate', () => {
    const start = fc.integer({ min: 0, max: 359 });
    const step = fc.constantFrom(3, 5, 7.5);
    fc.assert(
      fc.property(start, start, step, step, (azA, azB, stepA, stepB) => {
        const a = new SkyMap({ ...bounds, azStartDeg: azA, azEndDeg: azA + 40, stepDeg: stepA });
        const b = new SkyMap({
          ...bounds,
          azStartDeg: azB,
          azEndDeg: azB + 40,
          elStartDeg: 1,
          stepDeg: stepB,
        });
        const difference = differenceOf(a, b);
        const { map } = difference;
        const half = Math.min(stepA, stepB) / 2;
        for (let row = 0; row < map.rows; row++)
          for (let column = 0; column < map.columns; column++) {
            const pair = difference.pairAt(row, column);
            if (!pair) continue;
            const [one, other] = [
              a.pointing(Math.floor(pair.a / a.columns), pair.a % a.columns),
              b.pointing(Math.floor(pair.b / b.columns), pair.b % b.columns),
            ];
            expect(Math.abs(one.elevationDeg - other.elevationDeg)).toBeLessThanOrEqual(half + 1e-6);
            expect(separationDeg(one, other)).toBeLessThanOrEqual(half * Math.SQRT2 + 1e-6);
          }
      }),
      { numRuns: 50 },
    );
  });

  it('reports when nothing can be compared', () => {
    const difference = differenceOf(
      new SkyMap(bounds),
      new SkyMap({ ...bounds, azStartDeg: 100, azEndDeg: 130 }),
    );
    difference.update();
    expect(describeMatch(difference)).toBe('The two grids have no cell in common.');
    expect(describeDifference(summarise(difference.map), difference.map)).toBe(
      'No cell is measured in both sessions yet.',
    );
  });

  it('warns about different or uncalibrated units', () => {
    expect(unitWarning('dBm', 'dBFS')).toMatch(/^A is in dBm, B in dBFS/);
    expect(unitWarning('dBFS', 'dBFS')).toMatch(/^Neither session is calibrated/);
    expect(unitWarning('dBm', 'dBm')).toBeUndefined();
    expect(unitWarning(undefined, 'dBm')).toBeUndefined();
  });

  it.each([
    [1.25, '+1.3 dB'],
    [-1.25, '−1.3 dB'],
    [0.01, '0.0 dB'],
  ])('writes %d as %s', (db, text) => expect(signedDb(db)).toBe(text));
});

describe('ranges', () => {
  it('cover both maps', () => {
    const [a, b] = [Float32Array.of(-100, -90), Float32Array.of(-95, -80, NaN)];
    expect(commonRange(a, b)).toEqual({ min: -100, max: -80 });
    expect(commonRange(a, Float32Array.of(NaN))).toEqual({ min: -100, max: -90 });
    expect(commonRange(Float32Array.of(NaN), Float32Array.of())).toBeUndefined();
  });

  it('of a difference are symmetric around 0', () => {
    expect(differenceRange(Float32Array.of(-1, 2.5, NaN))).toEqual({ min: -2.5, max: 2.5 });
    expect(differenceRange(Float32Array.of(-3.14, 2.5))).toEqual({ min: -3.2, max: 3.2 });
    expect(differenceRange(Float32Array.of(0, 0))).toEqual({ min: -1.5, max: 1.5 });
    expect(differenceRange(Float32Array.of())).toEqual({ min: -1.5, max: 1.5 });
  });
});
