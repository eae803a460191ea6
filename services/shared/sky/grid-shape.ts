import { azimuthOnCircleDeg } from './pointing.ts';
import { degToRad } from './units.ts';

/**
 * How the cells lie: the same azimuth step in every row, or one that grows toward the zenith as the
 * circles there shrink.
 */
export const GRID_KINDS = ['rectangular', 'equal_area'] as const;
export type GridKind = (typeof GRID_KINDS)[number];

/**
 * The grid as the user asked for it, degrees. `azEndDeg < azStartDeg` is a sector through north.
 */
export interface GridBounds {
  kind: GridKind;
  azStartDeg: number;
  azEndDeg: number;
  elStartDeg: number;
  elEndDeg: number;
  stepDeg: number;
}

/** Counted by arithmetic: nothing is allocated. */
export interface GridShape {
  rows: number;
  /** Of the widest row. A cell is known by row * columns + column, whatever its row holds. */
  columns: number;
  /** Sum over the rows. */
  totalPoints: number;
}

/** More points than this are refused. */
export const MAX_GRID_POINTS = 1_000_000;

/**
 * Width of the sector, degrees; through north, and never the long way round, when the end is
 * smaller than the start.
 */
export function azimuthSpanDeg(bounds: Pick<GridBounds, 'azStartDeg' | 'azEndDeg'>): number {
  const span = bounds.azEndDeg - bounds.azStartDeg;
  return span < 0 ? azimuthOnCircleDeg(span) : span;
}

/**
 * Rows and columns of a grid. Of more than `MAX_GRID_POINTS` rows only one point each is counted:
 * that is too many.
 */
export function gridShape(bounds: GridBounds): GridShape {
  const { kind } = bounds;
  const rows = rowsOf(bounds);
  const columns = gridColumns(bounds);
  if (kind === 'rectangular') return { rows, columns, totalPoints: rows * columns };
  if (!(rows <= MAX_GRID_POINTS)) return { rows, columns, totalPoints: rows };
  let totalPoints = 0;
  for (let row = 0; row < rows; row++) totalPoints += columnsInRow(bounds, row);
  return { rows, columns, totalPoints };
}

/**
 * Columns of the widest row, without counting all the others: it is the one nearest to the horizon.
 */
export function gridColumns(bounds: GridBounds): number {
  const nearest = Math.round(-bounds.elStartDeg / bounds.stepDeg);
  return columnsInRow(bounds, Math.max(0, Math.min(rowsOf(bounds) - 1, nearest)));
}

/**
 * Cells of a row, at least one. A full circle does not measure its start twice; a smaller span
 * includes its end.
 */
export function columnsInRow(bounds: GridBounds, row: number): number {
  const span = azimuthSpanDeg(bounds);
  const step = azimuthStepDeg(bounds, row);
  // Count first, then multiply: adding the step over and over drifts on 0.1 degree grids. The 1e-9
  // keeps an end that the steps hit exactly, whatever the division makes of its last bit.
  return span >= 360 - 1e-9 ? Math.ceil(360 / step - 1e-9) : Math.floor(span / step + 1e-9) + 1;
}

/**
 * From one cell of a row to the next, degrees, at most 360. Of an equal-area grid it is step /
 * cos(elevation): a cell then covers 2 step sin(step / 2) of solid angle wherever it is, for a
 * circle at an elevation is that much shorter than the horizon.
 */
export function azimuthStepDeg(bounds: GridBounds, row: number): number {
  const { kind, stepDeg } = bounds;
  if (kind === 'rectangular') return stepDeg;
  const shrink = Math.cos(degToRad(rowElevationDeg(bounds, row)));
  return shrink * 360 > stepDeg ? stepDeg / shrink : 360;
}

/** Degrees. */
export function rowElevationDeg({ elStartDeg, stepDeg }: GridBounds, row: number): number {
  return steppedDeg(elStartDeg, row, stepDeg);
}

/**
 * Where a cell is, degrees. The azimuth is as the user counts it: it may pass 360 in a sector
 * through north.
 */
export function cellPointing(
  bounds: GridBounds,
  row: number,
  column: number,
): { azimuthDeg: number; elevationDeg: number } {
  return {
    azimuthDeg: steppedDeg(bounds.azStartDeg, column, azimuthStepDeg(bounds, row)),
    elevationDeg: rowElevationDeg(bounds, row),
  };
}

function rowsOf({ elStartDeg, elEndDeg, stepDeg }: GridBounds): number {
  return Math.floor((elEndDeg - elStartDeg) / stepDeg + 1e-9) + 1;
}

/**
 * `startDeg + count * stepDeg`, rounded to a nanodegree so that 3 * 0.1 is 0.3 for people, files
 * and comparisons.
 */
export function steppedDeg(startDeg: number, count: number, stepDeg: number): number {
  return Math.round((startDeg + count * stepDeg) * 1e9) / 1e9;
}
