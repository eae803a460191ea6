import { PROJECTIONS } from '#contract/map-options';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOfSize, skyBounds } from '../../test/support/sky-bounds.ts';
import { AddedCells } from './added-cells.ts';
import { CellGrid } from './cell-grid.ts';
import { gridBox } from './grid-box.ts';
import { cellsAlong } from './line-cells.ts';
import { createProjection } from './projections.ts';
import { createRaster } from './raster.ts';
import { SkyMap } from './sky-map.ts';
import { fitView } from './view.ts';

// Three rows of five columns at azimuths 0 to 40, with points every 2 degrees around (20, 10).
const BOUNDS = skyBounds({ azEndDeg: 40, elEndDeg: 20 });

/** The points of the refinement within a distance of (20, 10), nearest first like a disc. */
function refined(reachDeg = 4.5): SkyMap {
  const map = new SkyMap(BOUNDS, new AddedCells(BOUNDS, 2));
  const { lattice } = map.added as AddedCells;
  let index = 0;
  for (let row = 0; row < lattice.rows; row++)
    for (let column = 0; column < lattice.columnsInRow(row); column++) {
      const { azimuthDeg, elevationDeg } = lattice.pointing(row, column);
      const apartDeg = Math.hypot(azimuthDeg - 20, elevationDeg - 10);
      if (apartDeg > reachDeg || apartDeg < 1) continue;
      const place = map.placeOf(map.gridCells + index++);
      map.setAll([map.cellOfPoint(place.row, place.column, azimuthDeg, elevationDeg)], [-80]);
    }
  return map;
}

describe('the cells of added points', () => {
  it('are as high as their step and as wide on the sky, around their pointing', () => {
    const map = refined();
    const { row, column } = map.placeOf(map.gridCells);
    const { azimuthDeg, elevationDeg } = map.pointing(row, column);
    const { azFromDeg, azToDeg, elFromDeg, elToDeg } = map.edges(row, column);
    expect([elFromDeg, elToDeg]).toEqual([elevationDeg - 1, elevationDeg + 1]);
    expect(azFromDeg + azToDeg).toBeCloseTo(2 * azimuthDeg, 9);
    expect((azToDeg - azFromDeg) * Math.cos((elevationDeg * Math.PI) / 180)).toBeCloseTo(2, 9);
  });

  it('cover the cells of the grid, which have the directions around them', () => {
    const map = refined();
    for (const index of map.added?.placed ?? []) {
      const cell = map.placeOf(map.gridCells + index);
      const { azFromDeg, azToDeg, elFromDeg, elToDeg } = map.edges(cell.row, cell.column);
      for (const azimuthDeg of [azFromDeg + 1e-6, azToDeg - 1e-6])
        for (const elevationDeg of [elFromDeg + 1e-6, elToDeg - 1e-6])
          expect(map.cellAt(azimuthDeg, elevationDeg)).toEqual(cell);
    }
    expect(map.cellAt(20, 10)).toEqual({ row: 1, column: 2 });
    expect(map.cellAt(24.9, 14.9)).toEqual({ row: 1, column: 2 });
    expect(map.cellAt(30, 10)).toEqual({ row: 1, column: 3 });
  });

  it('are found again at each of their pointings, on any grid', () => {
    const grid = fc.record({
      azStartDeg: fc.integer({ min: -180, max: 180 }),
      spanDeg: fc.oneof(fc.constant(360), fc.integer({ min: 0, max: 359 })),
      elStartDeg: fc.integer({ min: -90, max: 90 }),
      heightDeg: fc.integer({ min: 0, max: 90 }),
      stepDeg: fc.constantFrom(3, 7, 13),
    });
    fc.assert(
      fc.property(
        grid,
        fc.constantFrom(1, 2.5, 3),
        fc.array(fc.nat(), { maxLength: 20 }),
        (size, fine, some) => {
          const bounds = boundsOfSize('rectangular', size);
          const map = new SkyMap(bounds, new AddedCells(bounds, fine));
          const { lattice } = map.added as AddedCells;
          const rows = some.map((n) => n % lattice.rows);
          const points = [...new Set(rows)].map((row, n) => ({
            place: map.placeOf(map.gridCells + n),
            at: lattice.pointing(row, (some[n] ?? 0) % lattice.columnsInRow(row)),
          }));
          for (const { place, at } of points)
            map.cellOfPoint(place.row, place.column, at.azimuthDeg + 360, at.elevationDeg);
          for (const { place, at } of points) {
            expect(map.pointing(place.row, place.column)).toEqual(at);
            expect(map.cellAt(at.azimuthDeg, at.elevationDeg)).toEqual(place);
            expect(at.elevationDeg).toBeGreaterThanOrEqual(map.band.bottomDeg);
            expect(at.elevationDeg).toBeLessThanOrEqual(map.band.topDeg);
          }
          expect(map.totalPoints).toBe(map.grid.totalPoints + points.length);
        },
      ),
    );
  });

  it('exist once they are placed', () => {
    const map = new SkyMap(BOUNDS, new AddedCells(BOUNDS, 2));
    expect(map.has(3, 0)).toBe(false);
    expect(() => map.cell(3, 0)).toThrow('row 3 is outside 0..2');
    expect(map.totalPoints).toBe(15);
    expect(map.cellOfPoint(3, 0, 20, 12)).toBe(15);
    expect(map.cellOfPoint(3, 0, 20, 12)).toBe(15);
    expect([map.has(3, 0), map.cell(3, 0), map.totalPoints]).toEqual([true, 15, 16]);
    const other = map.blank();
    expect([other.has(3, 0), other.levelAt(3, 0)]).toEqual([true, NaN]);
  });

  it.each([
    ['outside the area', 3, 0, 20, 32, /added point 0 at az 20 deg el 32 deg is outside the area/],
    ['beyond the maximum', 1_003, 0, 20, 12, /added point 5000 is outside 0\.\.4999/],
    ['in a map without a refinement', 3, 0, 20, 12, /row 3 is outside 0\.\.2/],
  ])('reject a point %s', (name, row, column, azimuthDeg, elevationDeg, message) => {
    const map = new SkyMap(BOUNDS, name.includes('without') ? undefined : new AddedCells(BOUNDS, 2));
    expect(() => map.cellOfPoint(row, column, azimuthDeg, elevationDeg)).toThrow(message);
  });

  it('lie on the map where the area ends between two rows or columns', () => {
    const bounds = skyBounds({ azEndDeg: 37, elEndDeg: 18 });
    const map = new SkyMap(bounds, new AddedCells(bounds, 2));
    expect(map.band).toEqual({ bottomDeg: -5, topDeg: 19 });
    expect(gridBox(map, createProjection('rectangular', map))).toMatchObject({ bottom: -5, top: 19 });
    expect(map.sector.startDeg + map.sector.widthDeg).toBeGreaterThan(37);
  });
});

describe('the raster of a refined map', () => {
  it.each(PROJECTIONS)('gets the cells that are added later: %s', (name) => {
    const later = new SkyMap(BOUNDS, new AddedCells(BOUNDS, 2));
    const whole = refined();
    const projection = createProjection(name, later);
    const view = fitView(projection, { x: 0, y: 0, width: 90, height: 90 });
    const raster = createRaster(later, projection, view);
    raster.fillRows(0, 90);
    const before = Int32Array.from(raster.cells);
    whole.added?.placed.forEach((index) => {
      const { row, column } = whole.placeOf(whole.gridCells + index);
      const { azimuthDeg, elevationDeg } = whole.pointing(row, column);
      later.cellOfPoint(row, column, azimuthDeg, elevationDeg);
    });
    raster.fill({ x: 0, y: 0, width: 90, height: 90 });
    const expected = createRaster(whole, projection, view);
    expected.fillRows(0, 90);
    expect(raster.cells).toEqual(expected.cells);
    expect(raster.cells).not.toEqual(before);
    expect(new Set(raster.cells).size).toBeGreaterThan(10);
  });
});

describe('a line on a refined map', () => {
  const anglesOf = (map: SkyMap, along: 'azimuth' | 'elevation', cell: { row: number; column: number }) =>
    cellsAlong(map, along, cell).map(({ row, column }) => {
      const { azimuthDeg, elevationDeg } = map.pointing(row, column);
      return [row < map.rows ? 'grid' : 'added', Math.round(along === 'azimuth' ? azimuthDeg : elevationDeg)];
    });

  it('through a cell of the grid has the added points beside its centre', () => {
    const map = refined();
    expect(anglesOf(map, 'elevation', { row: 1, column: 2 })).toEqual([
      ['grid', 0],
      ['added', 6],
      ['added', 8],
      ['grid', 10],
      ['added', 12],
      ['added', 14],
      ['grid', 20],
    ]);
  });

  it('through an added point leaves out the cells of the grid that it does not cross', () => {
    const map = refined();
    const cell = map.cellAt(20, 12) ?? { row: 0, column: 0 };
    expect(cell.row).toBeGreaterThanOrEqual(map.rows);
    // The row at 10 degrees is 2 degrees away, where the added points cover its cell.
    expect(anglesOf(map, 'azimuth', cell)).toEqual([
      ['grid', 0],
      ['grid', 10],
      ['added', 16],
      ['added', 18],
      ['added', 20],
      ['added', 22],
      ['grid', 30],
      ['grid', 40],
    ]);
  });

  it('of a plain grid has one cell per row or column', () => {
    const map = new SkyMap(BOUNDS);
    expect(anglesOf(map, 'azimuth', { row: 2, column: 0 }).map(([, deg]) => deg)).toEqual([
      0, 10, 20, 30, 40,
    ]);
    expect(anglesOf(map, 'elevation', { row: 2, column: 0 }).map(([, deg]) => deg)).toEqual([0, 10, 20]);
  });
});

it('finds cells as a grid does where nothing is added', () => {
  const grid = new CellGrid(BOUNDS);
  const map = new SkyMap(BOUNDS, new AddedCells(BOUNDS, 2));
  for (let azimuthDeg = -7; azimuthDeg < 50; azimuthDeg += 1.7)
    for (let elevationDeg = -7; elevationDeg < 30; elevationDeg += 1.3)
      expect(map.indexAt(azimuthDeg, elevationDeg)).toBe(grid.indexAt(azimuthDeg, elevationDeg));
});
