import { hopSeconds, type AxisMotion } from '#shared/sky/kinematics';

/** What every cell needs, and what the rotor and the receiver can do. */
export interface SweepRules {
  /** Reads of a cell, at least. */
  reads: number;
  readMs: number;
  /** Settle and reads of a cell that is measured by stopping, seconds. */
  standingSeconds: number;
  stepDeg: number;
  azimuth: AxisMotion;
}

/** More sweeps over one row than this wear the rotor for little. */
const MOST_PASSES = 5;
// With fewer reads on its way through a cell, each would smear over half of it.
const FEWEST_READS_PER_PASS = 2;
// Until a sweep is known to have ended, and the next one has begun.
const PASS_OVERHEAD_SECONDS = 0.3;

/**
 * How often so many cells of a row are swept until all of them have their reads, and how long that
 * takes; undefined when stopping at each is quicker, or the reads are too long. `spanDeg`: the
 * whole sweep, run-up included.
 */
export function planPasses(
  cells: number,
  spanDeg: number,
  rules: SweepRules,
): { passes: number; seconds: number } | undefined {
  const perPass = Math.floor(readsPerPass(rules));
  const passes = Math.ceil(rules.reads / perPass);
  // One cell, which may be as wide as a circle at the zenith, is on the way to nothing.
  if (cells < 2 || perPass < FEWEST_READS_PER_PASS || passes > MOST_PASSES) return undefined;
  const seconds = passes * passSeconds(spanDeg, rules);
  return seconds < cells * stopSeconds(rules) ? { passes, seconds } : undefined;
}

/**
 * Whether another sweep is quicker than stopping at the cells that are short. `counts`: the reads
 * of each cell after so many passes that took `seconds` each on average.
 */
export function isWorthAnotherPass(
  counts: readonly number[],
  passes: number,
  seconds: number,
  rules: SweepRules,
): boolean {
  const short = counts.filter((count) => count < rules.reads);
  if (short.length === 0 || passes >= MOST_PASSES) return false;
  const least = short.reduce((a, b) => Math.min(a, b)) / passes;
  const more = Math.ceil(rules.reads / least) - passes;
  // Those that hardly get any are out of reach of a sweep; they are counted as stops either way.
  if (passes + more <= MOST_PASSES) return more * seconds < short.length * stopSeconds(rules);
  const within = short.filter((count) => (count / passes) * MOST_PASSES >= rules.reads);
  return within.length > 0 && (MOST_PASSES - passes) * seconds < within.length * stopSeconds(rules);
}

/** From rest to rest, seconds. */
export function passSeconds(spanDeg: number, { azimuth }: SweepRules): number {
  return hopSeconds(spanDeg, azimuth) + PASS_OVERHEAD_SECONDS;
}

/** One cell of a row by stopping, the way to it included, seconds. */
export function stopSeconds({ standingSeconds, stepDeg, azimuth }: SweepRules): number {
  return standingSeconds + hopSeconds(stepDeg, azimuth);
}

function readsPerPass({ stepDeg, azimuth, readMs }: SweepRules): number {
  return ((stepDeg / azimuth.speedDegPerS) * 1000) / readMs;
}
