import type { AxisMotion } from '#shared/kinematics';
import { runOutDeg } from './kinematics.ts';
import { extendPlateau, heldMs, type Plateau } from './plateau.ts';

/** One axis on its way; degrees and monotonic milliseconds. */
export interface AxisTrack {
  readonly startDeg: number;
  readonly targetDeg: number;
  readonly startedMs: number;
  readonly motion: AxisMotion;
  plateau?: Plateau | undefined;
  lastDeg: number;
  /** Since when, and for how many readings, it has been within tolerance without a break. */
  inBand?: { sinceMs: number; readings: number } | undefined;
  /** The smallest distance to the target since it last passed the target. */
  bestRemainingDeg: number;
  passed: boolean;
  /** Running away from the target: from which distance, for how many readings. */
  away?: { fromDeg: number; readings: number } | undefined;
}

export function startAxis(
  startDeg: number,
  targetDeg: number,
  startedMs: number,
  motion: AxisMotion,
): AxisTrack {
  const bestRemainingDeg = Math.abs(targetDeg - startDeg);
  return { startDeg, targetDeg, startedMs, motion, lastDeg: startDeg, bestRemainingDeg, passed: false };
}

export function observeAxis(
  axis: AxisTrack,
  deg: number,
  atMs: number,
  toleranceDeg: number,
  stepDeg: number,
): { axis: AxisTrack; progressed: boolean } {
  const remaining = Math.abs(axis.targetDeg - deg);
  const before = Math.abs(axis.targetDeg - axis.lastDeg);
  const crossed = (axis.targetDeg - deg) * (axis.targetDeg - axis.lastDeg) < 0;
  const passed = axis.passed || crossed;
  const progressed = !crossed && remaining < axis.bestRemainingDeg - Math.max(stepDeg / 2, 0.005);
  // Behind the target a new approach begins where it turns round: running on is no progress, coming back is.
  const fresh = crossed || progressed || (passed && remaining > axis.bestRemainingDeg);
  const inBand =
    remaining <= toleranceDeg + 1e-9
      ? { sinceMs: axis.inBand?.sinceMs ?? atMs, readings: (axis.inBand?.readings ?? 0) + 1 }
      : undefined;
  return {
    progressed,
    axis: {
      ...axis,
      plateau: extendPlateau(axis.plateau, deg, atMs),
      lastDeg: deg,
      inBand,
      bestRemainingDeg: fresh ? remaining : axis.bestRemainingDeg,
      passed,
      away: awayAfter(axis, remaining, before, crossed),
    },
  };
}

function awayAfter(axis: AxisTrack, remaining: number, before: number, crossed: boolean): AxisTrack['away'] {
  if (crossed) return { fromDeg: 0, readings: 1 };
  if (remaining > before)
    return { fromDeg: axis.away?.fromDeg ?? before, readings: (axis.away?.readings ?? 0) + 1 };
  return remaining < before ? undefined : axis.away;
}

/** Whether it runs away from its target further than inertia can carry it: somebody else drives. */
export function hasStrayed(axis: AxisTrack, toleranceDeg: number): boolean {
  if (!axis.away || axis.away.readings < 2) return false;
  const gone = Math.abs(axis.targetDeg - axis.lastDeg) - axis.away.fromDeg;
  return gone > Math.max(2 * toleranceDeg, 2) + runOutDeg(axis.motion);
}

// On target: no further than encoders round.
const ON_TARGET_DEG = 0.02;
// A speed that is derived from a step or two says little.
const SLOWEST_DEG_PER_S = 0.05;

/**
 * Whether the axis has arrived and rests: on target for as long as a rotor that only passes through would need to leave;
 * within tolerance and at rest for longer; or, where a noisy sensor never rests, within tolerance for longer than any pass
 * through the band takes. A coarse readback stands still while the rotor moves, so one step's worth of time is waited.
 * `expectedOver`: the move should be over by now.
 */
export function axisArrived(
  axis: AxisTrack,
  toleranceDeg: number,
  stepDeg: number,
  expectedOver: boolean,
): boolean {
  const { plateau, inBand } = axis;
  if (!plateau || !inBand) return false;
  const speed = observedSpeed(axis, stepDeg);
  const held = heldMs(plateau);
  const stepMs = (1000 * stepDeg) / speed;
  const passMs = stepDeg > 0.05 ? 2 * stepMs : Math.max(4, 2.5 * stepMs);
  if (plateau.readings >= 2 && Math.abs(axis.targetDeg - axis.lastDeg) <= ON_TARGET_DEG && held >= passMs)
    return true;
  // Within tolerance from the start: it may not have set off yet.
  const hasMoved =
    Math.abs(axis.lastDeg - axis.startDeg) >
    Math.max(2 * stepDeg, Math.abs(axis.targetDeg - axis.startDeg) / 2);
  if (!expectedOver && !hasMoved) return false;
  if (plateau.readings >= 3 && held >= Math.max(100, passMs)) return true;
  const bandMs = Math.max(300, (3_000 * toleranceDeg) / entrySpeed(axis, toleranceDeg));
  return inBand.readings >= 5 && plateau.lastMs - inBand.sinceMs >= bandMs;
}

/** Speed seen on the way to the band; the configured one when the start was inside. */
function entrySpeed(axis: AxisTrack, toleranceDeg: number): number {
  const travelled = Math.abs(axis.targetDeg - axis.startDeg) - toleranceDeg;
  const seconds = ((axis.inBand?.sinceMs ?? axis.startedMs) - axis.startedMs) / 1000;
  if (travelled <= 0 || seconds <= 0) return axis.motion.speedDegPerS;
  return Math.max(SLOWEST_DEG_PER_S, travelled / seconds);
}

/** Speed seen between the start and the place where it rests now; the configured one while too little was seen. */
function observedSpeed(axis: AxisTrack, stepDeg: number): number {
  const travelled = Math.abs(axis.lastDeg - axis.startDeg);
  const seconds = ((axis.plateau?.sinceMs ?? axis.startedMs) - axis.startedMs) / 1000;
  if (travelled <= 2 * stepDeg || seconds <= 0) return axis.motion.speedDegPerS;
  return Math.max(SLOWEST_DEG_PER_S, travelled / seconds);
}
