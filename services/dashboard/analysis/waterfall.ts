import type { SkyMap } from '#sky-map/sky-map';
import type { Sweeps } from './sweeps.ts';

/** Levels as a picture: a line per sweep, the oldest on top, and along it what the rotor swept. */
export interface Waterfall {
  width: number;
  height: number;
  /** Line by line; `NO_CELL` where nothing was measured in this sweep. */
  cells: Int32Array;
  /**
   * Which sweeps a line shows: from its own number times this. More than one where there are more
   * sweeps than lines.
   */
  sweepsPerLine: number;
}

const NO_CELL = -1;
const MOST_LINES = 2_048;

/** Where in the picture every point lies. Cells of a shorter row (equal area) are as much wider. */
export function waterfallOf(map: SkyMap, { along, order, starts }: Sweeps): Waterfall {
  const sweeps = Math.max(0, starts.length - 1);
  const sweepsPerLine = Math.max(1, Math.ceil(sweeps / MOST_LINES));
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
 * The cell at a place of the picture, 0 to 1 from its left and its top; undefined where nothing was
 * measured.
 */
export function cellAtPlace({ width, height, cells }: Waterfall, x: number, y: number): number | undefined {
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) return undefined;
  const cell = cells[Math.floor(y * height) * width + Math.floor(x * width)] ?? NO_CELL;
  return cell === NO_CELL ? undefined : cell;
}

/** Writes a pixel per place: the packed colour of its cell, or `blank`. */
export function paintWaterfall(
  { cells }: Waterfall,
  colours: Uint32Array,
  blank: number,
  into: Uint32Array,
): void {
  cells.forEach((cell, n) => (into[n] = cell === NO_CELL ? blank : (colours[cell] ?? blank)));
}
