import type { AxisMotion, RotorMotion } from '#shared/sky/kinematics';

/** Motor time that no move may exceed, milliseconds, however wrong the configured speeds are. */
export function motorTimeBoundMs(expectedMs: number): number {
  return 4 * expectedMs + 30_000;
}

/** How far an axis runs on when it is told to stop, degrees: v^2 / 2a. */
export function runOutDeg({ speedDegPerS, accelerationDegPerS2 }: AxisMotion): number {
  return speedDegPerS ** 2 / (2 * accelerationDegPerS2);
}

/** How long an axis needs to stop, milliseconds: v / a of the slower one. */
export function runOutMs({ azimuth, elevation }: RotorMotion): number {
  return (
    1000 *
    Math.max(
      azimuth.speedDegPerS / azimuth.accelerationDegPerS2,
      elevation.speedDegPerS / elevation.accelerationDegPerS2,
    )
  );
}

/**
 * Time for the last piece of a move, before it comes to rest, milliseconds: `sqrt(2 d / a)` while
 * it brakes, at full speed before.
 */
export function lastStepMs(
  distanceDeg: number,
  { speedDegPerS: v, accelerationDegPerS2: a }: AxisMotion,
): number {
  const brakingDeg = (v * v) / (2 * a);
  const seconds =
    distanceDeg <= brakingDeg ? Math.sqrt((2 * distanceDeg) / a) : (distanceDeg - brakingDeg) / v + v / a;
  return 1000 * seconds;
}
