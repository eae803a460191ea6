import { hopSeconds, type AxisMotion } from '#shared/sky/kinematics';
import { lastStepMs, runOutDeg } from './kinematics.ts';
import { extendPlateau, heldMs, type Plateau } from './plateau.ts';

/** One axis on its way; degrees and monotonic milliseconds. */
export interface AxisTrack {
  readonly startDeg: number;
  readonly targetDeg: number;
  readonly startedMs: number;
  readonly motion: AxisMotion;
  /** When its move should be over, by its speed and by how late it was the last times. */
  readonly expectedEndMs: number;
  plateau?: Plateau | undefined;
  lastDeg: number;
  /** The last reading before the plateau: it was still moving then. */
  movedMs: number;
  /** Since when, and for how many readings, it has been within tolerance without a break. */
  inBand?: { sinceMs: number; readings: number } | undefined;
  /** The smallest distance to the target since it last passed the target. */
  bestRemainingDeg: number;
  passed: boolean;
  /** Running away from the target: from which distance, for how many readings. */
  away?: { fromDeg: number; readings: number } | undefined;
}

/** What an axis is told to do. */
export interface AxisOrder {
  startDeg: number;
  targetDeg: number;
  startedMs: number;
  motion: AxisMotion;
  /** How late its moves were the last times, milliseconds. */
  latenessMs: number;
  /** It rests on this target already and is not going to move. */
  restsOnTarget: boolean;
}

export function startAxis({ latenessMs, restsOnTarget, ...order }: AxisOrder): AxisTrack {
  const { startDeg, targetDeg, startedMs, motion } = order;
  const distanceDeg = Math.abs(targetDeg - startDeg);
  const moves = !restsOnTarget && distanceDeg > 0;
  return {
    ...order,
    expectedEndMs: startedMs + (moves ? 1000 * hopSeconds(distanceDeg, motion) + latenessMs : 0),
    plateau: restsOnTarget ? extendPlateau(undefined, startDeg, startedMs) : undefined,
    lastDeg: startDeg,
    movedMs: startedMs,
    bestRemainingDeg: distanceDeg,
    passed: false,
  };
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
  // Behind the target a new approach begins where it turns round: running on is no progress, coming
  // back is.
  const fresh = crossed || progressed || (passed && remaining > axis.bestRemainingDeg);
  const inBand =
    remaining <= toleranceDeg + 1e-9
      ? { sinceMs: axis.inBand?.sinceMs ?? atMs, readings: (axis.inBand?.readings ?? 0) + 1 }
      : undefined;
  const plateau = extendPlateau(axis.plateau, deg, atMs);
  return {
    progressed,
    axis: {
      ...axis,
      plateau,
      movedMs: plateau.readings === 1 ? (axis.plateau?.lastMs ?? axis.startedMs) : axis.movedMs,
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
 * Since when the axis rests, once it is certain that it does; undefined before. It has arrived when
 * it was on target for as long as a rotor that only passes through would need to leave; within
 * tolerance and at rest for longer; or, where a noisy sensor never rests, within tolerance for
 * longer than any pass through the band takes.
 */
export function restingSinceMs(
  axis: AxisTrack,
  toleranceDeg: number,
  stepDeg: number,
  nowMs: number,
): number | undefined {
  const { plateau, inBand } = axis;
  if (!plateau || !inBand) return undefined;
  const speed = observedSpeed(axis, stepDeg);
  const held = heldMs(plateau);
  const stepMs = (1000 * stepDeg) / speed;
  const passMs = stepDeg > 0.05 ? 2 * stepMs : Math.max(4, 2.5 * stepMs);
  if (plateau.readings >= 2 && isOnTarget(axis) && held >= passMs) return restMs(axis, plateau, stepDeg);
  // Within tolerance from the start: it may not have set off yet.
  const hasMoved =
    Math.abs(axis.lastDeg - axis.startDeg) >
    Math.max(2 * stepDeg, Math.abs(axis.targetDeg - axis.startDeg) / 2);
  if (nowMs < axis.expectedEndMs && !hasMoved) return undefined;
  if (plateau.readings >= 3 && held >= Math.max(100, passMs)) return restMs(axis, plateau, stepDeg);
  const bandMs = Math.max(300, (3_000 * toleranceDeg) / entrySpeed(axis, toleranceDeg));
  const inBandMs = plateau.lastMs - inBand.sinceMs;
  return inBand.readings >= 5 && inBandMs >= bandMs ? inBand.sinceMs + bandMs : undefined;
}

export function isOnTarget({ targetDeg, lastDeg }: AxisTrack): boolean {
  return Math.abs(targetDeg - lastDeg) <= ON_TARGET_DEG;
}

/**
 * A readback says the same while the rotor covers its last step: the rest begins with the first
 * reading on the plateau or, where that is later, when the move should be over. One that was still
 * moving then is late, and gets the time for a whole step.
 */
function restMs(axis: AxisTrack, plateau: Plateau, stepDeg: number): number {
  const creptMs = plateau.sinceMs + lastStepMs(stepDeg, axis.motion);
  const isLate = axis.movedMs > axis.expectedEndMs;
  return isLate ? creptMs : Math.max(plateau.sinceMs, Math.min(axis.expectedEndMs, creptMs));
}

/**
 * How much later than it should it was still outside the last step to its target, milliseconds;
 * undefined: it did not move.
 */
export function latenessMs(axis: AxisTrack, stepDeg: number): number | undefined {
  const { startDeg, targetDeg, startedMs, motion, movedMs } = axis;
  const distanceDeg = Math.abs(targetDeg - startDeg);
  if (distanceDeg <= stepDeg) return undefined;
  return movedMs - startedMs - 1000 * hopSeconds(distanceDeg, motion) + lastStepMs(stepDeg / 2, motion);
}

/** Speed seen on the way to the band; the configured one when the start was inside. */
function entrySpeed(axis: AxisTrack, toleranceDeg: number): number {
  const travelled = Math.abs(axis.targetDeg - axis.startDeg) - toleranceDeg;
  const seconds = ((axis.inBand?.sinceMs ?? axis.startedMs) - axis.startedMs) / 1000;
  if (travelled <= 0 || seconds <= 0) return axis.motion.speedDegPerS;
  return Math.max(SLOWEST_DEG_PER_S, travelled / seconds);
}

/**
 * Speed seen between the start and the place where it rests now; the configured one while too
 * little was seen.
 */
function observedSpeed(axis: AxisTrack, stepDeg: number): number {
  const travelled = Math.abs(axis.lastDeg - axis.startDeg);
  const seconds = ((axis.plateau?.sinceMs ?? axis.startedMs) - axis.startedMs) / 1000;
  if (travelled <= 2 * stepDeg || seconds <= 0) return axis.motion.speedDegPerS;
  return Math.max(SLOWEST_DEG_PER_S, travelled / seconds);
}
