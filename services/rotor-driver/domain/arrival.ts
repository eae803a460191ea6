import { slewSeconds, type RotorMotion } from '#shared/kinematics';
import type { Pointing } from '#shared/pointing';
import { axisArrived, hasStrayed, observeAxis, startAxis, type AxisTrack } from './axis-track.ts';
import { motorTimeBoundMs } from './kinematics.ts';
import type { Reading } from './reading.ts';

/** A move, as its readbacks show it. */
export interface Track {
  readonly target: Pointing;
  readonly toleranceDeg: number;
  readonly startedMs: number;
  readonly expectedMs: number;
  azimuth: AxisTrack;
  elevation: AxisTrack;
  /** When it last came nearer, or was near. */
  progressMs: number;
}

/** `strayed`: moves where it was not sent. `overdue`: moves, but for longer than any move may take. */
export type Verdict = 'moving' | 'arrived' | 'stalled' | 'strayed' | 'overdue';

export interface MoveOrder {
  from: Pointing;
  target: Pointing;
  toleranceDeg: number;
  motion: RotorMotion;
  /** When the command went out, monotonic milliseconds. */
  startedMs: number;
}

export function startTrack({ from, target, toleranceDeg, motion, startedMs }: MoveOrder): Track {
  return {
    target,
    toleranceDeg,
    startedMs,
    expectedMs: 1000 * slewSeconds(from, target, motion),
    azimuth: startAxis(from.azimuthDeg, target.azimuthDeg, startedMs, motion.azimuth),
    elevation: startAxis(from.elevationDeg, target.elevationDeg, startedMs, motion.elevation),
    progressMs: startedMs,
  };
}

/** Takes in a plausible readback. `stepDeg`: the step of the rotator's readback. */
export function observe(track: Track, reading: Reading, stepDeg: number): { track: Track; verdict: Verdict } {
  const { pointing, atMs } = reading;
  const az = observeAxis(track.azimuth, pointing.azimuthDeg, atMs, track.toleranceDeg, stepDeg);
  const el = observeAxis(track.elevation, pointing.elevationDeg, atMs, track.toleranceDeg, stepDeg);
  const near = az.axis.inBand && el.axis.inBand;
  const progressMs = az.progressed || el.progressed || near ? atMs : track.progressMs;
  const after = { ...track, azimuth: az.axis, elevation: el.axis, progressMs };
  return { track: after, verdict: judgeTrack(after, atMs, stepDeg) };
}

function judgeTrack(track: Track, nowMs: number, stepDeg: number): Verdict {
  const axes = [track.azimuth, track.elevation];
  const elapsedMs = nowMs - track.startedMs;
  if (axes.some((axis) => hasStrayed(axis, track.toleranceDeg))) return 'strayed';
  if (axes.every((axis) => axisArrived(axis, track.toleranceDeg, stepDeg, elapsedMs >= track.expectedMs)))
    return 'arrived';
  const outside = axes.some((axis) => !axis.inBand);
  if (outside && nowMs - track.progressMs > stallMs(track, stepDeg)) return 'stalled';
  if (elapsedMs > motorTimeBoundMs(track.expectedMs)) return 'overdue';
  return 'moving';
}

/** Without progress for so long, the rotor is stuck: five steps of its readback at its configured speed, at least 2 s. */
function stallMs(track: Track, stepDeg: number): number {
  const slowest = Math.min(track.azimuth.motion.speedDegPerS, track.elevation.motion.speedDegPerS);
  return Math.max(2_000, (5_000 * stepDeg) / slowest);
}
