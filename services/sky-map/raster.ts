import { UNMEASURED } from './cell-colours.ts';
import type { Projection } from './projections.ts';
import type { SkyMap } from './sky-map.ts';
import { toPixel, type Rect, type View } from './view.ts';

/** The cell at each pixel of a view. Independent of the levels, so computed once per view. */
export interface Raster {
  readonly view: View;
  /** Row by row; `NO_CELL` outside the map. */
  readonly cells: Int32Array;
  /** Fills the pixel rows [from, to), so that a large view can be filled in steps. */
  fillRows(from: number, to: number): void;
  /** Fills the pixels inside `box` (pixels of the raster), for example of a cell that was added. */
  fill(box: Rect): void;
}

export const NO_CELL = -1;

/** Creates an empty raster. The view's rectangle must have whole pixels. */
export function createRaster(map: SkyMap, projection: Projection, view: View): Raster {
  const { width, height } = view.rect;
  const cells = new Int32Array(width * height).fill(NO_CELL);
  const { bottomDeg, topDeg } = map.band;
  const fill = (box: Rect) => {
    for (let j = box.y; j < box.y + box.height; j++) {
      const y = view.top - (j + 0.5) / view.pxPerDegY;
      for (let i = box.x; i < box.x + box.width; i++) {
        const x = view.left + (i + 0.5) / view.pxPerDegX;
        const elevationDeg = projection.elevationAt(x, y);
        // NaN outside the sky. The azimuth takes the longest.
        if (!(elevationDeg >= bottomDeg && elevationDeg <= topDeg)) continue;
        cells[j * width + i] = map.indexAt(projection.azimuthAt(x, y), elevationDeg);
      }
    }
  };
  return {
    view,
    cells,
    fill,
    fillRows: (from, to) => fill({ x: 0, y: from, width, height: to - from }),
  };
}

/** Packed colours of pixels without a level. */
export interface Background {
  /** Outside the grid. */
  outside: number;
  /** The two hatching colours of unmeasured cells. */
  unmeasured: readonly [number, number];
  /** Period of the hatching, pixels. */
  hatchPx: number;
}

/** Paints all pixels, or those inside `box` (pixels of the raster). */
export function paint(
  raster: Raster,
  colours: Uint32Array,
  background: Background,
  into: Uint32Array,
  box: Rect = { ...raster.view.rect, x: 0, y: 0 },
): void {
  const { cells } = raster;
  const { width } = raster.view.rect;
  const { outside, hatchPx } = background;
  const [light, dark] = background.unmeasured;
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

/** A box that encloses all pixels of a cell; empty if the cell is not visible. */
export function cellBox(map: SkyMap, projection: Projection, view: View, row: number, column: number): Rect {
  const outline = cellOutline(map, projection, row, column).map((place) => toPixel(view, place));
  const { rect } = view;
  const xs = outline.map(({ x }) => x - rect.x);
  const ys = outline.map(({ y }) => y - rect.y);
  const margin = 1 + CHORD_ERROR_DEG * view.pxPerDegX;
  const left = clamp(Math.floor(Math.min(...xs) - margin), rect.width);
  const top = clamp(Math.floor(Math.min(...ys) - margin), rect.height);
  const right = clamp(Math.ceil(Math.max(...xs) + margin), rect.width);
  const bottom = clamp(Math.ceil(Math.max(...ys) + margin), rect.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

// Arcs of a polar map are approximated by chords. Chords of 2 degrees deviate by 1/6500 of the
// radius, which is at most 180 degrees.
const CHORD_DEG = 2;
const CHORD_ERROR_DEG = 180 / 6500;

/**
 * The outline of a cell on the plane. A cell at the seam of a full-circle rectangular map spans the
 * whole width.
 */
export function cellOutline(
  map: Pick<SkyMap, 'edges' | 'fullCircle'>,
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

function clamp(value: number, max: number): number {
  return Math.min(max, Math.max(0, value));
}
