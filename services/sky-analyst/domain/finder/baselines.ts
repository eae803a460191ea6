import { driftBaselines, type Baselines } from './drift-baseline.ts';
import { robustScatter } from './robust.ts';
import { rowBaselines } from './row-baseline.ts';
import type { Row } from './rows.ts';

/** More scatter than this, relative to that of neighbouring points, is structure of the sky. */
const MAX_UNEXPLAINED = 1.15;

/**
 * The level without sources at each measured point: what a drift of the gain explains, or, if the
 * map has structure that it does not explain, a polynomial for each row.
 * @param relativeSigma Standard deviation of noise relative to the level.
 */
export function baselinesOf(
  rows: readonly Row[],
  level: Float64Array,
  timeMs: Float64Array,
  beamWidth: number,
  relativeSigma: number,
): Baselines {
  const drift = driftBaselines(rows, level, timeMs, beamWidth, relativeSigma);
  const unexplained = robustScatter(level.map((value, k) => value / (drift.baselines[k] as number) - 1));
  if (unexplained <= MAX_UNEXPLAINED * drift.scatter) return drift;
  return {
    ...rowBaselines(rows, level, timeMs, beamWidth, relativeSigma),
    drift: undefined,
    leverage: 0,
    scatter: drift.scatter,
  };
}
