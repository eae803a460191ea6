import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { separationDeg } from './pointing.ts';
import { boundsOfSize } from '../../../test/support/sky-bounds.ts';
import {
  azimuthSpanDeg,
  azimuthStepDeg,
  cellPointing,
  columnsInRow,
  gridShape,
  MAX_GRID_POINTS,
  type GridBounds,
} from './grid-shape.ts';

const published: GridBounds = {
  kind: 'rectangular',
  azStartDeg: 0,
  azEndDeg: 360,
  elStartDeg: 18,
  elEndDeg: 65,
  stepDeg: 2,
};

describe('grid shape', () => {
  test.each([
    ['the published defaults', {}, 24, 180],
    ['a step of a tenth of a degree', { elStartDeg: 0, elEndDeg: 90, stepDeg: 0.1 }, 901, 3600],
    ['a sector through north', { azStartDeg: 350, azEndDeg: 10 }, 24, 11],
    ['one column', { azStartDeg: 90, azEndDeg: 90 }, 24, 1],
    ['one row', { elStartDeg: 30, elEndDeg: 30 }, 1, 180],
    ['one point', { azStartDeg: 1, azEndDeg: 1, elStartDeg: 2, elEndDeg: 2, stepDeg: 360 }, 1, 1],
    [
      'an end that is not a multiple of the step',
      { azStartDeg: 0, azEndDeg: 9, elStartDeg: 0, elEndDeg: 5, stepDeg: 2 },
      3,
      5,
    ],
    ['a circle that is not a multiple of the step', { stepDeg: 7 }, 7, 52],
    ['a full circle from -180', { azStartDeg: -180, azEndDeg: 180 }, 24, 180],
  ])('%s', (_, change, rows, columns) => {
    expect(gridShape({ ...published, ...change })).toEqual({ rows, columns, totalPoints: rows * columns });
  });

  test.each([
    [350, 10, 20],
    [10, 350, 340],
    [540, -180, 0],
    [-180, 180, 360],
    [-10, 10, 20],
    [400, -170, 150],
  ])('from %d to %d is %d degrees wide', (azStartDeg, azEndDeg, span) => {
    expect(azimuthSpanDeg({ azStartDeg, azEndDeg })).toBe(span);
  });
});

const rowsOf = (bounds: GridBounds) => Array.from({ length: gridShape(bounds).rows }, (_, row) => row);

describe('rectangular cells', () => {
  test('all rows are equal, and coordinates do not drift', () => {
    const bounds: GridBounds = { ...published, azStartDeg: 350, azEndDeg: 20, elStartDeg: 0, stepDeg: 0.1 };
    expect(columnsInRow(bounds, 0)).toBe(301);
    expect(columnsInRow(bounds, 650)).toBe(301);
    expect(azimuthStepDeg(bounds, 650)).toBe(0.1);
    expect(cellPointing(bounds, 3, 300)).toEqual({ azimuthDeg: 380, elevationDeg: 0.3 });
  });
});

describe('equal-area cells', () => {
  const sky: GridBounds = { ...published, kind: 'equal_area', elStartDeg: 0, elEndDeg: 90, stepDeg: 30 };

  test('a row has as many cells as fit on its circle; the zenith has one', () => {
    expect(rowsOf(sky).map((row) => columnsInRow(sky, row))).toEqual([12, 11, 6, 1]);
    expect(gridShape(sky)).toEqual({ rows: 4, columns: 12, totalPoints: 30 });
    expect(azimuthStepDeg(sky, 2)).toBeCloseTo(60, 12);
    expect(cellPointing(sky, 2, 5)).toEqual({ azimuthDeg: 300, elevationDeg: 60 });
    expect(azimuthStepDeg(sky, 3)).toBe(360);
    expect(cellPointing(sky, 3, 0)).toEqual({ azimuthDeg: 0, elevationDeg: 90 });
  });

  test('a sector includes its start and, if it is a multiple of the step, its end', () => {
    const sector: GridBounds = { ...sky, azStartDeg: 350, azEndDeg: 50, elStartDeg: 60, elEndDeg: 60 };
    expect(columnsInRow(sector, 0)).toBe(2);
    expect(cellPointing(sector, 0, 1)).toEqual({ azimuthDeg: 410, elevationDeg: 60 });
    expect(columnsInRow({ ...sector, azEndDeg: 49 }, 0)).toBe(1);
  });

  test('the widest row is the one at the horizon', () => {
    const round: GridBounds = { ...sky, elStartDeg: -90 };
    expect(rowsOf(round).map((row) => columnsInRow(round, row))).toEqual([1, 6, 11, 12, 11, 6, 1]);
    expect(gridShape(round)).toEqual({ rows: 7, columns: 12, totalPoints: 48 });
  });

  test('more rows than the maximum number of points are not counted individually', () => {
    const { totalPoints } = gridShape({ ...sky, elEndDeg: 1e300 });
    expect(totalPoints).toBeGreaterThan(MAX_GRID_POINTS);
  });

  const bounds = fc
    .record({
      azStartDeg: fc.double({ min: -180, max: 180, noNaN: true }),
      spanDeg: fc.oneof(fc.constant(360), fc.double({ min: 0, max: 360, noNaN: true })),
      elStartDeg: fc.oneof(fc.constant(-90), fc.double({ min: -90, max: 90, noNaN: true })),
      heightDeg: fc.oneof(fc.constant(180), fc.double({ min: 0, max: 180, noNaN: true })),
      stepDeg: fc.oneof(fc.constantFrom(2, 5, 7.5), fc.double({ min: 0.5, max: 360, noNaN: true })),
    })
    .map((size) => boundsOfSize('equal_area', size));

  test('rows add up to the total, and none is empty or wider than the widest', () => {
    fc.assert(
      fc.property(bounds, (grid) => {
        const { columns, totalPoints } = gridShape(grid);
        const counts = rowsOf(grid).map((row) => columnsInRow(grid, row));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(totalPoints);
        expect(Math.max(...counts)).toBe(columns);
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test('all cells are inside the sector, and no row has room for another', () => {
    fc.assert(
      fc.property(bounds, (grid) => {
        const span = azimuthSpanDeg(grid);
        const isCircle = span >= 360 - 1e-9;
        for (const row of rowsOf(grid)) {
          const count = columnsInRow(grid, row);
          const step = azimuthStepDeg(grid, row);
          const last = cellPointing(grid, row, count - 1);
          expect(last.azimuthDeg - grid.azStartDeg).toBeLessThan(isCircle ? 360 : span + 1e-6);
          expect(count * step).toBeGreaterThan(isCircle ? 360 - 1e-6 : span - 1e-6);
          expect(last.elevationDeg).toBeLessThanOrEqual(grid.elEndDeg + 1e-6);
        }
      }),
    );
  });

  test('all cells cover the same solid angle', () => {
    fc.assert(
      fc.property(bounds, (grid) => {
        const half = (grid.stepDeg / 2) * (Math.PI / 180);
        const most = (grid.stepDeg * Math.PI * 2 * Math.sin(half)) / 180;
        for (const row of rowsOf(grid)) {
          const stepDeg = azimuthStepDeg(grid, row);
          if (stepDeg === 360) continue;
          const elevation = (cellPointing(grid, row, 0).elevationDeg * Math.PI) / 180;
          // Of the strip between half a step below and half a step above.
          const solidAngle =
            (stepDeg * Math.PI * (Math.sin(elevation + half) - Math.sin(elevation - half))) / 180;
          expect(solidAngle / most).toBeCloseTo(1, 6);
        }
      }),
    );
  });
});

describe('grids of offsets', () => {
  const bounds = { azStartDeg: -20, azEndDeg: 20, elStartDeg: -10, elEndDeg: 5, stepDeg: 5 };
  const offsets = (change: Partial<GridBounds>) => {
    const grid = { kind: 'cross' as const, ...bounds, ...change };
    const { rows } = gridShape(grid);
    return Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columnsInRow(grid, row) }, (_, column) => cellPointing(grid, row, column)),
    );
  };
  const pairs = (line: { azimuthDeg: number; elevationDeg: number }[] | undefined) =>
    line?.map(({ azimuthDeg, elevationDeg }) => [azimuthDeg, elevationDeg]);

  test('a cross is a line in azimuth and one in elevation', () => {
    const [azimuths, elevations] = offsets({});
    expect(pairs(azimuths)).toEqual([-20, -15, -10, -5, 0, 5, 10, 15, 20].map((x) => [x, 0]));
    expect(pairs(elevations)).toEqual([-10, -5, 0, 5].map((y) => [0, y]));
    expect(gridShape({ kind: 'cross', ...bounds })).toEqual({ rows: 2, columns: 9, totalPoints: 13 });
  });

  test('principal cuts all round measure the opposite direction once, and the elevation plane behind', () => {
    const round = { azStartDeg: -180, azEndDeg: 180, elStartDeg: -90, elEndDeg: 90, stepDeg: 90 };
    const cuts = offsets({ kind: 'principal_cuts', ...round });
    expect(cuts.map(pairs)).toEqual([
      [
        [-180, 0],
        [-90, 0],
        [0, 0],
        [90, 0],
      ],
      [
        [0, -90],
        [0, 0],
        [0, 90],
      ],
      [
        [180, -90],
        [180, 0],
        [180, 90],
      ],
    ]);
    expect(offsets({ kind: 'principal_cuts' })).toHaveLength(2);
  });

  test('a spiral fills the circle that fits, with a step between neighbours', () => {
    const [spiral = []] = offsets({
      kind: 'spiral',
      azStartDeg: -30,
      elStartDeg: -30,
      elEndDeg: 30,
      stepDeg: 2,
    });
    const centre = { azimuthDeg: 0, elevationDeg: 0 };
    expect(spiral[0]).toEqual(centre);
    expect(spiral).toHaveLength(Math.floor(Math.PI * 100) + 1);
    const radii = spiral.map((offset) => separationDeg(offset, centre));
    expect(Math.max(...radii)).toBeLessThanOrEqual(20);
    expect(Math.max(...radii)).toBeGreaterThan(19.5);
    const gaps = spiral.slice(1).map((offset, i) => separationDeg(offset, spiral[i] as typeof centre));
    expect(Math.min(...gaps.slice(3))).toBeGreaterThan(1.6);
    expect(Math.max(...gaps)).toBeLessThan(2.8);
  });
});
