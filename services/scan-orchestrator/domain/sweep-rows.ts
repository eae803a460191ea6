import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { Routes } from '#shared/sky/routes';
import type { Grid } from './grid.ts';
import { rowLines } from './path-lines.ts';
import type { Path } from './path.ts';

/**
 * Cells of one row that can be swept in one pass: adjacent in unwrapped azimuth, with nothing
 * forbidden between them.
 */
export interface RowSegment {
  /** Ordered by azimuth. */
  cells: Uint32Array;
  /** Azimuth step. */
  stepDeg: number;
  lowDeg: number;
  highDeg: number;
}

/** A sweep over cells of one row including run-up, from the smaller to the larger azimuth. */
export interface Span {
  low: Pointing;
  high: Pointing;
}

// Neighbours more than one step apart: the travel limits have split the row, or the steps do not
// divide the full circle.
const ROUNDING_DEG = 1e-6;
const HALVINGS = 12;

/** All segments, from row 0 and within a row ordered by azimuth. */
export function rowSegments(grid: Grid, path: Path, routes: Routes): RowSegment[] {
  return rowLines(grid, (cell) => path.setpoint(cell)).flatMap((line, row) => {
    const stepDeg = grid.azimuthStepDeg(row);
    const isBroken = (before: Pointing, next: Pointing) =>
      Math.abs(next.azimuthDeg - before.azimuthDeg - stepDeg) > ROUNDING_DEG || !routes.isClear(before, next);
    const runs: number[][] = [];
    let before: Pointing | undefined;
    for (const cell of line) {
      const next = path.setpoint(cell);
      if (!before || isBroken(before, next)) runs.push([]);
      runs.at(-1)?.push(cell);
      before = next;
    }
    return runs.map((cells) => {
      const ends = [cells[0] as number, cells.at(-1) as number].map((cell) => path.setpoint(cell).azimuthDeg);
      // Typed: transferring a plain array of a million numbers to another thread takes 70 ms.
      return {
        cells: Uint32Array.from(cells),
        stepDeg,
        lowDeg: ends[0] as number,
        highDeg: ends[1] as number,
      };
    });
  });
}

/**
 * The sweep over the cells between two setpoints of one row, with run-up on either side as far as
 * travel and obstacles allow.
 */
export function spanAround(
  first: Pointing,
  last: Pointing,
  runUpDeg: number,
  limits: TravelLimits,
  routes: Routes,
): Span {
  const { elevationDeg } = first;
  const reach = (from: Pointing, towards: 1 | -1): Pointing => {
    const end = (aside: number): Pointing => ({
      azimuthDeg: Math.min(limits.azMaxDeg, Math.max(limits.azMinDeg, from.azimuthDeg + towards * aside)),
      elevationDeg,
    });
    if (routes.isClear(from, end(runUpDeg))) return end(runUpDeg);
    let [free, forbidden] = [0, runUpDeg];
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (free + forbidden) / 2;
      if (routes.isClear(from, end(middle))) free = middle;
      else forbidden = middle;
    }
    return end(free);
  };
  return { low: reach(first, -1), high: reach(last, 1) };
}
