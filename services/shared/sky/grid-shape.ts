import { columnsInLine, FRAME_GRIDS, lineOffset, type OffsetBounds } from './frame-grids.ts';
import { azimuthOnCircleDeg, type Pointing } from './pointing.ts';
import { steppedDeg, stepsIn } from './steps.ts';
import { degToRad } from './units.ts';

/** The azimuth step is the same in every row, or grows towards the zenith for equal areas. */
export const LATTICES = ['rectangular', 'equal_area'] as const;
export type Lattice = (typeof LATTICES)[number];
export const GRID_KINDS = [...LATTICES, ...FRAME_GRIDS] as const;
export type GridKind = (typeof GRID_KINDS)[number];

/** The requested grid, degrees. `azEndDeg < azStartDeg` is a sector through north. */
export interface GridBounds extends OffsetBounds {
  kind: GridKind;
}

/** The size of a grid. */
export interface GridShape {
  rows: number;
  /** Columns of the widest row. The number of a cell is row * columns + column in every row. */
  columns: number;
  /** Sum over the rows. */
  totalPoints: number;
}

/** The maximum number of points of a grid. */
export const MAX_GRID_POINTS = 1_000_000;
/** The maximum number of points that a refinement adds to a grid. */
export const MAX_ADDED_POINTS = 5_000;

/** Width of the sector, degrees; through north if the end is smaller than the start. */
export function azimuthSpanDeg(bounds: Pick<GridBounds, 'azStartDeg' | 'azEndDeg'>): number {
  const span = bounds.azEndDeg - bounds.azStartDeg;
  return span < 0 ? azimuthOnCircleDeg(span) : span;
}

/** Rows and columns of a grid. Beyond `MAX_GRID_POINTS` rows, only one point per row is counted. */
export function gridShape(bounds: GridBounds): GridShape {
  const { kind } = bounds;
  const rows = gridRows(bounds);
  const columns = gridColumns(bounds);
  if (kind === 'rectangular' || kind === 'spiral') return { rows, columns, totalPoints: rows * columns };
  if (!(rows <= MAX_GRID_POINTS)) return { rows, columns, totalPoints: rows };
  let totalPoints = 0;
  for (let row = 0; row < rows; row++) totalPoints += columnsInRow(bounds, row);
  return { rows, columns, totalPoints };
}

/** Columns of the widest row: of a lattice, the one nearest to the horizon. */
export function gridColumns(bounds: GridBounds): number {
  if (!isLattice(bounds.kind)) return Math.max(columnsInLine(bounds, 0), columnsInLine(bounds, 1));
  const nearest = Math.round(-bounds.elStartDeg / bounds.stepDeg);
  return columnsInRow(bounds, Math.max(0, Math.min(gridRows(bounds) - 1, nearest)));
}

/**
 * Cells of a row, at least one. A full circle does not measure its start twice; a smaller span
 * includes its end.
 */
export function columnsInRow(bounds: GridBounds, row: number): number {
  if (!isLattice(bounds.kind)) return columnsInLine(bounds, row);
  const span = azimuthSpanDeg(bounds);
  const step = azimuthStepDeg(bounds, row);
  // Count first, then multiply: repeated addition drifts on 0.1 degree grids. The 1e-9 keeps an end
  // that is a multiple of the step despite rounding.
  return span >= 360 - 1e-9 ? Math.ceil(360 / step - 1e-9) : Math.floor(span / step + 1e-9) + 1;
}

/**
 * Azimuth step of a row, degrees, at most 360. In an equal-area grid it is step / cos(elevation),
 * so that every cell covers a solid angle of 2 step sin(step / 2).
 */
export function azimuthStepDeg(bounds: GridBounds, row: number): number {
  const { kind, stepDeg } = bounds;
  if (kind !== 'equal_area') return stepDeg;
  const shrink = Math.cos(degToRad(rowElevationDeg(bounds, row)));
  return shrink * 360 > stepDeg ? stepDeg / shrink : 360;
}

/** Elevation of a row of a lattice, degrees. */
export function rowElevationDeg({ elStartDeg, stepDeg }: GridBounds, row: number): number {
  return steppedDeg(elStartDeg, row, stepDeg);
}

/**
 * The pointing of a cell, degrees, or with a frame its offset from the source. The azimuth may
 * exceed 360 in a sector through north.
 */
export function cellPointing(bounds: GridBounds, row: number, column: number): Pointing {
  if (!isLattice(bounds.kind)) return lineOffset(bounds, row, column);
  return {
    azimuthDeg: steppedDeg(bounds.azStartDeg, column, azimuthStepDeg(bounds, row)),
    elevationDeg: rowElevationDeg(bounds, row),
  };
}

export function isLattice(kind: GridKind): kind is Lattice {
  return LATTICES.some((lattice) => lattice === kind);
}

function gridRows({ kind, azStartDeg, azEndDeg, elStartDeg, elEndDeg, stepDeg }: GridBounds): number {
  if (kind === 'spiral') return 1;
  if (kind === 'cross') return 2;
  // The third one is the half of the elevation plane behind the antenna.
  if (kind === 'principal_cuts') return azStartDeg <= -180 || azEndDeg >= 180 ? 3 : 2;
  return stepsIn(elStartDeg, elEndDeg, stepDeg);
}
