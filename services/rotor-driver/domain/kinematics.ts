import type { Pointing } from '#shared/pointing';

/** Speed and acceleration of an axis, both greater than zero. */
export interface AxisMotion {
  speedDegPerS: number;
  accelerationDegPerS2: number;
}

/** Both axes of a rotator; they move at the same time. */
export interface RotatorMotion {
  azimuth: AxisMotion;
  elevation: AxisMotion;
}

/** Seconds for a hop over `distanceDeg`: a triangle of speed when it is short, a trapezoid otherwise. */
export function hopS(distanceDeg: number, { speedDegPerS: v, accelerationDegPerS2: a }: AxisMotion): number {
  const d = Math.abs(distanceDeg);
  return d < v ** 2 / a ? 2 * Math.sqrt(d / a) : d / v + v / a;
}

/** Expected duration of a move, milliseconds: the slower axis counts. */
export function moveMs(from: Pointing, to: Pointing, motion: RotatorMotion): number {
  const azimuthS = hopS(to.azimuthDeg - from.azimuthDeg, motion.azimuth);
  const elevationS = hopS(to.elevationDeg - from.elevationDeg, motion.elevation);
  return 1000 * Math.max(azimuthS, elevationS);
}

/** Motor time that no move may exceed, milliseconds, however wrong the configured speeds are. */
export function motorTimeBoundMs(expectedMs: number): number {
  return 4 * expectedMs + 30_000;
}

/** How far an axis runs on when it is told to stop, degrees: v^2 / 2a. */
export function runOutDeg({ speedDegPerS, accelerationDegPerS2 }: AxisMotion): number {
  return speedDegPerS ** 2 / (2 * accelerationDegPerS2);
}

/** How long an axis needs to stop, milliseconds: v / a of the slower one. */
export function runOutMs({ azimuth, elevation }: RotatorMotion): number {
  return (
    1000 *
    Math.max(
      azimuth.speedDegPerS / azimuth.accelerationDegPerS2,
      elevation.speedDegPerS / elevation.accelerationDegPerS2,
    )
  );
}
