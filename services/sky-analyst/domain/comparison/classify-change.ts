import { linearToDb } from '#shared/sky/units';
import type { AnomalyKind } from '#contract/anomaly-values';
import type { SourceChange } from './source-changes.ts';

/** A change of a source must be this significant. */
const MIN_SIGMA = 5;
/** Smaller changes of the power of a source are not reported, dB. */
const MIN_CHANGE_DB = 1;
/**
 * A change is reported unless it is smaller than 1 dB by more than this many standard
 * deviations: a true change of 1 dB is measured below it once in 740 times.
 */
const BELOW_SIGMA = 3;
/** Less is an error of the mount or of the readback, in beam widths. */
const MIN_SHIFT = 0.1;
/** Powers of one source that has moved differ by at most this, dB, beyond 3 sigma. */
const SAME_POWER_DB = 1.5;
const DB_PER_RATIO = 10 / Math.LN10;

/** How the power of a source has changed, dB, with its standard deviation. */
export function powerChange({ usual, change, sigma }: Pick<SourceChange, 'usual' | 'change' | 'sigma'>): {
  changeDb: number;
  errorDb: number;
} {
  const now = Math.max(usual.amplitude + change, 1e-6 * usual.amplitude);
  return { changeDb: linearToDb(now / usual.amplitude), errorDb: (DB_PER_RATIO * sigma) / now };
}

/** The powers may be those of one source. */
export function isSamePower({ changeDb, errorDb }: { changeDb: number; errorDb: number }): boolean {
  return Math.abs(changeDb) <= SAME_POWER_DB + BELOW_SIGMA * errorDb;
}

/**
 * What a change of a source is; undefined: it is not significant, or too small.
 * @param threshold |z| of an anomaly.
 */
export function kindOf(change: SourceChange, threshold: number, beamWidth: number): AnomalyKind | undefined {
  if (!change.now) return -change.z >= MIN_SIGMA || Math.abs(change.z) >= threshold ? 'gone' : undefined;
  const { changeDb, errorDb } = powerChange(change);
  const isShifted = change.shift >= MIN_SHIFT * beamWidth && change.shift >= MIN_SIGMA * change.shiftSigma;
  if (isShifted && Math.abs(change.z) >= threshold && isSamePower({ changeDb, errorDb })) return 'moved';
  const isSignificant =
    Math.abs(change.z) >= MIN_SIGMA && Math.abs(change.change) >= MIN_SIGMA * change.sigma;
  if (!isSignificant || Math.abs(changeDb) + BELOW_SIGMA * errorDb < MIN_CHANGE_DB) return undefined;
  return changeDb > 0 ? 'brighter' : 'fainter';
}
