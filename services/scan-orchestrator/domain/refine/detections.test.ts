import { describe, expect, test } from 'vitest';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { createGrid } from '../grid.ts';
import { detectSources } from './detections.ts';
import { levelsOfSky, BEAM_DEG, COARSE } from '../../../../test/support/refine-examples.ts';

const grid = createGrid(COARSE);
const at = (azimuthDeg: number, elevationDeg: number): Pointing => ({ azimuthDeg, elevationDeg });
const detect = (levels: ArrayLike<number>, sigma = 3.5) => detectSources(grid, levels, BEAM_DEG, sigma);

describe('the sources of a coarse map', () => {
  test('are within half a step of their true directions, the strongest first', () => {
    const sky = [
      { at: at(101.3, 41.7), excess: 0.6 },
      { at: at(359, 30.2), excess: 0.3 },
    ];
    const found = detect(levelsOfSky(grid, sky), 6);
    expect(found).toHaveLength(2);
    found.forEach((one, i) =>
      expect(separationDeg(one.at, sky[i]?.at as Pointing)).toBeLessThan(0.72 * COARSE.stepDeg),
    );
  });

  test('stand out of a gradient between rows and a drift of the gain from row to row', () => {
    const drift = (cell: number) => 3 * Math.sin(Math.floor(cell / grid.columns));
    const levels = levelsOfSky(grid, [{ at: at(200, 45), excess: 0.5 }]).map(
      (level, cell) => level + drift(cell),
    );
    expect(detect(levels, 6)).toMatchObject([{ at: { azimuthDeg: 201.6, elevationDeg: 43.2 } }]);
  });

  test('a map of noise has hardly any, and none above 6 sigma', () => {
    const counts = Array.from({ length: 10 }, (_, seed) => detect(levelsOfSky(grid, [], seed)));
    expect(counts.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(20);
    expect(counts.flat().filter(({ sigma }) => sigma > 6)).toEqual([]);
  });

  test('cells that were not measured, few cells and equal levels have none', () => {
    expect(detect(new Float32Array(grid.rows * grid.columns).fill(NaN))).toEqual([]);
    expect(detect(new Float32Array(grid.rows * grid.columns).fill(-90))).toEqual([]);
    const few = new Float32Array(grid.rows * grid.columns).fill(NaN).fill(-90, 0, 9);
    few[4] = -50;
    expect(detect(few)).toEqual([]);
  });

  test('are found near the zenith of an equal-area grid, where rows have few cells', () => {
    const cap = createGrid({ ...COARSE, kind: 'equal_area', elStartDeg: 30, elEndDeg: 90 });
    const source = { at: at(77, 85), excess: 0.8 };
    const [first] = detectSources(cap, levelsOfSky(cap, [source]), BEAM_DEG, 3.5);
    expect(separationDeg(first?.at as Pointing, source.at)).toBeLessThan(0.72 * COARSE.stepDeg);
  });
});
