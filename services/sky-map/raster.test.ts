import { PROJECTIONS } from '#contract/map-options';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GridBounds } from '#shared/sky/grid-shape';
import { skyBounds } from '../../test/support/sky-bounds.ts';
import { CellColours, packColour } from './cell-colours.ts';
import { createProjection, type ProjectionName } from './projections.ts';
import { NO_CELL, cellBox, createRaster, paint } from './raster.ts';
import { SkyMap } from './sky-map.ts';
import { fitView, fromPixel, zoomView } from './view.ts';

const sky = (change: Partial<GridBounds> = {}) => new SkyMap(skyBounds(change));

function rasterOf(map: SkyMap, name: ProjectionName, width: number, height = width, zoom = 1) {
  const projection = createProjection(name, map);
  const rect = { x: 0, y: 0, width, height };
  const view = zoomView(fitView(projection, rect), zoom, { x: width / 3, y: height / 4 });
  const raster = createRaster(map, projection, view);
  raster.fillRows(0, height);
  return { raster, projection, view };
}

describe('the raster', () => {
  it('gives all cells of a rectangular map the same number of pixels', () => {
    const map = sky({ azEndDeg: 90, elEndDeg: 40 });
    const { raster } = rasterOf(map, 'rectangular', 200, 100);
    const counts = new Map<number, number>();
    for (const cell of raster.cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
    expect(counts.size).toBe(50);
    for (const count of counts.values()) expect(count).toBe(400);
  });

  it('covers exactly the disc of a polar map', () => {
    const { raster } = rasterOf(sky(), 'polar', 400);
    const covered = raster.cells.filter((cell) => cell !== NO_CELL).length;
    expect(covered / (400 * 400)).toBeCloseTo(Math.PI / 4, 2);
  });

  it('gives equal-area cells equal areas of sky', () => {
    const map = sky({ kind: 'equal_area', elEndDeg: 60, stepDeg: 5 });
    const { raster, projection, view } = rasterOf(map, 'polar', 900);
    const shares = new Float64Array(map.levels.length);
    for (let at = 0; at < raster.cells.length; at++) {
      const cell = raster.cells[at] as number;
      if (cell === NO_CELL) continue;
      const place = fromPixel(view, { x: (at % 900) + 0.5, y: Math.floor(at / 900) + 0.5 });
      const fromZenith = ((90 - projection.elevationAt(place.x, place.y)) * Math.PI) / 180;
      shares[cell] = (shares[cell] ?? 0) + Math.sin(fromZenith) / fromZenith;
    }
    // Ignores the last column, which may be narrower where the circle closes.
    const inner = Array.from({ length: map.rows - 1 }, (_, n) => n + 1).map(
      (row) => shares[map.cell(row, 3)] ?? 0,
    );
    const mean = inner.reduce((sum, share) => sum + share, 0) / inner.length;
    for (const share of inner) expect(Math.abs(share / mean - 1)).toBeLessThan(0.06);
  });

  it.each(PROJECTIONS)('can be filled in steps: %s', (name) => {
    const { raster, projection, view } = rasterOf(sky(), name, 120, 90);
    const pieces = createRaster(sky(), projection, view);
    for (let row = 0; row < 90; row += 30) pieces.fillRows(row, row + 30);
    expect(pieces.cells).toEqual(raster.cells);
  });

  it('encloses all pixels of a cell in its box', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PROJECTIONS),
        fc.constantFrom(
          sky(),
          sky({ kind: 'equal_area', stepDeg: 15 }),
          sky({ azStartDeg: 350, azEndDeg: 20, elStartDeg: -30 }),
          sky({ azStartDeg: 100, azEndDeg: 450, stepDeg: 7 }),
          sky({ azEndDeg: 0 }),
          sky({ elEndDeg: 0, stepDeg: 25 }),
        ),
        fc.constantFrom(1, 3, 20),
        fc.nat(),
        (name, map, zoom, some) => {
          const { raster, projection, view } = rasterOf(map, name, 150, 110, zoom);
          const shown = [...new Set(raster.cells)].filter((cell) => cell !== NO_CELL);
          const cell = shown[some % Math.max(1, shown.length)];
          if (cell === undefined) return;
          const row = Math.floor(cell / map.columns);
          const box = cellBox(map, projection, view, row, cell % map.columns);
          raster.cells.forEach((at, n) => {
            if (at !== cell) return;
            const [x, y] = [n % 150, Math.floor(n / 150)];
            expect(x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height).toBe(true);
          });
        },
      ),
    );
  });
});

describe('painting', () => {
  const background = { outside: packColour([9, 9, 9]), unmeasured: [1, 2] as const, hatchPx: 6 };

  it('colours measured cells, hatches unmeasured ones and leaves the outside blank', () => {
    const map = sky({ azEndDeg: 90, elEndDeg: 40 });
    map.set(0, 0, -90);
    const { raster } = rasterOf(map, 'polar', 200);
    const colours = new CellColours(map.levels);
    colours.recolour({ min: -100, max: -90 }, 'viridis');
    const pixels = new Uint32Array(200 * 200);
    paint(raster, colours.packed, background, pixels);
    const seen = new Map<number, Set<string>>();
    raster.cells.forEach((cell, n) => {
      const kind = cell === NO_CELL ? 'outside' : cell === 0 ? 'measured' : 'gap';
      const pixel = pixels[n] as number;
      seen.set(pixel, (seen.get(pixel) ?? new Set()).add(kind));
    });
    expect(seen).toEqual(
      new Map([
        [background.outside, new Set(['outside'])],
        [packColour([253, 231, 37]), new Set(['measured'])],
        [1, new Set(['gap'])],
        [2, new Set(['gap'])],
      ]),
    );
  });

  it('a box changes no other pixels', () => {
    const map = sky();
    const { raster } = rasterOf(map, 'rectangular', 144, 40);
    const pixels = new Uint32Array(144 * 40).fill(77);
    const box = { x: 10, y: 5, width: 20, height: 8 };
    paint(raster, new CellColours(map.levels).packed, background, pixels, box);
    expect(pixels.filter((pixel) => pixel !== 77)).toHaveLength(160);
  });
});
