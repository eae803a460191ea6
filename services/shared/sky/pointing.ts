import { degToRad, radToDeg } from './units.ts';

/** A direction of the antenna, degrees. Azimuth is unwrapped where a rotator is meant. */
export interface Pointing {
  azimuthDeg: number;
  elevationDeg: number;
}

/** Unwrapped azimuth travel and elevation range, degrees; both ends are inside. */
export interface TravelLimits {
  azMinDeg: number;
  azMaxDeg: number;
  elMinDeg: number;
  elMaxDeg: number;
}

/** What both allow. An empty range (min > max) when they share nothing. */
export function intersectLimits(a: TravelLimits, b: TravelLimits): TravelLimits {
  return {
    azMinDeg: Math.max(a.azMinDeg, b.azMinDeg),
    azMaxDeg: Math.min(a.azMaxDeg, b.azMaxDeg),
    elMinDeg: Math.max(a.elMinDeg, b.elMinDeg),
    elMaxDeg: Math.min(a.elMaxDeg, b.elMaxDeg),
  };
}

/**
 * What may be commanded: what the owner allows and the daemon reports, both. The park pointing is
 * the owner's own word: it may lie below the elevation that everything else keeps to (published
 * defaults: park at 0, minimum 5 degrees).
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

// The steps of a grid end on multiples of powers of ten that binary cannot hold: a billionth of a
// degree is no excursion.
const ROUNDING_DEG = 1e-9;

/**
 * Why the pointing is outside the limits, in words with value, limit and unit; undefined when it is
 * inside.
 */
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

/**
 * The larger of the two axis distances, degrees, without wrapping: what a rotator has to travel.
 */
export function axisDistanceDeg(a: Pointing, b: Pointing): number {
  return Math.max(Math.abs(a.azimuthDeg - b.azimuthDeg), Math.abs(a.elevationDeg - b.elevationDeg));
}

/** The same azimuth on the compass, 0 to 360 (excluded), degrees. */
export function azimuthOnCircleDeg(deg: number): number {
  return ((deg % 360) + 360) % 360;
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

/** At most four decimals, no trailing zeros: for messages. */
export function formatDeg(deg: number): string {
  return String(Math.round(deg * 1e4) / 1e4);
}

/** `az 12.5 el 30`: for messages. */
export function formatPointing(pointing: Pointing): string {
  return `az ${formatDeg(pointing.azimuthDeg)} el ${formatDeg(pointing.elevationDeg)}`;
}
