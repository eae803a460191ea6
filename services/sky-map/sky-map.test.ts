import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridShape } from '#shared/sky/grid-shape';
import { boundsOfSize, skyBounds } from '../../test/support/sky-bounds.ts';
import { SkyMap, type Cells } from './sky-map.ts';

const grids = fc
  .record({
    kind: fc.constantFrom('rectangular' as const, 'equal_area' as const),
    azStartDeg: fc.integer({ min: -180, max: 180 }),
    spanDeg: fc.oneof(fc.constant(360), fc.integer({ min: 0, max: 359 })),
    elStartDeg: fc.integer({ min: -90, max: 90 }),
    heightDeg: fc.integer({ min: 0, max: 180 }),
    stepDeg: fc.constantFrom(1, 2, 2.5, 7, 13, 50),
  })
  .map(({ kind, ...size }) => boundsOfSize(kind, size));

describe('SkyMap', () => {
  it.each([
    ['the first cell', skyBounds(), 0, 0, { row: 0, column: 0 }],
    ['half a step before north', skyBounds(), 355.1, 0, { row: 0, column: 0 }],
    ['the last column', skyBounds(), 354.9, 0, { row: 0, column: 35 }],
    ['an azimuth beyond 360', skyBounds(), 730, 20, { row: 2, column: 1 }],
    ['a negative azimuth', skyBounds(), -10, 20, { row: 2, column: 35 }],
    ['above the grid', skyBounds({ elEndDeg: 60 }), 0, 65.1, undefined],
    ['below the grid', skyBounds({ elStartDeg: 10 }), 0, 4.9, undefined],
    ['a sector through north', skyBounds({ azStartDeg: 350, azEndDeg: 10 }), 5.1, 0, { row: 0, column: 2 }],
    ['clockwise outside a sector', skyBounds({ azStartDeg: 350, azEndDeg: 10 }), 15.1, 0, undefined],
    ['counterclockwise outside a sector', skyBounds({ azStartDeg: 350, azEndDeg: 10 }), 344.9, 0, undefined],
    ['the short last step of a circle', skyBounds({ stepDeg: 7 }), 359, 0, { row: 0, column: 0 }],
    ['the last column before a short step', skyBounds({ stepDeg: 7 }), 358, 0, { row: 0, column: 51 }],
    ['one point', skyBounds({ azEndDeg: 0, elEndDeg: 0 }), 4.9, -4.9, { row: 0, column: 0 }],
    ['outside a single point', skyBounds({ azEndDeg: 0, elEndDeg: 0 }), 5.1, 0, undefined],
    ['the single cell at the zenith', skyBounds({ kind: 'equal_area' }), 200, 89, { row: 9, column: 0 }],
    ['a wide cell near the zenith', skyBounds({ kind: 'equal_area' }), 57, 80, { row: 8, column: 1 }],
  ])('finds %s', (_name, grid, azimuthDeg, elevationDeg, cell) => {
    expect(new SkyMap(grid).cellAt(azimuthDeg, elevationDeg)).toEqual(cell);
  });

  it('finds each cell at its pointing', () => {
    fc.assert(
      fc.property(grids, fc.nat(), fc.nat(), fc.integer({ min: -1, max: 1 }), (grid, r, c, turns) => {
        const map = new SkyMap(grid);
        const row = r % map.rows;
        const column = c % map.columnsInRow(row);
        const { azimuthDeg, elevationDeg } = map.pointing(row, column);
        expect(map.cellAt(azimuthDeg + 360 * turns, elevationDeg)).toEqual({ row, column });
      }),
    );
  });

  it('has a unique index for each point of the grid', () => {
    fc.assert(
      fc.property(grids, (grid) => {
        const map = new SkyMap(grid);
        const cells = new Set<number>();
        for (let row = 0; row < map.rows; row++)
          for (let column = 0; column < map.columnsInRow(row); column++) cells.add(map.cell(row, column));
        expect(cells.size).toBe(gridShape(grid).totalPoints);
        expect(Math.max(...cells)).toBeLessThan(map.levels.length);
      }),
      { numRuns: 30 },
    );
  });

  it('counts measured cells and notifies listeners of changed cells', () => {
    const map = new SkyMap(skyBounds());
    const changes: Cells[] = [];
    const end = map.onChange((cells) => changes.push(cells));
    map.set(1, 2, -90);
    map.set(1, 2, -80);
    map.set(0, 0, -70);
    expect(map.measured).toBe(2);
    expect(map.levelAt(1, 2)).toBe(-80);
    map.set(0, 0, NaN);
    expect(map.measured).toBe(1);
    map.setAll([38, 39, 40], Float64Array.of(NaN, -75, Infinity));
    expect(map.measured).toBe(1);
    expect(map.levelAt(1, 3)).toBe(-75);
    end();
    map.set(5, 5, -60);
    expect(changes).toEqual([[38], [38], [0], [0], [38, 39, 40]]);
  });

  it('rejects cells outside the grid', () => {
    const map = new SkyMap(skyBounds({ kind: 'equal_area' }));
    expect(() => map.set(10, 0, -90)).toThrow('row 10 is outside 0..9');
    expect(() => map.set(9, 1, -90)).toThrow('column 1 of row 9 is outside 0..0');
    expect(() => map.levelAt(0, 0.5)).toThrow(RangeError);
    expect(map.measured).toBe(0);
  });
});
