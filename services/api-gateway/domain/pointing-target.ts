import { SkyScanError } from '#shared/base/errors';
import { onSky, type Mount } from '#shared/sky/mount';
import {
  azimuthOnCircleDeg,
  formatDeg,
  formatPointing,
  outsideLimits,
  type Pointing,
  type TravelLimits,
} from '#shared/sky/pointing';
import { createRoutes, type RouteRotor } from '#shared/sky/routes';
import type { Site as Place } from '#shared/sky/site';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { degToRad } from '#shared/sky/units';

/** The rotor properties that decide whether a target can be measured. */
type TargetRotor = RouteRotor & Mount;

/** A source whose direction is known at every time. */
export interface KnownTarget {
  /** In a sentence: `the Sun`. */
  name: string;
  /** Apparent direction at a Unix time, milliseconds. */
  directionAt: (unixMs: number) => Pointing;
  /** Why it cannot be measured at a time, wherever it is; undefined: it can. */
  problemAt?: (unixMs: number) => string | undefined;
}

/** The part of a scan request that selects its grid. */
export interface ScanArea {
  az_start: number;
  az_end: number;
  el_start: number;
  el_end: number;
  step_deg: number;
  grid: 'rectangular' | 'equal_area';
}

/** In beam widths. */
const SIZE = 2.4;
const STEP = { raster: 0.4, cross: 0.2 } as const;
/** Half of the azimuths of a scan at most; more is too near the zenith. */
const MAX_HALF_AZIMUTHS_DEG = 90;
const MAX_POINTS = 4_000;
/** The last point of a row is part of it in spite of rounding. */
const WITH_END = 1.0005;
const SEARCH_STEP_MS = 10 * 60_000;
const SEARCH_STEPS = 144;

export function sunTarget(place: Place): KnownTarget {
  return { name: 'the Sun', directionAt: createSunAndMoon(place).sun };
}

/** A source whose direction does not change. */
export function fixedTarget(target: {
  name: string;
  azimuth_deg: number;
  elevation_deg: number;
}): KnownTarget {
  const direction = { azimuthDeg: target.azimuth_deg, elevationDeg: target.elevation_deg };
  return { name: target.name, directionAt: () => direction };
}

/**
 * The scans of one measurement: a square, or the two arms of a cross. Throws `busy` if too large.
 */
export function scansAround(
  { azimuthDeg, elevationDeg }: Pointing,
  kind: 'raster' | 'cross',
  beamWidthDeg: number,
  sizeDeg = SIZE * beamWidthDeg,
): ScanArea[] {
  const intervals = Math.max(2, Math.ceil(sizeDeg / (STEP[kind] * beamWidthDeg) - 1e-9));
  if ((intervals + 1) ** 2 > MAX_POINTS)
    throw new SkyScanError(
      'busy',
      `size_deg ${formatDeg(sizeDeg)} deg makes ${(intervals + 1) ** 2} points with the beam width ${formatDeg(beamWidthDeg)} deg, at most ${MAX_POINTS} are allowed`,
    );
  const halfDeg = sizeDeg / 2;
  // Of the highest row, whose steps in azimuth are the widest.
  const highestDeg = kind === 'raster' ? elevationDeg + halfDeg : elevationDeg;
  const halfAzimuthsDeg = (WITH_END * halfDeg) / Math.cos(degToRad(highestDeg));
  if (!(halfAzimuthsDeg <= MAX_HALF_AZIMUTHS_DEG && highestDeg < 90))
    throw new SkyScanError(
      'busy',
      `elevation ${formatDeg(elevationDeg)} deg is too near the zenith for a scan of ${formatDeg(sizeDeg)} deg`,
    );
  const centre = azimuthOnCircleDeg(azimuthDeg);
  const azimuths = { az_start: round(centre - halfAzimuthsDeg), az_end: round(centre + halfAzimuthsDeg) };
  const elevations = { el_start: round(elevationDeg - halfDeg), el_end: round(elevationDeg + halfDeg) };
  // Rounded down, so that the last points are part of it.
  const step_deg = Math.floor((sizeDeg / intervals) * 1e4) / 1e4;
  if (kind === 'raster') return [{ ...azimuths, ...elevations, step_deg, grid: 'equal_area' }];
  const middle = round(elevationDeg);
  return [
    { ...azimuths, el_start: middle, el_end: middle, step_deg, grid: 'equal_area' },
    { az_start: round(centre), az_end: round(centre), ...elevations, step_deg, grid: 'rectangular' },
  ];
}

/** Why the scans around a direction cannot be measured; undefined: they can. */
function areaProblem(rotor: TargetRotor, areas: readonly ScanArea[]): string | undefined {
  const sky = onSky(rotor);
  const routes = createRoutes(sky, sky.limits);
  for (const { az_start, az_end, el_start, el_end } of areas)
    for (const azimuth of [(az_start + az_end) / 2, az_start, az_end])
      for (const elevationDeg of [el_start, el_end]) {
        const corner = { azimuthDeg: inTravel(azimuth, sky.limits), elevationDeg };
        const problem = outsideLimits(corner, sky.limits) ?? routes.refusal(corner);
        if (problem !== undefined) return problem;
      }
  return undefined;
}

/**
 * Throws `busy` if the target cannot be measured now, with its direction, the reason and the time
 * of the next day at which it can, if there is one.
 */
export function requireMeasurable(
  target: KnownTarget,
  rotor: TargetRotor,
  areasAt: (direction: Pointing) => ScanArea[],
  nowMs: number,
): ScanArea[] {
  const direction = target.directionAt(nowMs);
  const problem = problemAt(target, nowMs, rotor, areasAt);
  if (problem === undefined) return areasAt(direction);
  const later = Array.from({ length: SEARCH_STEPS }, (_, k) => nowMs + (k + 1) * SEARCH_STEP_MS).find(
    (unixMs) => problemAt(target, unixMs, rotor, areasAt) === undefined,
  );
  const advice =
    later === undefined
      ? 'it cannot be measured in the next 24 h'
      : `it can be measured from ${new Date(later).toISOString().slice(0, 16)}Z`;
  throw new SkyScanError(
    'busy',
    `${target.name} at ${formatPointing(direction)} cannot be measured: ${problem}; ${advice}`,
  );
}

function problemAt(
  target: KnownTarget,
  unixMs: number,
  rotor: TargetRotor,
  areasAt: (direction: Pointing) => ScanArea[],
): string | undefined {
  const direction = target.directionAt(unixMs);
  const problem = target.problemAt?.(unixMs);
  if (problem !== undefined) return problem;
  if (direction.elevationDeg <= 0) return 'it is below the horizon';
  try {
    return areaProblem(rotor, areasAt(direction));
  } catch (error) {
    if (error instanceof SkyScanError) return error.message;
    throw error;
  }
}

/** The azimuth in the cable turn that is inside the travel, if there is one. */
function inTravel(azimuthDeg: number, { azMinDeg }: TravelLimits): number {
  return azMinDeg + azimuthOnCircleDeg(azimuthDeg - azMinDeg);
}

function round(deg: number): number {
  return Math.round(deg * 1e4) / 1e4;
}
