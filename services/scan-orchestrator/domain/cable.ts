import { SkyScanError } from '#shared/errors';
import { formatDeg, type TravelLimits } from '#shared/pointing';
import type { Grid } from './grid.ts';

// As in #shared/pointing: a billionth of a degree is rounding, not an excursion.
const ROUNDING_DEG = 1e-9;

/**
 * Azimuth of every column in the rotor's own unwrapped frame. The whole grid is shifted by one multiple of 360 degrees
 * where that fits into the travel (the one nearest to `nearDeg`); otherwise each column goes where it fits.
 * Throws `out_of_range` naming the first column that the travel never reaches.
 */
export function unwrapColumns(grid: Grid, limits: TravelLimits, nearDeg: number): Float64Array {
  const [turns] = wholeTurns(grid, limits, nearDeg);
  return turns === undefined ? unwrapEach(grid, limits) : shifted(grid, turns);
}

/** All ways to unwrap the columns, the best first: where something is in the way, another turn of the cable may be free. */
export function* unwrappings(grid: Grid, limits: TravelLimits, nearDeg: number): Generator<Float64Array> {
  const whole = wholeTurns(grid, limits, nearDeg);
  if (whole.length === 0) yield unwrapEach(grid, limits);
  for (const turns of whole) yield shifted(grid, turns);
}

function wholeTurns(grid: Grid, limits: TravelLimits, nearDeg: number): number[] {
  const first = grid.columnAzimuthDeg(0);
  const last = grid.columnAzimuthDeg(grid.columns - 1);
  return turnsThatFit(first, last, limits).sort(byDistance((first + last) / 2, nearDeg));
}

function shifted(grid: Grid, turns: number): Float64Array {
  return Float64Array.from({ length: grid.columns }, (_, i) => grid.columnAzimuthDeg(i) + 360 * turns);
}

function unwrapEach(grid: Grid, limits: TravelLimits): Float64Array {
  return Float64Array.from({ length: grid.columns }, (_, column) => {
    const azimuthDeg = grid.columnAzimuthDeg(column);
    const [turns] = turnsThatFit(azimuthDeg, azimuthDeg, limits).sort(byDistance(azimuthDeg, azimuthDeg));
    if (turns === undefined)
      throw new SkyScanError(
        'out_of_range',
        `azimuth ${formatDeg(azimuthDeg)} deg is outside the rotor's travel ${formatDeg(limits.azMinDeg)}..${formatDeg(limits.azMaxDeg)} deg`,
      );
    return azimuthDeg + 360 * turns;
  });
}

function turnsThatFit(fromDeg: number, toDeg: number, limits: TravelLimits): number[] {
  const lowest = Math.ceil((limits.azMinDeg - ROUNDING_DEG - fromDeg) / 360);
  const highest = Math.floor((limits.azMaxDeg + ROUNDING_DEG - toDeg) / 360);
  return Array.from({ length: Math.max(0, highest - lowest + 1) }, (_, i) => lowest + i);
}

function byDistance(azimuthDeg: number, nearDeg: number): (a: number, b: number) => number {
  const distance = (turns: number) => Math.abs(azimuthDeg + 360 * turns - nearDeg);
  // Equal distances: the fewest turns, so that a plan without a known pointing stays in the user's own numbers.
  return (a, b) => distance(a) - distance(b) || Math.abs(a) - Math.abs(b);
}
