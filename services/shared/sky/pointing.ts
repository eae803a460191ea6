import { degToRad, radToDeg } from './units.ts';

/** A direction of the antenna, degrees. Azimuths of a rotator are unwrapped. */
export interface Pointing {
  azimuthDeg: number;
  elevationDeg: number;
}

/** Unwrapped azimuth travel and elevation range, degrees, ends included. */
export interface TravelLimits {
  azMinDeg: number;
  azMaxDeg: number;
  elMinDeg: number;
  elMaxDeg: number;
}

/** The intersection; empty (min > max) without common travel. */
export function intersectLimits(a: TravelLimits, b: TravelLimits): TravelLimits {
  return {
    azMinDeg: Math.max(a.azMinDeg, b.azMinDeg),
    azMaxDeg: Math.min(a.azMaxDeg, b.azMaxDeg),
    elMinDeg: Math.max(a.elMinDeg, b.elMinDeg),
    elMaxDeg: Math.min(a.elMaxDeg, b.elMaxDeg),
  };
}

/**
 * The limits for a target: the intersection of configured and reported travel. The park pointing
 * may be below the lowest configured elevation (published defaults: park at 0, minimum 5 degrees).
 */
export function limitsFor(
  target: Pointing,
  owner: { limits: TravelLimits; park: Pointing },
  reported: TravelLimits | undefined,
): TravelLimits {
  const { limits, park } = owner;
  const parks = target.azimuthDeg === park.azimuthDeg && target.elevationDeg === park.elevationDeg;
  const allowed = parks ? { ...limits, elMinDeg: Math.min(limits.elMinDeg, park.elevationDeg) } : limits;
  return reported ? intersectLimits(allowed, reported) : allowed;
}

// Tolerance for rounding: grid steps are decimal fractions without an exact binary form.
const ROUNDING_DEG = 1e-9;

/** The message for a pointing outside the limits, with value, limit and unit; undefined inside. */
export function outsideLimits(pointing: Pointing, limits: TravelLimits): string | undefined {
  const { azimuthDeg, elevationDeg } = pointing;
  if (!Number.isFinite(azimuthDeg)) return `azimuth ${azimuthDeg} deg is not a finite number`;
  if (!Number.isFinite(elevationDeg)) return `elevation ${elevationDeg} deg is not a finite number`;
  if (azimuthDeg < limits.azMinDeg - ROUNDING_DEG || azimuthDeg > limits.azMaxDeg + ROUNDING_DEG)
    return `azimuth ${formatDeg(azimuthDeg)} deg is outside ${formatDeg(limits.azMinDeg)}..${formatDeg(limits.azMaxDeg)} deg`;
  if (elevationDeg < limits.elMinDeg - ROUNDING_DEG || elevationDeg > limits.elMaxDeg + ROUNDING_DEG)
    return `elevation ${formatDeg(elevationDeg)} deg is outside ${formatDeg(limits.elMinDeg)}..${formatDeg(limits.elMaxDeg)} deg`;
  return undefined;
}

/** The larger of both axis distances, degrees, unwrapped. */
export function axisDistanceDeg(a: Pointing, b: Pointing): number {
  return Math.max(Math.abs(a.azimuthDeg - b.azimuthDeg), Math.abs(a.elevationDeg - b.elevationDeg));
}

/** The azimuth wrapped to 0..360 (excluded), degrees. Leaves azimuths in this range unchanged. */
export function azimuthOnCircleDeg(deg: number): number {
  const onCircleDeg = deg - 360 * Math.floor(deg / 360);
  // Just below 0, rounding yields 360 or a negative number.
  return onCircleDeg >= 360 || onCircleDeg < 0 ? 0 : onCircleDeg;
}

/** The azimuth for texts: in 0..360 (excluded), without floating-point noise. */
export function shownAzimuthDeg(deg: number): number {
  return azimuthOnCircleDeg(Number(azimuthOnCircleDeg(deg).toFixed(6)));
}

/**
 * Great-circle angle between two directions on the sky, degrees (haversine form, exact for small
 * angles).
 */
export function separationDeg(a: Pointing, b: Pointing): number {
  const dEl = degToRad(b.elevationDeg - a.elevationDeg);
  const dAz = degToRad(b.azimuthDeg - a.azimuthDeg);
  const h =
    Math.sin(dEl / 2) ** 2 +
    Math.cos(degToRad(a.elevationDeg)) * Math.cos(degToRad(b.elevationDeg)) * Math.sin(dAz / 2) ** 2;
  return radToDeg(2 * Math.asin(Math.min(1, Math.sqrt(h))));
}

/** Above this elevation a mount has turned over. */
export const ZENITH_DEG = 90;

/**
 * Where the beam points: beyond the zenith, at the opposite azimuth. Vectors of a pointing do not
 * need this: they have the same direction.
 */
export function beamDirection(pointing: Pointing): Pointing {
  const { azimuthDeg, elevationDeg } = pointing;
  return elevationDeg > ZENITH_DEG
    ? { azimuthDeg: azimuthDeg + 180, elevationDeg: 180 - elevationDeg }
    : pointing;
}

/** Degrees for messages: at most four decimals, no trailing zeros. */
export function formatDeg(deg: number): string {
  return String(Math.round(deg * 1e4) / 1e4);
}

/** A pointing for messages: `az 12.5 el 30`. */
export function formatPointing(pointing: Pointing): string {
  return `az ${formatDeg(pointing.azimuthDeg)} el ${formatDeg(pointing.elevationDeg)}`;
}
