import { hopSeconds, type AxisMotion } from '#shared/sky/kinematics';
import type { TimedRead } from '../../services/scan-orchestrator/domain/sweep-reads.ts';
import type { TimedPointing } from '../../services/scan-orchestrator/domain/sweep-track.ts';

/** One sweep along azimuth as driver and sampler report it; times in milliseconds. */
export interface SyntheticSweep {
  fromDeg: number;
  toDeg: number;
  elevationDeg: number;
  motion: AxisMotion;
  /** Start of the motion. */
  startMs: number;
  pollMs: number;
  /** Resolution of the readback; 0: none. */
  resolutionDeg: number;
  readMs: number;
  /** Level of the sky at an azimuth, dB. */
  levelDb: (azimuthDeg: number) => number;
  /** Play of the gear: lag of the antenna behind the readback. */
  playDeg?: number;
}

// The receiver also measures before and after the sweep.
const AROUND_MS = 400;

/** Motor position, degrees: full acceleration, full speed, full braking. */
function motorDeg(sweep: SyntheticSweep, atMs: number): number {
  const { fromDeg, toDeg, motion, startMs } = sweep;
  const { speedDegPerS: v, accelerationDegPerS2: a } = motion;
  const way = Math.abs(toDeg - fromDeg);
  const totalS = hopSeconds(way, motion);
  const t = Math.min(Math.max(0, (atMs - startMs) / 1000), totalS);
  const rampS = Math.min(v / a, totalS / 2);
  const top = a * rampS;
  let gone: number;
  if (t < rampS) gone = (a * t * t) / 2;
  else if (t < totalS - rampS) gone = (top * rampS) / 2 + top * (t - rampS);
  else gone = way - (a * (totalS - t) ** 2) / 2;
  return fromDeg + Math.sign(toDeg - fromDeg) * gone;
}

/** Azimuth of the antenna, degrees. */
export function antennaDeg(sweep: SyntheticSweep, atMs: number): number {
  return motorDeg(sweep, atMs) - Math.sign(sweep.toDeg - sweep.fromDeg) * (sweep.playDeg ?? 0);
}

export function durationMs({ fromDeg, toDeg, motion }: SyntheticSweep): number {
  return 1000 * hopSeconds(Math.abs(toDeg - fromDeg), motion);
}

export function readbacks(sweep: SyntheticSweep): TimedPointing[] {
  const { elevationDeg, resolutionDeg: step, startMs, pollMs } = sweep;
  const rounded = (deg: number) => (step > 0 ? Math.round(deg / step) * step : deg);
  const count = Math.ceil((durationMs(sweep) + 2 * pollMs) / pollMs) + 1;
  return Array.from({ length: count }, (_, i) => {
    const atMs = startMs + i * pollMs;
    return { atMs, pointing: { azimuthDeg: rounded(motorDeg(sweep, atMs)), elevationDeg } };
  });
}

export function reads(sweep: SyntheticSweep): TimedRead[] {
  const { startMs, readMs, levelDb } = sweep;
  const count = Math.ceil((durationMs(sweep) + 2 * AROUND_MS) / readMs);
  return Array.from({ length: count }, (_, i) => {
    const middleMs = startMs - AROUND_MS + (i + 0.5) * readMs;
    return { middleMs, levelDb: levelDb(antennaDeg(sweep, middleMs)) };
  });
}
