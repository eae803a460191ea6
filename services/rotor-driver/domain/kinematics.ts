import type { AxisMotion, RotorMotion } from '#shared/sky/kinematics';

/** The maximum motor time of a move, milliseconds, even with wrong configured speeds. */
export function motorTimeBoundMs(expectedMs: number): number {
  return 4 * expectedMs + 30_000;
}

/** The braking distance of an axis, degrees: v^2 / 2a. */
export function runOutDeg({ speedDegPerS, accelerationDegPerS2 }: AxisMotion): number {
  return speedDegPerS ** 2 / (2 * accelerationDegPerS2);
}

/** The braking time of the slower axis, milliseconds: v / a. */
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
 * The duration of the last part of a move, milliseconds: `sqrt(2 d / a)` while it brakes, at full
 * speed before.
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
