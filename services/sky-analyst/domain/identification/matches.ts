import { lookAtPlace, type Place } from '#shared/sky/look';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { radToDeg } from '#shared/sky/units';
import { shareFrequency, type FrequencyRange } from '../frequency-range.ts';
import type { DetectedSource, KnownSky } from './detected-source.ts';
import type { Emitter } from './emitters.ts';
import type { Sighting } from './offsets.ts';
import type { OrbitClass, Satellite } from './satellites.ts';

/** Half the sky, degrees^2. */
export const HEMISPHERE = 20_626;
const LOCAL_DEG = 15;
const LOCAL_AREA = 2 * Math.PI * (1 - Math.cos((LOCAL_DEG * Math.PI) / 180)) * radToDeg(1) ** 2;
/** Emitters on the ground are in this strip, degrees. */
const STRIP_DEG = 6;
const NEAR_DEG = 25;
const DAY_MS = 86_400_000;
/** Days for which elements are valid. */
export const MAX_AGE_DAYS: Record<OrbitClass, number> = {
  low_satellite: 3,
  satellite: 14,
  geostationary: 14,
};
const REFRACTION_DEG = 0.1;
/** Metres to the horizon per square root of metre of height, 4/3 Earth (ITU-R P.526). */
const HORIZON_M = 4_120;

/** A known object that may be a source. */
export interface Match {
  name: string;
  kind: 'sun' | 'moon' | 'emitter' | OrbitClass;
  at: (unixMs: number) => Pointing | undefined;
  sigmaDeg: number;
  agreesInFrequency: boolean;
  /** Objects of its kind that agree in frequency as it does, per degree^2. */
  density: number;
  warnings: string[];
}

type Track = Match['at'];

/**
 * Everything near a source whose frequencies do not exclude it, with densities, and the tracks of
 * all satellites around it, for the motion of a source with several sightings.
 */
export function matchesNear(
  source: DetectedSource,
  first: Sighting,
  { site, satellites, emitters }: KnownSky,
): { matches: Match[]; tracks: Track[] } {
  const { unixMs, pointing } = first;
  const needsTracks = source.sightings.length > 1;
  const sunAndMoon = createSunAndMoon(site);
  const matches: Match[] = [];
  if (!source.isNarrow)
    for (const [kind, name, at] of [
      ['sun', 'Sun', sunAndMoon.sun],
      ['moon', 'Moon', sunAndMoon.moon],
    ] as const)
      matches.push({
        name,
        kind,
        at,
        sigmaDeg: 0.05,
        agreesInFrequency: false,
        density: 1 / HEMISPHERE,
        warnings: [],
      });
  const seen = satellites.flatMap((satellite) => {
    const isPossible = mayTransmit(source, satellite.frequencies);
    const look = isPossible || needsTracks ? satellite.visibleAt(unixMs) : undefined;
    return look ? [{ satellite, look, isPossible, apartDeg: separationDeg(look.pointing, pointing) }] : [];
  });
  const visible = seen.filter(({ isPossible }) => isPossible);
  for (const { satellite, look, apartDeg } of visible) {
    if (apartDeg > NEAR_DEG) continue;
    const agreesInFrequency = agrees(source, satellite.frequencies);
    const pool = visible.filter(
      (other) =>
        other.satellite.orbit === satellite.orbit &&
        agrees(source, other.satellite.frequencies) === agreesInFrequency,
    );
    const local = pool.filter((other) => other.apartDeg <= LOCAL_DEG).length;
    const ageDays = Math.abs(unixMs - satellite.epochMs) / DAY_MS;
    const maxDays = MAX_AGE_DAYS[satellite.orbit];
    // Along the orbit: about 1 km, and 2 km per day of age (Vallado and Cefola 2012).
    const errorKm = 1 + (satellite.orbit === 'low_satellite' ? 2 : 0.5) * ageDays;
    matches.push({
      name: satellite.name,
      kind: satellite.orbit,
      at: trackOf(satellite),
      sigmaDeg: Math.hypot(radToDeg((errorKm * 1_000) / look.distanceM), REFRACTION_DEG / 2),
      agreesInFrequency,
      density: Math.max(local / LOCAL_AREA, pool.length / HEMISPHERE),
      warnings:
        ageDays > maxDays ? [`its elements are ${ageDays.toFixed(1)} days old, more than ${maxDays}`] : [],
    });
  }
  return {
    matches: [...matches, ...emitterMatches(source, site, emitters)],
    tracks: seen
      .filter(({ satellite, apartDeg }) => satellite.orbit !== 'geostationary' && apartDeg <= NEAR_DEG)
      .map(({ satellite }) => trackOf(satellite)),
  };
}

function trackOf(satellite: Satellite): Track {
  return (unixMs) => satellite.visibleAt(unixMs)?.pointing;
}

function emitterMatches(source: DetectedSource, site: Place, emitters: readonly Emitter[]): Match[] {
  const possible = emitters
    .filter(({ frequencies }) => mayTransmit(source, known(frequencies)))
    .map((emitter) => ({ emitter, look: lookAtPlace(site, emitter) }))
    .filter(({ emitter, look }) => {
      const heights = Math.sqrt(Math.max(site.heightM, 1)) + Math.sqrt(Math.max(emitter.heightM, 1));
      return look.distanceM <= 1.5 * HORIZON_M * heights;
    });
  return possible.map(({ emitter, look }) => {
    const agreesInFrequency = agrees(source, known(emitter.frequencies));
    const pool = possible.filter((o) => agrees(source, known(o.emitter.frequencies)) === agreesInFrequency);
    return {
      name: emitter.name,
      kind: 'emitter' as const,
      at: () => look.pointing,
      // By bearing: reflections and the lowest row of a map displace it in elevation.
      sigmaDeg: 0.2,
      agreesInFrequency,
      density: pool.length / (360 * STRIP_DEG),
      warnings: [],
    };
  });
}

function mayTransmit(
  { channels }: DetectedSource,
  frequencies: readonly FrequencyRange[] | undefined,
): boolean {
  return frequencies === undefined || channels.length === 0 || shareFrequency(frequencies, channels);
}

function agrees({ channels }: DetectedSource, frequencies: readonly FrequencyRange[] | undefined): boolean {
  return frequencies !== undefined && channels.length > 0 && shareFrequency(frequencies, channels);
}

function known(frequencies: readonly FrequencyRange[]): readonly FrequencyRange[] | undefined {
  return frequencies.length > 0 ? frequencies : undefined;
}
