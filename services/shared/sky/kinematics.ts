import type { Pointing } from './pointing.ts';

/** Speed and acceleration of one axis, both greater than zero. */
export interface AxisMotion {
  speedDegPerS: number;
  accelerationDegPerS2: number;
}

/** Both axes of a rotator; they move at the same time. */
export interface RotorMotion {
  azimuth: AxisMotion;
  elevation: AxisMotion;
}

/**
 * Time for one axis to travel a distance from rest to rest, seconds. Trapezoidal velocity profile:
 * a move too short to reach full speed is a triangle, `2 sqrt(d / a)`, any other takes `d / v + v /
 * a`.
 */
export function hopSeconds(
  distanceDeg: number,
  { speedDegPerS: v, accelerationDegPerS2: a }: AxisMotion,
): number {
  const d = Math.abs(distanceDeg);
  return d < (v * v) / a ? 2 * Math.sqrt(d / a) : d / v + v / a;
}

/** Time between two unwrapped pointings, seconds: both axes move at once, the slower one counts. */
export function slewSeconds(from: Pointing, to: Pointing, motion: RotorMotion): number {
  return Math.max(
    hopSeconds(to.azimuthDeg - from.azimuthDeg, motion.azimuth),
    hopSeconds(to.elevationDeg - from.elevationDeg, motion.elevation),
  );
}
