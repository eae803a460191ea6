import type { Pointing } from './pointing.ts';

/** Speed and acceleration of one axis, both greater than zero. */
export interface AxisMotion {
  speedDegPerS: number;
  accelerationDegPerS2: number;
}

/** The motion of both axes of a rotator, which move simultaneously. */
export interface RotorMotion {
  azimuth: AxisMotion;
  elevation: AxisMotion;
}

/**
 * Time of one axis for a distance from rest to rest, seconds. Trapezoidal velocity profile: a move
 * too short for full speed takes `2 sqrt(d / a)`, any other `d / v + v / a`.
 */
export function hopSeconds(
  distanceDeg: number,
  { speedDegPerS: v, accelerationDegPerS2: a }: AxisMotion,
): number {
  const d = Math.abs(distanceDeg);
  return d < (v * v) / a ? 2 * Math.sqrt(d / a) : d / v + v / a;
}

/** Time between two unwrapped pointings, seconds: that of the slower axis. */
export function slewSeconds(from: Pointing, to: Pointing, motion: RotorMotion): number {
  return Math.max(
    hopSeconds(to.azimuthDeg - from.azimuthDeg, motion.azimuth),
    hopSeconds(to.elevationDeg - from.elevationDeg, motion.elevation),
  );
}
