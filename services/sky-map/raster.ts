import { UNMEASURED } from './cell-colours.ts';
import type { Projection } from './projections.ts';
import type { SkyMap } from './sky-map.ts';
import { toPixel, type Rect, type View } from './view.ts';

/** Which cell every pixel of a view shows: found once per view, whatever the levels do. */
export interface Raster {
  readonly view: View;
  /** Row by row; `NO_CELL` outside of the grid. */
  readonly cells: Int32Array;
  /**
   * Finds the cells of some rows of pixels, the last one excluded: a large view can be made in
   * pieces.
   */
  fillRows(from: number, to: number): void;
}

export const NO_CELL = -1;

/** A raster whose rows are still to be filled. Rectangle of the view: whole pixels. */
export function createRaster(map: SkyMap, projection: Projection, view: View): Raster {
  const { width, height } = view.rect;
  const cells = new Int32Array(width * height).fill(NO_CELL);
  return {
    view,
    cells,
    fillRows(from, to) {
      for (let j = from; j < to; j++) {
        const y = view.top - (j + 0.5) / view.pxPerDegY;
        for (let i = 0; i < width; i++) {
          const x = view.left + (i + 0.5) / view.pxPerDegX;
          const elevationDeg = projection.elevationAt(x, y);
          if (Number.isNaN(elevationDeg)) continue;
          const row = map.rowAt(elevationDeg);
          if (row < 0) continue;
          const column = map.columnAt(row, projection.azimuthAt(x, y));
          if (column >= 0) cells[j * width + i] = row * map.columns + column;
        }
      }
    },
  };
}

/** Colours of what is no level, packed. */
export interface Ground {
  /** Outside of the grid. */
  outside: number;
  /** The two tones of the hatching of unmeasured cells. */
  unmeasured: readonly [number, number];
  /** From one stripe of the hatching to the next, pixels. */
  hatchPx: number;
}

/** Writes the colours of all pixels, or of those inside `box`, which is in pixels of the raster. */
export function paint(
  raster: Raster,
  colours: Uint32Array,
  ground: Ground,
  into: Uint32Array,
  box: Rect = { ...raster.view.rect, x: 0, y: 0 },
): void {
  const { cells } = raster;
  const { width } = raster.view.rect;
  const { outside, hatchPx } = ground;
  const [light, dark] = ground.unmeasured;
  for (let j = box.y; j < box.y + box.height; j++) {
    for (let i = box.x; i < box.x + box.width; i++) {
      const at = j * width + i;
      const cell = cells[at] as number;
      if (cell === NO_CELL) {
        into[at] = outside;
        continue;
      }
      const colour = colours[cell] as number;
      into[at] = colour !== UNMEASURED ? colour : (i + j) % hatchPx < hatchPx / 3 ? dark : light;
    }
  }
}

/**
 * The smallest box of pixels of the raster that holds all of a cell's; without pixels when the cell
 * is out of sight.
 */
export function cellBox(map: SkyMap, projection: Projection, view: View, row: number, column: number): Rect {
  const outline = cellOutline(map, projection, row, column).map((place) => toPixel(view, place));
  const { rect } = view;
  const xs = outline.map(({ x }) => x - rect.x);
  const ys = outline.map(({ y }) => y - rect.y);
  const spare = 1 + CHORD_ERROR_DEG * view.pxPerDegX;
  const left = within(Math.floor(Math.min(...xs) - spare), rect.width);
  const top = within(Math.floor(Math.min(...ys) - spare), rect.height);
  const right = within(Math.ceil(Math.max(...xs) + spare), rect.width);
  const bottom = within(Math.ceil(Math.max(...ys) + spare), rect.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

// An arc of the polar map is drawn as chords: at 2 degrees they leave it by 1/6500 of its radius,
// which is at most 180 degrees.
const CHORD_DEG = 2;
const CHORD_ERROR_DEG = 180 / 6500;

/**
 * The edge of a cell on the plane. A cell that meets the seam of the rectangular map, where a full
 * circle is cut open, goes over the whole width.
 */
export function cellOutline(
  map: SkyMap,
  projection: Projection,
  row: number,
  column: number,
): { x: number; y: number }[] {
  const { azFromDeg, azToDeg, elFromDeg, elToDeg } = map.edges(row, column);
  const { extent } = projection;
  if (projection.name === 'rectangular') {
    const left = projection.forward((azFromDeg + azToDeg) / 2, elFromDeg).x - (azToDeg - azFromDeg) / 2;
    const right = left + azToDeg - azFromDeg;
    const seam = map.fullCircle && (left < extent.left - 1e-6 || right > extent.right + 1e-6);
    const [from, to] = seam ? [extent.left, extent.right] : [left, right];
    return [
      { x: from, y: elFromDeg },
      { x: to, y: elFromDeg },
      { x: to, y: elToDeg },
      { x: from, y: elToDeg },
    ];
  }
  const chords = Math.max(1, Math.ceil((azToDeg - azFromDeg) / CHORD_DEG));
  const along = (elevationDeg: number) =>
    Array.from({ length: chords + 1 }, (_, n) =>
      projection.forward(azFromDeg + ((azToDeg - azFromDeg) * n) / chords, elevationDeg),
    );
  return [...along(elFromDeg), ...along(elToDeg).reverse()];
}

function within(value: number, max: number): number {
  return Math.min(max, Math.max(0, value));
}
