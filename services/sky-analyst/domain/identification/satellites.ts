import { lookAtOrbit, type Look, type OrbitalElements, type Place } from '#shared/sky/look';
import { degToRad } from '#shared/sky/units';
import type { FrequencyRange } from '../frequency-range.ts';

export type OrbitClass = 'low_satellite' | 'satellite' | 'geostationary';

export interface Satellite {
  name: string;
  catalogueNumber: number;
  orbit: OrbitClass;
  epochMs: number;
  /** Undefined: not known. */
  frequencies: readonly FrequencyRange[] | undefined;
  /** Direction from the site, without refraction; undefined below the horizon. */
  visibleAt(unixMs: number): Look | undefined;
}

/** Frequencies by catalogue number, of the satellites whose frequencies are known. */
export type SatelliteFrequencies = ReadonlyMap<number, readonly FrequencyRange[]>;

const EARTH_RADIUS_KM = 6_378.137;
/** The site is at most this much nearer to the centre of the Earth. */
const FLATTENING_KM = 25;
/** Gravity of the Earth, km^3/s^2 (WGS 84). */
const GRAVITY = 398_600.4418;
const EARTH_TURN = 7.292e-5;
/** For perturbations, within the days for which elements are valid. */
const MARGIN = 0.02;

/** Satellites as a site sees them, and how many elements cannot be propagated. */
export function satellitesFrom(
  elements: readonly OrbitalElements[],
  site: Place,
  frequencies: SatelliteFrequencies = new Map(),
): { satellites: Satellite[]; skipped: number } {
  const satellites = elements.flatMap((element) => {
    try {
      return [satelliteOf(element, site, frequencies)];
    } catch {
      return [];
    }
  });
  return { satellites, skipped: elements.length - satellites.length };
}

function satelliteOf(elements: OrbitalElements, site: Place, frequencies: SatelliteFrequencies): Satellite {
  const lookAt = lookAtOrbit(elements, site);
  const motion = Number(elements.MEAN_MOTION);
  const eccentricity = Number(elements.ECCENTRICITY);
  const rate = (motion * 2 * Math.PI) / 86_400;
  const axisKm = Math.cbrt(GRAVITY / rate ** 2);
  const reach = Math.acos(Math.min(1, (EARTH_RADIUS_KM - FLATTENING_KM) / (axisKm * (1 + eccentricity))));
  // At the perigee an orbit is fastest: n sqrt(1 - e^2) / (1 - e)^2.
  const fastest = (rate * Math.sqrt(1 - eccentricity ** 2)) / (1 - eccentricity) ** 2 + EARTH_TURN;
  let hidden = { atMs: 0, forMs: -1 };
  const catalogueNumber = Number(elements.NORAD_CAT_ID);
  return {
    name: elements.OBJECT_NAME,
    catalogueNumber,
    orbit: orbitOf(elements),
    epochMs: Date.parse(elements.EPOCH.endsWith('Z') ? elements.EPOCH : `${elements.EPOCH}Z`),
    frequencies: frequencies.get(catalogueNumber),
    visibleAt(unixMs) {
      if (Math.abs(unixMs - hidden.atMs) < hidden.forMs) return undefined;
      const look = lookAt(unixMs);
      if (!look || look.pointing.elevationDeg > 0) return look;
      // Seen from the centre of the Earth, it has this far to go until it can rise.
      const elevation = degToRad(look.pointing.elevationDeg);
      const distanceKm = look.distanceM / 1_000;
      const away = Math.atan2(
        distanceKm * Math.cos(elevation),
        EARTH_RADIUS_KM + distanceKm * Math.sin(elevation),
      );
      hidden = { atMs: unixMs, forMs: (1_000 * (away - reach - MARGIN)) / fastest };
      return undefined;
    },
  };
}

export function orbitOf(elements: OrbitalElements): OrbitClass {
  const motion = Number(elements.MEAN_MOTION);
  const eccentricity = Number(elements.ECCENTRICITY);
  const inclinationDeg = Number(elements.INCLINATION);
  if (motion > 11.25 && eccentricity < 0.25) return 'low_satellite';
  const isSynchronous = Math.abs(motion - 1.0027) < 0.01 && eccentricity < 0.01;
  return isSynchronous && inclinationDeg < 16 ? 'geostationary' : 'satellite';
}
