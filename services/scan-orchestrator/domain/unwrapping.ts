import { SkyScanError } from '#shared/base/errors';
import { formatDeg, type TravelLimits } from '#shared/sky/pointing';
import type { Grid } from './grid.ts';

/** Converts the user's azimuth to the unwrapped azimuth of the rotor, degrees. */
export type Unwrap = (azimuthDeg: number) => number;

/** Shifts the whole grid by this many turns, or (`each`) every azimuth individually. */
export type Turns = number | 'each';

// As in #shared/sky/pointing: tolerance for rounding, degrees.
const ROUNDING_DEG = 1e-9;

/**
 * Shifts the whole grid by one multiple of 360 degrees if it fits into the travel (the one nearest
 * to `nearDeg`); otherwise shifts each azimuth to where it fits. Throws `out_of_range` with the
 * first azimuth that is outside the travel.
 */
export function unwrapping(grid: Grid, limits: TravelLimits, nearDeg: number): Unwrap {
  const [turns] = unwrappings(grid, limits, nearDeg);
  return unwrapBy(turns as Turns, limits);
}

/**
 * All ways to unwrap a grid, the best one first: if obstacles block one cable turn, another may be
 * free. Throws like `unwrapping`.
 */
export function unwrappings(grid: Grid, limits: TravelLimits, nearDeg: number): Turns[] {
  const whole = wholeTurns(grid, limits, nearDeg);
  if (whole.length > 0) return whole;
  requireReach(grid, limits);
  return ['each'];
}

/** The function for a result of `unwrappings`. */
export function unwrapBy(turns: Turns, limits: TravelLimits): Unwrap {
  if (turns !== 'each') return (azimuthDeg) => azimuthDeg + 360 * turns;
  // Prefers the fewest turns.
  return (azimuthDeg) =>
    azimuthDeg + 360 * Math.max(lowestTurn(azimuthDeg, limits), Math.min(highestTurn(azimuthDeg, limits), 0));
}

function wholeTurns(grid: Grid, limits: TravelLimits, nearDeg: number): number[] {
  const [first, last] = [grid.bounds.azStartDeg, grid.lastAzimuthDeg];
  const lowest = lowestTurn(first, limits);
  const highest = highestTurn(last, limits);
  return Array.from({ length: Math.max(0, highest - lowest + 1) }, (_, i) => lowest + i).sort(
    byDistance((first + last) / 2, nearDeg),
  );
}

function requireReach(grid: Grid, limits: TravelLimits): void {
  for (let row = 0; row < grid.rows; row++)
    for (let column = 0; column < grid.columnsInRow(row); column++) {
      const { azimuthDeg } = grid.pointing(row * grid.columns + column);
      if (lowestTurn(azimuthDeg, limits) > highestTurn(azimuthDeg, limits))
        throw new SkyScanError(
          'out_of_range',
          `azimuth ${formatDeg(azimuthDeg)} deg is outside the rotor's travel ${formatDeg(limits.azMinDeg)}..${formatDeg(limits.azMaxDeg)} deg`,
        );
    }
}

function lowestTurn(azimuthDeg: number, limits: TravelLimits): number {
  return Math.ceil((limits.azMinDeg - ROUNDING_DEG - azimuthDeg) / 360);
}

function highestTurn(azimuthDeg: number, limits: TravelLimits): number {
  return Math.floor((limits.azMaxDeg + ROUNDING_DEG - azimuthDeg) / 360);
}

function byDistance(azimuthDeg: number, nearDeg: number): (a: number, b: number) => number {
  const distance = (turns: number) => Math.abs(azimuthDeg + 360 * turns - nearDeg);
  // At equal distance prefers the fewest turns, so that a plan without a known position uses the
  // user's azimuths.
  return (a, b) => distance(a) - distance(b) || Math.abs(a) - Math.abs(b);
}
