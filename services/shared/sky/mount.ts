import {
  BEYOND_ZENITH_DEG,
  directionOf,
  HIGHEST_DEG,
  setpointOf,
  type PointingModel,
} from './pointing-model.ts';
import { ZENITH_DEG, type Pointing, type TravelLimits } from './pointing.ts';

/**
 * A rotator whose limits and park pointing are those of its mount: what it reads. With a pointing
 * model, a direction on the sky has another setpoint.
 */
export interface Mount {
  limits: TravelLimits;
  park: Pointing;
  /** The model in force; absent: readbacks are directions. */
  pointingModel?: PointingModel | undefined;
}

// The inverse of the model is exact to 1e-9 degrees; setpoints have four decimals.
const SAME_DEG = 1e-6;
const STEP_DEG = 1;
/** Of a mount that turns over. */
const HIGHEST_LIMIT_DEG = 180;

/** The setpoint of the mount for a direction, which may be outside the limits. */
export function mountSetpoint({ pointingModel, park }: Omit<Mount, 'limits'>, direction: Pointing): Pointing {
  if (!pointingModel) return direction;
  const setpoint = setpointOf(pointingModel, direction);
  const isPark =
    Math.abs(setpoint.azimuthDeg - park.azimuthDeg) < SAME_DEG &&
    Math.abs(setpoint.elevationDeg - park.elevationDeg) < SAME_DEG;
  return isPark ? park : setpoint;
}

/**
 * The direction on the sky of a readback or setpoint of the mount; beyond the zenith, the angles of
 * axes without errors. `beamDirection` yields where these point.
 */
export function skyDirection({ pointingModel }: Pick<Mount, 'pointingModel'>, readback: Pointing): Pointing {
  return pointingModel ? directionOf(pointingModel, readback) : readback;
}

/**
 * Directions with setpoints inside `limits` of the mount: the largest elevations that hold at every
 * azimuth, and azimuths that hold at each of these elevations. Empty (min > max) without any.
 */
export function skyLimits(
  { pointingModel }: Pick<Mount, 'pointingModel'>,
  limits: TravelLimits,
): TravelLimits {
  if (!pointingModel) return limits;
  const tiltDeg = Math.hypot(pointingModel.AN, pointingModel.AW);
  const elMinDeg = Math.max(-90, limits.elMinDeg - pointingModel.IE + tiltDeg + SAME_DEG);
  const topDeg = limits.elMaxDeg > ZENITH_DEG ? HIGHEST_LIMIT_DEG : ZENITH_DEG;
  const elMaxDeg = Math.min(topDeg, limits.elMaxDeg - pointingModel.IE - tiltDeg - SAME_DEG);
  const readings = elevationsBetween(limits.elMinDeg, limits.elMaxDeg, pointingModel.IE);
  const edge = (azimuthDeg: number) =>
    readings.map((elevationDeg) => directionOf(pointingModel, { azimuthDeg, elevationDeg }).azimuthDeg);
  return {
    azMinDeg: Math.max(...edge(limits.azMinDeg)) + SAME_DEG,
    azMaxDeg: Math.min(...edge(limits.azMaxDeg)) - SAME_DEG,
    elMinDeg,
    elMaxDeg,
  };
}

/** The same rotator in directions on the sky, for plans and routes. */
export function onSky<R extends Mount>(rotor: R): R {
  if (!rotor.pointingModel) return rotor;
  return { ...rotor, limits: skyLimits(rotor, rotor.limits), park: skyDirection(rotor, rotor.park) };
}

/** The ends, every degree, and where the terms of the model stop to grow. */
function elevationsBetween(minDeg: number, maxDeg: number, indexDeg: number): number[] {
  const count = Math.max(1, Math.ceil((maxDeg - minDeg) / STEP_DEG));
  const steps = Array.from({ length: count + 1 }, (_, k) => minDeg + ((maxDeg - minDeg) * k) / count);
  const knees = [-HIGHEST_DEG, HIGHEST_DEG, ZENITH_DEG, BEYOND_ZENITH_DEG].map((deg) => deg + indexDeg);
  return [...steps, ...knees.filter((deg) => deg > minDeg && deg < maxDeg)];
}
