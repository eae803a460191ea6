import { azimuthSpanDeg } from '#shared/sky/grid-shape';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { degToRad, radToDeg } from '#shared/sky/units';
import type { Grid } from '../grid.ts';

// As in #shared/sky/pointing: tolerance for rounding, degrees.
const ROUNDING_DEG = 1e-9;

/** A cell near a pointing. */
export interface NearCell {
  cell: number;
  /** Great-circle angle to the pointing, degrees. */
  apartDeg: number;
}

/** The cells of a grid within an angle of a pointing, in the order of their numbers. */
export function cellsWithin(grid: Grid, centre: Pointing, radiusDeg: number): NearCell[] {
  const { elStartDeg, stepDeg } = grid.bounds;
  const rowAt = (elevationDeg: number) => (elevationDeg - elStartDeg) / stepDeg;
  const first = Math.max(0, Math.ceil(rowAt(centre.elevationDeg - radiusDeg) - ROUNDING_DEG));
  const last = Math.min(grid.rows - 1, Math.floor(rowAt(centre.elevationDeg + radiusDeg) + ROUNDING_DEG));
  const near: NearCell[] = [];
  for (let row = first; row <= last; row++)
    for (const column of columnsWithin(grid, row, centre, radiusDeg)) {
      const cell = row * grid.columns + column;
      const apartDeg = separationDeg(grid.pointing(cell), centre);
      if (apartDeg <= radiusDeg + ROUNDING_DEG) near.push({ cell, apartDeg });
    }
  return near;
}

/** Columns whose azimuth may be within the angle, ascending. */
function columnsWithin(grid: Grid, row: number, centre: Pointing, radiusDeg: number): number[] {
  const halfDeg = halfWidthDeg(grid.rowElevationDeg(row), centre.elevationDeg, radiusDeg);
  const count = grid.columnsInRow(row);
  const step = grid.azimuthStepDeg(row);
  const spanDeg = azimuthSpanDeg(grid.bounds);
  const columns = new Set<number>();
  // The centre may be a turn before or after the azimuths of the grid.
  const offsetDeg = centre.azimuthDeg - grid.bounds.azStartDeg;
  const lowest = Math.ceil((-offsetDeg - halfDeg) / 360);
  const highest = Math.floor((spanDeg - offsetDeg + halfDeg) / 360);
  for (let turn = lowest; turn <= highest; turn++) {
    const middleDeg = offsetDeg + 360 * turn;
    const from = Math.max(0, Math.ceil((middleDeg - halfDeg) / step - ROUNDING_DEG));
    const to = Math.min(count - 1, Math.floor((middleDeg + halfDeg) / step + ROUNDING_DEG));
    for (let column = from; column <= to; column++) columns.add(column);
  }
  return [...columns].sort((a, b) => a - b);
}

/**
 * Half the azimuths of an elevation that are within an angle of a centre: spherical law of cosines,
 * degrees; 180: all.
 */
function halfWidthDeg(elevationDeg: number, centreDeg: number, radiusDeg: number): number {
  const [e, c, r] = [elevationDeg, centreDeg, radiusDeg].map(degToRad) as [number, number, number];
  const scale = Math.cos(e) * Math.cos(c);
  if (scale < 1e-9) return 180;
  const cosine = (Math.cos(r) - Math.sin(e) * Math.sin(c)) / scale;
  return radToDeg(Math.acos(Math.max(-1, Math.min(1, cosine))));
}
