import type { Offset } from './ground-plane.ts';

const STEPS = [1, 2, 5];
/** A map shows about this many rings. */
const RINGS = 4;
/** Of a map that shows everything, and of one that is zoomed. */
const MIN_RADIUS_M = 1_000;
const MIN_ZOOMED_M = 100;
const MAX_RADIUS_M = 5_000_000;

/** Distance between rings of a map with this radius: 1, 2 or 5 times a power of ten, metres. */
export function ringSpacingM(radiusM: number): number {
  const power = 10 ** Math.floor(Math.log10(radiusM / RINGS));
  return [...STEPS, 10].map((step) => step * power).find((spacing) => spacing >= radiusM / RINGS) ?? power;
}

/** What a map shows: its middle and the distance from there to its nearest edge, metres. */
export interface MapView {
  middle: Offset;
  radiusM: number;
}

/** A view of all places on a map with this ratio of width to height. */
export function viewOf(places: readonly Offset[], ratio: number): MapView {
  const middleAndHalf = (axis: 0 | 1) => {
    const values = places.map((offset) => offset[axis]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  };
  const [east, north] = [middleAndHalf(0), middleAndHalf(1)];
  const radiusM = Math.max(east.half / Math.max(1, ratio), north.half / Math.max(1, 1 / ratio));
  return { middle: [east.middle, north.middle], radiusM: radiusFor(radiusM) };
}

function radiusFor(distanceM: number): number {
  return Math.min(MAX_RADIUS_M, Math.max(MIN_RADIUS_M, distanceM * 1.3));
}

/** A map that shows half or twice as much; `steps` below 0: less. */
export function zoomed(radiusM: number, steps: number): number {
  return Math.min(MAX_RADIUS_M, Math.max(MIN_ZOOMED_M, radiusM * 2 ** steps));
}

/** `350 m`, `2.5 km`, `120 km`. */
export function distanceText(metres: number): string {
  if (metres < 1_000) return `${Math.round(metres)} m`;
  const km = metres / 1_000;
  return `${km < 10 ? Number(km.toFixed(1)) : Math.round(km)} km`;
}

/** `48.1372° N, 11.5755° E`. */
export function placeText({
  latitude_deg,
  longitude_deg,
}: {
  latitude_deg: number;
  longitude_deg: number;
}): string {
  const part = (deg: number, [positive, negative]: readonly [string, string]) =>
    `${Math.abs(deg).toFixed(4)}° ${deg < 0 ? negative : positive}`;
  return `${part(latitude_deg, ['N', 'S'])}, ${part(longitude_deg, ['E', 'W'])}`;
}
