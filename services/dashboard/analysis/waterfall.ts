import type { SkyMap } from '#sky-map/sky-map';
import type { Sweeps } from './sweeps.ts';

/** Cells arranged as an image: one line per sweep, the oldest at the top. */
export interface Waterfall {
  width: number;
  height: number;
  /** Line by line; `NO_CELL` where the sweep measured nothing. */
  cells: Int32Array;
  /**
   * Sweeps per line: line n starts at sweep n * sweepsPerLine. More than 1 if there are more sweeps
   * than lines.
   */
  sweepsPerLine: number;
}

const NO_CELL = -1;
const MAX_LINES = 2_048;

/** Arranges the points by sweep. Cells of shorter rows (equal area) are wider. */
export function waterfallOf(map: SkyMap, { along, order, starts }: Sweeps): Waterfall {
  const sweeps = Math.max(0, starts.length - 1);
  const sweepsPerLine = Math.max(1, Math.ceil(sweeps / MAX_LINES));
  const width = along === 'azimuth' ? map.columns : map.rows;
  const height = Math.ceil(sweeps / sweepsPerLine);
  const cells = new Int32Array(width * height).fill(NO_CELL);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const line = Math.floor(sweep / sweepsPerLine) * width;
    for (let n = starts[sweep] ?? 0; n < (starts[sweep + 1] ?? 0); n++) {
      const cell = order[n] ?? 0;
      const row = Math.floor(cell / map.columns);
      if (along === 'elevation') cells[line + row] = cell;
      else {
        const column = cell % map.columns;
        const share = width / map.columnsInRow(row);
        cells.fill(cell, line + Math.floor(column * share), line + Math.floor((column + 1) * share));
      }
    }
  }
  return { width, height, cells, sweepsPerLine };
}

/**
 * The cell at a position (0 to 1 from the left and the top); undefined where nothing was measured.
 */
export function cellAtPlace({ width, height, cells }: Waterfall, x: number, y: number): number | undefined {
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) return undefined;
  const cell = cells[Math.floor(y * height) * width + Math.floor(x * width)] ?? NO_CELL;
  return cell === NO_CELL ? undefined : cell;
}

/** Writes one pixel per position: the packed colour of its cell, or `blank`. */
export function paintWaterfall(
  { cells }: Waterfall,
  colours: Uint32Array,
  blank: number,
  into: Uint32Array,
): void {
  cells.forEach((cell, n) => (into[n] = cell === NO_CELL ? blank : (colours[cell] ?? blank)));
}
