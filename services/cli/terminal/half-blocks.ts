import { cellLabel, type LevelRange, type SkyGrid } from '../scan/sky-grid.ts';
import type { ColourDepth } from './colour-depth.ts';
import { colourCode, RESET, viridis } from './palette.ts';

export interface MapSpace {
  /** Size in characters and lines, labels included. */
  width: number;
  height: number;
  depth: ColourDepth;
  unit: string;
}

// Elevation labels and a space.
const MARGIN = 6;
// Azimuth labels and legend.
const FOOTER = 2;
/** Maximum number of lines per row. */
const MAX_LINES_OF_ROW = 4;
const UNMEASURED = '·';
const HEIGHTS = '▁▂▃▄▅▆▇█';
const LEGEND_STEPS = 16;
const ALL_LEVELS: LevelRange = { min: -1.5, max: 1.5 };

/**
 * A scan as lines of text, azimuth to the right and elevation upward. With colours a character
 * shows two cells (half blocks), without colours one, by its height. If a character covers several
 * cells, it shows the strongest; a dot is an unmeasured cell.
 */
export function drawMap(grid: SkyGrid, { width, height, depth, unit }: MapSpace): string[] {
  const columns = fit(grid.columns, width - MARGIN);
  const perLine = depth === 'none' ? 1 : 2;
  // A cell has at most four lines: a scan of one row is a strip.
  const room = Math.min(Math.max(1, height - FOOTER), grid.rows * MAX_LINES_OF_ROW);
  const lines = Math.ceil(fit(grid.rows, room * perLine) / perLine);
  const pixels = Math.min(lines * perLine, Math.max(grid.rows, fit(grid.rows, lines * perLine)));
  const range = widen(grid.range());
  const at = (x: number, y: number) =>
    y >= pixels ? undefined : strongest(grid, { x, y, columns, rows: pixels });
  const body: string[] = [];
  for (let line = 0; line < lines; line++) {
    // Lines count from the top, rows from the bottom.
    const top = (lines - line) * perLine - 1;
    let text = '';
    for (let x = 0; x < columns; x++)
      text +=
        depth === 'none'
          ? plainCell(at(x, top), range)
          : colourCell(at(x, top), at(x, top - 1), range, depth);
    const label = rowLabel(grid, line, lines, pixels, perLine);
    body.push(`${label.padStart(MARGIN - 1)} ${text}${depth === 'none' ? '' : RESET}`);
  }
  return [...body, azimuths(grid, columns), legend(grid, range, depth, unit)];
}

/**
 * A whole number of characters per cell if there is space, so that cells have equal sizes; else all
 * characters.
 */
function fit(cells: number, space: number): number {
  const room = Math.max(1, space);
  return cells >= room ? room : cells * Math.max(1, Math.floor(room / cells));
}

interface Place {
  x: number;
  y: number;
  /** Size of the picture. */
  columns: number;
  rows: number;
}

/** The strongest level of the cells at a position; NaN: none is measured; undefined: no cell. */
function strongest(grid: SkyGrid, { x, y, columns, rows }: Place): number | undefined {
  const [rowFrom, rowTo] = cellRange(y, rows, grid.rows);
  let level = NaN;
  for (let row = rowFrom; row < rowTo; row++) {
    const [from, to] = cellRange(x, columns, grid.columnsOf(row));
    for (let column = from; column < to; column++) {
      const found = grid.level(row, column);
      if (!(level >= found)) level = Number.isNaN(found) ? level : found;
    }
  }
  const added = grid.addedLevel(
    [(y * grid.rows) / rows, ((y + 1) * grid.rows) / rows],
    [x / columns, (x + 1) / columns],
  );
  if (Number.isNaN(added)) return level;
  // A part of a cell shows what covers it.
  return (columns > grid.columns && rows > grid.rows) || !(level > added) ? added : level;
}

/** The range of the `cells` at position `i` of `places`, at least one. */
function cellRange(i: number, places: number, cells: number): [from: number, to: number] {
  const from = Math.min(cells - 1, Math.floor((i * cells) / places));
  return [from, Math.max(from + 1, Math.floor(((i + 1) * cells) / places))];
}

function colourCell(
  upper: number | undefined,
  lower: number | undefined,
  range: LevelRange,
  depth: ColourDepth,
): string {
  const [top, bottom] = [colourOf(upper, range), colourOf(lower, range)];
  if (top && bottom)
    return `${colourCode(top, 'foreground', depth)}${colourCode(bottom, 'background', depth)}▀`;
  // Without a colour the background of the terminal shows.
  if (top) return `${RESET}${colourCode(top, 'foreground', depth)}▀`;
  if (bottom) return `${RESET}${colourCode(bottom, 'foreground', depth)}▄`;
  return `${RESET}${upper === undefined && lower === undefined ? ' ' : UNMEASURED}`;
}

function colourOf(level: number | undefined, range: LevelRange) {
  return level === undefined || Number.isNaN(level) ? undefined : viridis(shareOf(level, range));
}

function plainCell(level: number | undefined, range: LevelRange): string {
  if (level === undefined) return ' ';
  if (Number.isNaN(level)) return UNMEASURED;
  return HEIGHTS[Math.min(HEIGHTS.length - 1, Math.floor(shareOf(level, range) * HEIGHTS.length))] ?? '█';
}

function shareOf(level: number, { min, max }: LevelRange): number {
  return (level - min) / (max - min);
}

/** A smaller span would show receiver noise as structure of the sky. */
const MIN_SPAN_DB = 3;

/** Widens a range to the minimum span around its middle. */
function widen(range: LevelRange | undefined): LevelRange {
  if (!range) return ALL_LEVELS;
  const missing = Math.max(0, MIN_SPAN_DB - (range.max - range.min)) / 2;
  return missing > 0 ? { min: range.min - missing, max: range.max + missing } : range;
}

/** Lines between elevation labels. */
const LABEL_EVERY = 4;

/** Labels at the bottom, at the top and at every fourth line between them; each elevation once. */
function rowLabel(grid: SkyGrid, line: number, lines: number, pixels: number, perLine: number): string {
  const top = grid.rows - 1;
  const label = (row: number) => `${cellLabel(grid, row, 0).elevation}°`;
  if (line === 0) return label(top);
  const fromBottom = lines - 1 - line;
  if (fromBottom % LABEL_EVERY !== 0 || (fromBottom > 0 && line < 2)) return '';
  const rowAt = (height: number) => cellRange(height * perLine, pixels, grid.rows)[0];
  const row = rowAt(fromBottom);
  const isLabelled = row === top || (fromBottom > 0 && row === rowAt(fromBottom - LABEL_EVERY));
  return isLabelled ? '' : label(row);
}

/** The azimuths of the first, the middle and the last column. */
function azimuths(grid: SkyGrid, columns: number): string {
  const last = grid.columns - 1;
  // In an equal-area grid the row nearest to the horizon has the most columns.
  const row = widestRow(grid);
  const label = (column: number) => `${cellLabel(grid, row, column).azimuth}°`;
  const [left, middle, right] = [label(0), label(Math.floor(grid.columns / 2)), label(last)];
  const indent = ' '.repeat(MARGIN);
  if (columns < left.length + right.length + 1) return `${indent}${left}`;
  const half = Math.floor(columns / 2);
  const room = columns - left.length - right.length;
  if (room < middle.length + 4) return `${indent}${left}${' '.repeat(room)}${right}`;
  const before = Math.max(1, half - left.length);
  return `${indent}${left}${' '.repeat(before)}${middle}${' '.repeat(Math.max(1, room - before - middle.length))}${right}`;
}

function widestRow(grid: SkyGrid): number {
  for (let row = 0; row < grid.rows; row++) if (grid.columnsOf(row) === grid.columns) return row;
  return 0;
}

function legend(grid: SkyGrid, range: LevelRange, depth: ColourDepth, unit: string): string {
  const indent = ' '.repeat(MARGIN);
  const missing = `${UNMEASURED} not measured`;
  if (!grid.range()) return `${indent}${missing}`;
  const steps = Array.from({ length: LEGEND_STEPS }, (_, i) => i / (LEGEND_STEPS - 1));
  const scale =
    depth === 'none'
      ? HEIGHTS
      : `${steps.map((step) => `${colourCode(viridis(step), 'foreground', depth)}█`).join('')}${RESET}`;
  return `${indent}${range.min.toFixed(1)} ${scale} ${range.max.toFixed(1)} ${unit}   ${missing}`;
}
