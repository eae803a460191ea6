import { describe, expect, test } from 'vitest';
import type { GridBounds } from '#shared/sky/grid-shape';
import { createGrid } from './grid.ts';
import { resolutionNotes, beamWarnings } from './plan-warnings.ts';

const grid = (change: Partial<GridBounds> = {}) =>
  createGrid({
    ...{ kind: 'rectangular', azStartDeg: 0, azEndDeg: 40, elStartDeg: 0, elEndDeg: 60, stepDeg: 5 },
    ...change,
  });

describe('a grid that is wider than the beam needs', () => {
  test('is told of with both widths', () => {
    expect(beamWarnings(grid(), 6, false)).toEqual([
      'points 5 deg apart are wider than a beam of 6 deg needs: at most 2.5 deg leave nothing out',
    ]);
    expect(beamWarnings(grid(), 11.9, true)).toEqual([
      'rows 5 deg apart are wider than a beam of 11.9 deg needs: at most 4.9583 deg leave nothing out',
    ]);
  });

  test.each([
    ['exactly what the beam needs', grid(), 12, false],
    ['the same on the fly', grid(), 12, true],
    ['of one point', grid({ azEndDeg: 0, elEndDeg: 0 }), 1, false],
    ['one row, high up: its points are nearer on the sky', grid({ elStartDeg: 60 }), 6.1, false],
    ['one row on the fly, two points to a beam', grid({ elEndDeg: 0 }), 10, true],
    ['for a beam of which nothing is known', grid({ stepDeg: 20 }), undefined, false],
  ])('is none: %s', (_, planned, beamWidthDeg, sweeps) => {
    expect(beamWarnings(planned, beamWidthDeg, sweeps)).toEqual([]);
  });

  test('keeps its steps on the sky at any elevation when its cells are of equal area', () => {
    const [high, equal] = [grid({ elStartDeg: 60 }), grid({ elStartDeg: 60, kind: 'equal_area' })];
    expect(beamWarnings(high, 11, false)).toEqual([]);
    expect(beamWarnings(equal, 11, false)).toHaveLength(1);
  });

  test('broadens what it sweeps over', () => {
    const row = grid({ elEndDeg: 0 });
    expect(beamWarnings(row, 8, true)).toEqual([
      'points 5 deg wide along a sweep are 1.6 for a beam of 8 deg, less than 2: sources will look 8.7 % wider than they are',
    ]);
    expect(beamWarnings(grid(), 8, true)).toHaveLength(2);
  });
});

describe('a grid that is finer than the rotor can tell', () => {
  test('is told of, with the points', () => {
    expect(resolutionNotes(grid({ stepDeg: 0.5 }), 1)).toEqual([
      "a step of 0.5 deg is finer than the rotor's tolerance of 1 deg: some pointings will be measured twice",
    ]);
  });

  test('is none where nothing can be measured twice', () => {
    expect(resolutionNotes(grid({ stepDeg: 1 }), 1)).toEqual([]);
    expect(resolutionNotes(grid({ azEndDeg: 0, elEndDeg: 0, stepDeg: 0.1 }), 1)).toEqual([]);
  });
});
