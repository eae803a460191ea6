import { hopSeconds, type AxisMotion } from '#shared/sky/kinematics';

/** Requirements per cell, and the capabilities of rotor and receiver. */
export interface SweepRules {
  /** Minimum number of reads per cell. */
  reads: number;
  readMs: number;
  /** Number of tunings; each needs its own passes. */
  tunings: number;
  /** Settling and reads of a cell measured by stopping, seconds. */
  standingSeconds: number;
  stepDeg: number;
  azimuth: AxisMotion;
}

/** More passes over one row wear the rotor without much gain. */
const MAX_PASSES = 5;
// With fewer reads per pass, each one would cover more than half of the cell.
const MIN_READS_PER_PASS = 2;
// Until the end of a pass is detected and the next one has started.
const PASS_OVERHEAD_SECONDS = 0.3;

/**
 * Number of passes over a row per tuning until all cells have enough reads, and the duration of all
 * passes; undefined when stopping at each cell is faster or the reads are too long. `spanDeg`: the
 * whole sweep including run-up.
 */
export function planPasses(
  cells: number,
  spanDeg: number,
  rules: SweepRules,
): { passes: number; seconds: number } | undefined {
  const perPass = Math.floor(readsPerPass(rules));
  const passes = Math.ceil(rules.reads / perPass);
  // A single cell, which may be as wide as a circle at the zenith, cannot be swept.
  if (cells < 2 || perPass < MIN_READS_PER_PASS || passes > MAX_PASSES) return undefined;
  const seconds = rules.tunings * passes * passSeconds(spanDeg, rules);
  return seconds < cells * stopSeconds(rules) ? { passes, seconds } : undefined;
}

/**
 * Whether another pass is faster than stopping at the cells that lack reads. `counts`: reads per
 * cell after `passes` passes of `seconds` each on average.
 */
export function isWorthAnotherPass(
  counts: readonly number[],
  passes: number,
  seconds: number,
  rules: SweepRules,
): boolean {
  const short = counts.filter((count) => count < rules.reads);
  if (short.length === 0 || passes >= MAX_PASSES) return false;
  const least = short.reduce((a, b) => Math.min(a, b)) / passes;
  const more = Math.ceil(rules.reads / least) - passes;
  // Cells with hardly any reads cannot be completed by passes; they need a stop in any case.
  if (passes + more <= MAX_PASSES) return more * seconds < short.length * stopSeconds(rules);
  const within = short.filter((count) => (count / passes) * MAX_PASSES >= rules.reads);
  return within.length > 0 && (MAX_PASSES - passes) * seconds < within.length * stopSeconds(rules);
}

/** Duration of one pass from standstill to standstill, seconds. */
export function passSeconds(spanDeg: number, { azimuth }: SweepRules): number {
  return hopSeconds(spanDeg, azimuth) + PASS_OVERHEAD_SECONDS;
}

/** Time for one cell of a row by stopping, including the move to it, seconds. */
export function stopSeconds({ standingSeconds, stepDeg, azimuth }: SweepRules): number {
  return standingSeconds + hopSeconds(stepDeg, azimuth);
}

function readsPerPass({ stepDeg, azimuth, readMs }: SweepRules): number {
  return ((stepDeg / azimuth.speedDegPerS) * 1000) / readMs;
}
