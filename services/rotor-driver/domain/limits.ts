import { SkyScanError } from '#shared/base/errors';
import { outsideLimits, type Pointing, type TravelLimits } from '#shared/sky/pointing';

/**
 * The setpoint for a target: rounded to four decimals, as sent, and inside the limits. Azimuths are
 * unwrapped. Throws `out_of_range`.
 */
export function setpointWithin(target: Pointing, limits: TravelLimits): Pointing {
  const outside = outsideLimits(target, limits);
  if (outside) throw new SkyScanError('out_of_range', outside);
  return {
    azimuthDeg: roundInside(target.azimuthDeg, limits.azMinDeg, limits.azMaxDeg),
    elevationDeg: roundInside(target.elevationDeg, limits.elMinDeg, limits.elMaxDeg),
  };
}

const STEPS_PER_DEG = 1e4;

function roundInside(deg: number, minDeg: number, maxDeg: number): number {
  const rounded = Math.round(deg * STEPS_PER_DEG) / STEPS_PER_DEG;
  if (rounded > maxDeg) return Math.floor(maxDeg * STEPS_PER_DEG) / STEPS_PER_DEG;
  if (rounded < minDeg) return Math.ceil(minDeg * STEPS_PER_DEG) / STEPS_PER_DEG;
  return rounded + 0; // + 0: never -0
}
