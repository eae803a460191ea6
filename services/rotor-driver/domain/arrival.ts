import { slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import {
  hasDiverged,
  latenessMs,
  observeAxis,
  restingSinceMs,
  startAxis,
  type AxisTrack,
} from './axis-track.ts';
import { motorTimeBoundMs } from './kinematics.ts';
import type { Reading } from './reading.ts';
import { hiddenMoveBoundMs } from './rest-only-readback.ts';

/** The progress of a move, from its readbacks. */
export interface Track {
  readonly target: Pointing;
  readonly toleranceDeg: number;
  readonly startedMs: number;
  readonly expectedMs: number;
  /** The controller reports its position only at rest. */
  readonly isRestOnly: boolean;
  azimuth: AxisTrack;
  elevation: AxisTrack;
  /** When it last made progress or was within tolerance. */
  progressMs: number;
}

/**
 * `arrived`: certainly on target. `diverged`: moves away from the target. `overdue`: moves for
 * longer than any move may take.
 */
export type Verdict = 'moving' | 'arrived' | 'stalled' | 'diverged' | 'overdue';

/** What a track needs to know about a move. */
export interface MoveOrder {
  from: Pointing;
  target: Pointing;
  toleranceDeg: number;
  motion: RotorMotion;
  /** When the command was sent, monotonic milliseconds. */
  startedMs: number;
  /**
   * The setpoint on which the rotor rests, if known: an axis with the same setpoint does not move.
   */
  restSetpoint?: Pointing | undefined;
  /** The lateness of the last moves, milliseconds. */
  latenessMs?: number | undefined;
  /** The controller reports its position only at rest: there is no visible progress. */
  isRestOnly?: boolean | undefined;
}

/** The result of a readback. `restsSinceMs`: when the rotor arrived, or will in the near future. */
export type Observation =
  | { track: Track; verdict: 'arrived'; restsSinceMs: number }
  | { track: Track; verdict: Exclude<Verdict, 'arrived'> };

export function startTrack(order: MoveOrder): Track {
  const {
    from,
    target,
    toleranceDeg,
    motion,
    startedMs,
    restSetpoint,
    latenessMs: expectedLatenessMs = 0,
    isRestOnly = false,
  } = order;
  const axis = (name: 'azimuth' | 'elevation') => {
    const key = `${name}Deg` as const;
    return startAxis({
      startDeg: from[key],
      targetDeg: target[key],
      startedMs,
      motion: motion[name],
      latenessMs: expectedLatenessMs,
      restsOnTarget: restSetpoint?.[key] === target[key] && Math.abs(from[key] - target[key]) <= toleranceDeg,
    });
  };
  const expectedMs = 1000 * slewSeconds(from, target, motion);
  return {
    target,
    toleranceDeg,
    startedMs,
    expectedMs,
    isRestOnly,
    azimuth: axis('azimuth'),
    elevation: axis('elevation'),
    progressMs: startedMs,
  };
}

/** Adds a plausible readback. `stepDeg`: the step of the readback. */
export function observe(track: Track, reading: Reading, stepDeg: number): Observation {
  const { pointing, atMs } = reading;
  const az = observeAxis(track.azimuth, pointing.azimuthDeg, atMs, track.toleranceDeg, stepDeg);
  const el = observeAxis(track.elevation, pointing.elevationDeg, atMs, track.toleranceDeg, stepDeg);
  const near = az.axis.inBand && el.axis.inBand;
  const progressMs = az.progressed || el.progressed || near ? atMs : track.progressMs;
  return evaluateTrack({ ...track, azimuth: az.axis, elevation: el.axis, progressMs }, atMs, stepDeg);
}

/** How much later than expected a move ended, milliseconds; undefined if unknown. */
export function latenessOf(track: Track, stepDeg: number): number | undefined {
  const { azimuth, elevation } = track;
  return latenessMs(azimuth.expectedEndMs >= elevation.expectedEndMs ? azimuth : elevation, stepDeg);
}

function evaluateTrack(track: Track, nowMs: number, stepDeg: number): Observation {
  const axes = [track.azimuth, track.elevation];
  const elapsedMs = nowMs - track.startedMs;
  if (axes.some((axis) => hasDiverged(axis, track.toleranceDeg))) return { track, verdict: 'diverged' };
  const [az, el] = axes.map((axis) => restingSinceMs(axis, track.toleranceDeg, stepDeg, nowMs));
  if (az !== undefined && el !== undefined)
    return { track, verdict: 'arrived', restsSinceMs: Math.max(az, el) };
  const outside = axes.some((axis) => !axis.inBand);
  const isHidden = track.isRestOnly && elapsedMs <= hiddenMoveBoundMs(track.expectedMs);
  if (outside && !isHidden && nowMs - track.progressMs > stallMs(track, stepDeg))
    return { track, verdict: 'stalled' };
  if (elapsedMs > motorTimeBoundMs(track.expectedMs)) return { track, verdict: 'overdue' };
  return { track, verdict: 'moving' };
}

/** The time without progress after which a rotor is stalled: five readback steps, at least 2 s. */
function stallMs(track: Track, stepDeg: number): number {
  const slowest = Math.min(track.azimuth.motion.speedDegPerS, track.elevation.motion.speedDegPerS);
  return Math.max(2_000, (5_000 * stepDeg) / slowest);
}
