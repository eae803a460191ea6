import { driftBaselines, type Baselines } from './drift-baseline.ts';
import { robustScatter } from './robust.ts';
import { rowBaselines } from './row-baseline.ts';
import { isLong, type Row } from './rows.ts';

/** More scatter than this, relative to that of neighbouring points, is structure of the sky. */
const MAX_UNEXPLAINED = 1.15;
/** In fewer rows, the structure is not known across them. */
const MIN_ROWS = 5;

/**
 * The level without sources at each measured point: what a drift of the gain explains. If the map
 * has structure that it does not explain, that structure times the drift; in few rows, a polynomial
 * for each row.
 * @param relativeSigma Standard deviation of noise relative to the level.
 * @param structureOf Gives the structure; `rough`: the level without sources, at least its order.
 */
export function baselinesOf(
  rows: readonly Row[],
  level: Float64Array,
  timeMs: Float64Array,
  beamWidth: number,
  relativeSigma: number,
  structureOf: (rough: Float64Array) => Float64Array,
): Baselines {
  const drift = driftBaselines(rows, level, timeMs, beamWidth, relativeSigma);
  const unexplained = robustScatter(level.map((value, k) => value / (drift.baselines[k] as number) - 1));
  if (unexplained <= MAX_UNEXPLAINED * drift.scatter) return drift;
  const polynomials = rowBaselines(rows, level, timeMs, beamWidth, relativeSigma);
  if (rows.filter((row) => isLong(row, beamWidth)).length < MIN_ROWS)
    return { ...polynomials, drift: undefined, leverage: 0, scatter: drift.scatter };
  const structure = structureOf(polynomials.baselines);
  const flat = level.map((value, k) => value / (structure[k] as number));
  const rest = driftBaselines(rows, flat, timeMs, beamWidth, relativeSigma);
  const scaled = (column: Float64Array) => column.map((value, k) => value * (structure[k] as number));
  return { ...rest, baselines: scaled(rest.baselines), sigma: scaled(rest.sigma) };
}
