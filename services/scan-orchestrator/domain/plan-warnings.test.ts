import { describe, expect, test } from 'vitest';
import type { GridBounds } from '#shared/sky/grid-shape';
import { createGrid } from './grid.ts';
import { resolutionNotes, beamWarnings } from './plan-warnings.ts';

const grid = (change: Partial<GridBounds> = {}) =>
  createGrid({
    ...{ kind: 'rectangular', azStartDeg: 0, azEndDeg: 40, elStartDeg: 0, elEndDeg: 60, stepDeg: 5 },
    ...change,
  });

describe('a grid that is too coarse for the beam', () => {
  test('is reported with step and beam width', () => {
    expect(beamWarnings(grid(), { beamWidthDeg: 6 }, false)).toEqual([
      'points 5 deg apart are too coarse for a beam of 6 deg: use at most 2.5 deg to leave no gaps',
    ]);
    expect(beamWarnings(grid(), { beamWidthDeg: 11.9 }, true)).toEqual([
      'rows 5 deg apart are too coarse for a beam of 11.9 deg: use at most 4.9583 deg to leave no gaps',
    ]);
  });

  test.each([
    ['exactly what the beam needs', grid(), 12, false],
    ['the same on the fly', grid(), 12, true],
    ['of one point', grid({ azEndDeg: 0, elEndDeg: 0 }), 1, false],
    ['one row at high elevation, where points are closer on the sky', grid({ elStartDeg: 60 }), 6.1, false],
    ['one row on the fly with two points per beam', grid({ elEndDeg: 0 }), 10, true],
    ['an unknown beam width', grid({ stepDeg: 20 }), undefined, false],
  ])('is none: %s', (_, planned, beamWidthDeg, sweeps) => {
    expect(beamWarnings(planned, { beamWidthDeg }, sweeps)).toEqual([]);
  });

  test('has the same step on the sky at any elevation with cells of equal area', () => {
    const [high, equal] = [grid({ elStartDeg: 60 }), grid({ elStartDeg: 60, kind: 'equal_area' })];
    expect(beamWarnings(high, { beamWidthDeg: 11 }, false)).toEqual([]);
    expect(beamWarnings(equal, { beamWidthDeg: 11 }, false)).toHaveLength(1);
  });

  test('broadens sources in on-the-fly mode', () => {
    const row = grid({ elEndDeg: 0 });
    expect(beamWarnings(row, { beamWidthDeg: 8 }, true)).toEqual([
      'a beam of 8 deg has 1.6 points of 5 deg along a sweep, fewer than 2: sources will look 8.7 % wider',
    ]);
    expect(beamWarnings(grid(), { beamWidthDeg: 8 }, true)).toHaveLength(2);
  });
});

describe('a beam with two widths', () => {
  const wideAcross = { beamWidthDeg: 12, beamWidths: { azimuthDeg: 20, elevationDeg: 7.2 } };
  const wideUp = { beamWidthDeg: 12, beamWidths: { azimuthDeg: 7.2, elevationDeg: 20 } };

  test('has each step compared with the width of its own axis', () => {
    expect(beamWarnings(grid(), wideAcross, false)).toEqual([
      'points 5 deg apart in elevation are too coarse for a beam of 7.2 deg there: use at most 3 deg to leave no gaps',
    ]);
    expect(beamWarnings(grid(), wideUp, false)).toEqual([
      'points 5 deg apart in azimuth are too coarse for a beam of 7.2 deg there: use at most 3 deg to leave no gaps',
    ]);
    expect(beamWarnings(grid({ stepDeg: 3 }), wideUp, false)).toEqual([]);
    expect(beamWarnings(grid({ stepDeg: 10 }), wideUp, false)).toHaveLength(2);
  });

  test('has a step in azimuth that shrinks with the cosine of the elevation', () => {
    // At 53 degrees, 5 deg are 3.01 deg; at 54 degrees, 2.94 deg.
    expect(beamWarnings(grid({ elStartDeg: 53 }), wideUp, false)).toHaveLength(1);
    expect(beamWarnings(grid({ elStartDeg: 54 }), wideUp, false)).toEqual([]);
  });

  test.each(['cross', 'principal_cuts', 'spiral'] as const)(
    'has the step of the grid %s around a source compared with both',
    (kind) => {
      const around = grid({ kind, azStartDeg: -20, azEndDeg: 20, elStartDeg: -20, elEndDeg: 20 });
      expect(beamWarnings(around, wideAcross, false)).toHaveLength(1);
      expect(beamWarnings(around, wideUp, false)).toHaveLength(1);
      expect(beamWarnings(around, { beamWidthDeg: 12 }, false)).toEqual([]);
    },
  );

  test('has rows compared with its height and sweeps with its breadth', () => {
    expect(beamWarnings(grid(), wideAcross, true)).toEqual([
      'rows 5 deg apart in elevation are too coarse for a beam of 7.2 deg there: use at most 3 deg to leave no gaps',
    ]);
    expect(beamWarnings(grid(), wideUp, true)).toEqual([
      'a beam of 7.2 deg in azimuth has 1.44 points of 5 deg along a sweep, fewer than 2: sources will look 10.6 % wider',
    ]);
  });
});

describe('a grid that is finer than the tolerance of the rotor', () => {
  test('is reported with the points', () => {
    expect(resolutionNotes(grid({ stepDeg: 0.5 }), 1)).toEqual([
      "a step of 0.5 deg is finer than the rotor's tolerance of 1 deg: some pointings will be measured twice",
    ]);
  });

  test('is not reported if nothing can be measured twice', () => {
    expect(resolutionNotes(grid({ stepDeg: 1 }), 1)).toEqual([]);
    expect(resolutionNotes(grid({ azEndDeg: 0, elEndDeg: 0, stepDeg: 0.1 }), 1)).toEqual([]);
  });
});
