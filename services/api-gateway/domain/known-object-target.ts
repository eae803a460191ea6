import { SkyScanError } from '#shared/base/errors';
import { satelliteDirection } from '#shared/sky/frame';
import { lookAtPlace, type OrbitalElements, type Place } from '#shared/sky/look';
import { formatDeg, separationDeg } from '#shared/sky/pointing';
import { radToDeg } from '#shared/sky/units';
import type { KnownTarget } from './pointing-target.ts';

export interface KnownSatellite {
  elements: OrbitalElements;
  /** Age up to which they describe its orbit. */
  maxAgeDays: number;
}

export interface KnownEmitter {
  name: string;
  place: Place;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A scan takes some minutes and reaches 1.2 beam widths from the target, which must stay in it. */
const MAX_BEAMS_PER_MIN = 0.1;
const EARTH_RADIUS_M = 6_371_000;

/** Throws `invalid` for elements that cannot be propagated. */
export function satelliteTarget(
  { elements, maxAgeDays }: KnownSatellite,
  site: Place,
  beamWidthDeg: number,
): KnownTarget {
  const epochMs = Date.parse(elements.EPOCH);
  const maxDegPerMin = MAX_BEAMS_PER_MIN * beamWidthDeg;
  const directionAt = satelliteDirection(elements, site);
  return {
    name: elements.OBJECT_NAME,
    directionAt,
    problemAt(unixMs) {
      const ageDays = Math.abs(unixMs - epochMs) / DAY_MS;
      if (ageDays > maxAgeDays)
        return `its orbital elements are ${ageDays.toFixed(1)} days old, at most ${maxAgeDays} days are allowed: upload newer ones (PUT /api/satellites/elements)`;
      const degPerMin = separationDeg(directionAt(unixMs), directionAt(unixMs + MINUTE_MS));
      if (degPerMin > maxDegPerMin)
        return `it moves ${formatDeg(degPerMin)} deg per minute, too fast for a scan: at most ${formatDeg(maxDegPerMin)} deg per minute, a tenth of the beam width, are allowed`;
      return undefined;
    },
  };
}

/**
 * The bearing of an emitter on the ground and its elevation from the heights, with the refraction
 * of the standard atmosphere: rays bend as over an Earth of 4/3 of its radius (ITU-R P.834).
 */
export function emitterTarget({ name, place }: KnownEmitter, site: Place): KnownTarget {
  const { pointing, distanceM } = lookAtPlace(site, place);
  // Over the real Earth, the ground drops by d / 2R; over the larger one by 3/4 of it.
  const bentDeg = radToDeg(distanceM / (8 * EARTH_RADIUS_M));
  const direction = { ...pointing, elevationDeg: pointing.elevationDeg + bentDeg };
  return { name, directionAt: () => direction };
}

/** Throws `busy` without a place. `whose`: `of the Sun`. */
export function requirePlace<Where>(place: Where | undefined, whose: string): Where {
  if (place) return place;
  throw new SkyScanError(
    'busy',
    `the direction ${whose} is unknown: set latitude_deg and longitude_deg of the site (PUT /api/sites/{site_id}), or SITE_LATITUDE_DEG and SITE_LONGITUDE_DEG`,
  );
}
