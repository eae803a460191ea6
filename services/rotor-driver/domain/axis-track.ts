import { hopSeconds, type AxisMotion } from '#shared/sky/kinematics';
import { lastStepMs, runOutDeg } from './kinematics.ts';
import { extendPlateau, plateauMs, type Plateau } from './plateau.ts';

/** The progress of one axis; degrees and monotonic milliseconds. */
export interface AxisTrack {
  readonly startDeg: number;
  readonly targetDeg: number;
  readonly startedMs: number;
  readonly motion: AxisMotion;
  /** The expected end, from the configured speed and the lateness of the last moves. */
  readonly expectedEndMs: number;
  plateau?: Plateau | undefined;
  lastDeg: number;
  /** The last reading before the plateau, while it was still moving. */
  movedMs: number;
  /** Start and number of consecutive readings within tolerance. */
  inBand?: { sinceMs: number; readings: number } | undefined;
  /** The smallest distance to the target since it last crossed the target. */
  bestRemainingDeg: number;
  passed: boolean;
  /** Moving away from the target: the first distance and the number of readings. */
  away?: { fromDeg: number; readings: number } | undefined;
}

/** The move of one axis. */
export interface AxisOrder {
  startDeg: number;
  targetDeg: number;
  startedMs: number;
  motion: AxisMotion;
  /** The lateness of the last moves, milliseconds. */
  latenessMs: number;
  /** It already rests on this target and does not move. */
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
  // Beyond the target a new approach begins where the axis reverses: overshooting is not progress,
  // returning is.
  const isNewApproach = crossed || progressed || (passed && remaining > axis.bestRemainingDeg);
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
      bestRemainingDeg: isNewApproach ? remaining : axis.bestRemainingDeg,
      passed,
      away: nextAway(axis, remaining, before, crossed),
    },
  };
}

function nextAway(axis: AxisTrack, remaining: number, before: number, crossed: boolean): AxisTrack['away'] {
  if (crossed) return { fromDeg: 0, readings: 1 };
  if (remaining > before)
    return { fromDeg: axis.away?.fromDeg ?? before, readings: (axis.away?.readings ?? 0) + 1 };
  return remaining < before ? undefined : axis.away;
}

/** Whether it moves away from its target by more than its braking distance. */
export function hasDiverged(axis: AxisTrack, toleranceDeg: number): boolean {
  if (!axis.away || axis.away.readings < 2) return false;
  const divergedDeg = Math.abs(axis.targetDeg - axis.lastDeg) - axis.away.fromDeg;
  return divergedDeg > Math.max(2 * toleranceDeg, 2) + runOutDeg(axis.motion);
}

// The rounding of encoders.
const ON_TARGET_DEG = 0.02;
// A speed derived from one or two steps is not reliable.
const MIN_SPEED_DEG_PER_S = 0.05;

/**
 * When the axis came to rest, once that is certain; undefined before. The axis has arrived when it
 * was on target for longer than a rotor that passes through; within tolerance and at rest for
 * longer; or, with a noisy sensor, within tolerance for longer than any pass through the band.
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
  const durationMs = plateauMs(plateau);
  const stepMs = (1000 * stepDeg) / speed;
  const passMs = stepDeg > 0.05 ? 2 * stepMs : Math.max(4, 2.5 * stepMs);
  if (plateau.readings >= 2 && isOnTarget(axis) && durationMs >= passMs)
    return restMs(axis, plateau, stepDeg);
  // Within tolerance from the start: the axis may not have started yet.
  const hasMoved =
    Math.abs(axis.lastDeg - axis.startDeg) >
    Math.max(2 * stepDeg, Math.abs(axis.targetDeg - axis.startDeg) / 2);
  if (nowMs < axis.expectedEndMs && !hasMoved) return undefined;
  if (plateau.readings >= 3 && durationMs >= Math.max(100, passMs)) return restMs(axis, plateau, stepDeg);
  const bandMs = Math.max(300, (3_000 * toleranceDeg) / entrySpeed(axis, toleranceDeg));
  const inBandMs = plateau.lastMs - inBand.sinceMs;
  return inBand.readings >= 5 && inBandMs >= bandMs ? inBand.sinceMs + bandMs : undefined;
}

export function isOnTarget({ targetDeg, lastDeg }: AxisTrack): boolean {
  return Math.abs(targetDeg - lastDeg) <= ON_TARGET_DEG;
}

/**
 * The start of the rest: the first reading of the plateau or the expected end, whichever is later,
 * because the readback does not change during the last step. A late axis is given the time for a
 * whole step.
 */
function restMs(axis: AxisTrack, plateau: Plateau, stepDeg: number): number {
  const creptMs = plateau.sinceMs + lastStepMs(stepDeg, axis.motion);
  const isLate = axis.movedMs > axis.expectedEndMs;
  return isLate ? creptMs : Math.max(plateau.sinceMs, Math.min(axis.expectedEndMs, creptMs));
}

/**
 * How much later than expected it reached its last step, milliseconds; undefined without motion.
 */
export function latenessMs(axis: AxisTrack, stepDeg: number): number | undefined {
  const { startDeg, targetDeg, startedMs, motion, movedMs } = axis;
  const distanceDeg = Math.abs(targetDeg - startDeg);
  if (distanceDeg <= stepDeg) return undefined;
  return movedMs - startedMs - 1000 * hopSeconds(distanceDeg, motion) + lastStepMs(stepDeg / 2, motion);
}

/** The observed speed until the tolerance band; the configured one if the start was inside. */
function entrySpeed(axis: AxisTrack, toleranceDeg: number): number {
  const travelled = Math.abs(axis.targetDeg - axis.startDeg) - toleranceDeg;
  const seconds = ((axis.inBand?.sinceMs ?? axis.startedMs) - axis.startedMs) / 1000;
  if (travelled <= 0 || seconds <= 0) return axis.motion.speedDegPerS;
  return Math.max(MIN_SPEED_DEG_PER_S, travelled / seconds);
}

/** The observed speed from the start to the plateau; the configured one after too little motion. */
function observedSpeed(axis: AxisTrack, stepDeg: number): number {
  const travelled = Math.abs(axis.lastDeg - axis.startDeg);
  const seconds = ((axis.plateau?.sinceMs ?? axis.startedMs) - axis.startedMs) / 1000;
  if (travelled <= 2 * stepDeg || seconds <= 0) return axis.motion.speedDegPerS;
  return Math.max(MIN_SPEED_DEG_PER_S, travelled / seconds);
}
