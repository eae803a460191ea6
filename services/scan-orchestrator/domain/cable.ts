import { SkyScanError } from '#shared/base/errors';
import { formatDeg, type TravelLimits } from '#shared/sky/pointing';
import type { Grid } from './grid.ts';

/** Takes an azimuth as the user counts it into the rotor's own unwrapped frame, degrees. */
export type Unwrap = (azimuthDeg: number) => number;

/**
 * How a grid is unwrapped: shifted as a whole by this many turns, or each azimuth to where it fits.
 */
export type Turns = number | 'each';

// As in #shared/sky/pointing: a billionth of a degree is rounding, not an excursion.
const ROUNDING_DEG = 1e-9;

/**
 * The whole grid is shifted by one multiple of 360 degrees where that fits into the travel (the one
 * nearest to `nearDeg`); otherwise each azimuth goes where it fits. Throws `out_of_range` naming
 * the first azimuth of the grid that the travel never reaches.
 */
export function unwrapping(grid: Grid, limits: TravelLimits, nearDeg: number): Unwrap {
  const [turns] = unwrappings(grid, limits, nearDeg);
  return unwrapBy(turns as Turns, limits);
}

/**
 * All ways to unwrap a grid, the best first: where something is in the way, another turn of the
 * cable may be free. Throws as `unwrapping` does.
 */
export function unwrappings(grid: Grid, limits: TravelLimits, nearDeg: number): Turns[] {
  const whole = wholeTurns(grid, limits, nearDeg);
  if (whole.length > 0) return whole;
  requireReach(grid, limits);
  return ['each'];
}

/** The function for one of the `unwrappings` of a grid. */
export function unwrapBy(turns: Turns, limits: TravelLimits): Unwrap {
  if (turns !== 'each') return (azimuthDeg) => azimuthDeg + 360 * turns;
  // The fewest turns.
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
  // Equal distances: the fewest turns, so that a plan without a known pointing stays in the user's
  // own numbers.
  return (a, b) => distance(a) - distance(b) || Math.abs(a) - Math.abs(b);
}
