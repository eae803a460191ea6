import { SIGMA_TO_MAD } from '../robust-sigma.ts';
import { medianOf } from '#shared/spectrum/median';
import { robustScatter } from './robust.ts';
import type { Row } from './rows.ts';

/** A row that a source can cover has no level of its own: see row-baseline.ts. */
const MIN_EXTENT = 1;
const MIN_POINTS = 8;
const CLIP = 3;

export interface RowLevels {
  /** Replaces the powers of one channel by relative deviations from the level of their row. */
  flatten(power: Float64Array): void;
}

/**
 * The level of each row of one channel: the mean without deviations of 3 sigma from the median.
 * Rows near the zenith get that of the nearest other row in time.
 */
export function createRowLevels(rows: readonly Row[], beamWidth: number): RowLevels {
  const isLong = (row: Row) => row.points.length >= MIN_POINTS && row.extent >= MIN_EXTENT * beamWidth;
  const long = rows.filter(isLong);
  // Rows are in the order of time.
  const nearestOf = rows.map((row, number) => {
    if (isLong(row) || long.length === 0) return long.indexOf(row);
    const distances = long.map((other) => Math.abs(rows.indexOf(other) - number));
    return distances.indexOf(Math.min(...distances));
  });
  return {
    flatten(power) {
      const levels = long.map(({ points }) =>
        clippedMean(Float64Array.from(points, (point) => power[point] as number)),
      );
      const fallback = long.length > 0 ? NaN : clippedMean(power.slice());
      rows.forEach(({ points }, number) => {
        const level = levels[nearestOf[number] as number] ?? fallback;
        for (const point of points) power[point] = (power[point] as number) / level - 1;
      });
    },
  };
}

function clippedMean(values: Float64Array): number {
  // Sorted: the sum has the same rounding for any order.
  const usable = values.filter((value) => value > 0).sort();
  if (usable.length === 0) return NaN;
  const median = medianOf(usable);
  const scatter = SIGMA_TO_MAD * medianOf(usable.map((value) => Math.abs(value - median)));
  let [sum, count] = [0, 0];
  for (const value of usable) {
    if (Math.abs(value - median) > CLIP * scatter) continue;
    sum += value;
    count++;
  }
  return count > 0 ? sum / count : median;
}

/** The scatter of the usable values; NaN without any. */
export function scatterOf(values: Float64Array): number {
  const usable = values.filter(Number.isFinite);
  return usable.length > 0 ? robustScatter(usable) : NaN;
}
