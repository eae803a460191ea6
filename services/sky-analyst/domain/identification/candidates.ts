import { lookAtPlace, type Place } from '#shared/sky/look';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { radToDeg } from '#shared/sky/units';
import { shareFrequency, type FrequencyRange } from '../frequency-range.ts';
import { chanceAbove } from '../statistics/chi-square.ts';
import type { Emitter } from './emitters.ts';
import { beltDistanceDeg } from './geostationary-belt.ts';
import { chiSquareOf, meanOffset, offsetDeg, spreadOf, widened, type Sighting } from './offsets.ts';
import type { OrbitClass, Satellite } from './satellites.ts';

export type CandidateKind = 'sun' | 'moon' | 'belt' | 'emitter' | OrbitClass;

/** A source of a map, at one time or at several ones. */
export interface DetectedSource {
  sightings: readonly Sighting[];
  /** Empty: not known. */
  channels: readonly FrequencyRange[];
  /** Whether it is narrower than the measured band: then it is neither Sun nor Moon. */
  isNarrow: boolean;
}

export interface Candidate {
  name: string;
  kind: CandidateKind;
  posterior: number;
  /** Probability that something else of its kind is as near. */
  chance: number;
  /** Distance in standard deviations. */
  distance: number;
  agrees: ('frequency' | 'motion')[];
  warnings: string[];
}

export interface Identification {
  /** The candidate whose posterior exceeds 0.9. */
  accepted: Candidate | undefined;
  /** The three most likely ones, as far as they are possible. */
  candidates: Candidate[];
}

export interface KnownSky {
  site: Place;
  satellites: readonly Satellite[];
  emitters: readonly Emitter[];
}

/** q: probability that a source is a known one of this kind. */
const PRIOR: Record<CandidateKind, number> = {
  sun: 0.1,
  moon: 0.02,
  belt: 0.03,
  geostationary: 0.1,
  satellite: 0.05,
  low_satellite: 0.1,
  emitter: 0.1,
};
const NONE = 1 - Object.values(PRIOR).reduce((sum, q) => sum + q, 0);
/** Half the sky, degrees^2. */
const HEMISPHERE = 20_626;
const LOCAL_DEG = 15;
const LOCAL_AREA = 2 * Math.PI * (1 - Math.cos((LOCAL_DEG * Math.PI) / 180)) * radToDeg(1) ** 2;
/** Emitters on the ground are in this strip, degrees. */
const STRIP_DEG = 6;
const NEAR_DEG = 25;
const ACCEPT = 0.9;
/** Less probable candidates are not listed. */
const MIN_POSTERIOR = 0.001;
const MIN_AGREEMENT = 0.001;
/** Chi square of a source that stays where it is exceeds this in 1e-6 of all cases. */
const MOTION_CHANCE = 1e-6;
const DAY_MS = 86_400_000;
const MAX_AGE_DAYS = { low_satellite: 3, satellite: 14, geostationary: 14 };
const REFRACTION_DEG = 0.1;
/** Metres to the horizon per square root of metre of height, 4/3 Earth (ITU-R P.526). */
const HORIZON_M = 4_120;

interface Match {
  name: string;
  kind: CandidateKind;
  at: (unixMs: number) => Pointing | undefined;
  sigmaDeg: number;
  agreesInFrequency: boolean;
  density: number;
  warnings: string[];
}

/**
 * What a source probably is, each candidate at the time of each sighting. The likelihood ratio is
 * q exp(-r^2 / 2) / (2 pi s1 s2 rho) (Sutherland and Saunders 1992), rho the density of candidates
 * of the kind; the posterior is the ratio divided by the sum of all ratios and the probability of
 * none. Frequencies outside a candidate's exclude it. A low satellite has no name unless its
 * frequency or motion agrees.
 */
export function candidatesAt(source: DetectedSource, sky: KnownSky): Identification {
  const [first] = source.sightings;
  if (!first) return { accepted: undefined, candidates: [] };
  const scored = matchesNear(source, first, sky).flatMap((match) => scoreOf(source, match));
  const belt = beltScore(first, sky.site);
  if (belt) scored.push(belt);
  const total = scored.reduce((sum, { ratio }) => sum + ratio, NONE);
  const named: Candidate[] = [];
  let anonymous: Candidate | undefined;
  for (const { ratio, ...rest } of scored) {
    const candidate: Candidate = { ...rest, posterior: ratio / total };
    if (candidate.kind !== 'low_satellite' || candidate.agrees.length > 0) named.push(candidate);
    else if (anonymous) {
      anonymous.posterior += candidate.posterior;
      anonymous.chance = Math.max(anonymous.chance, candidate.chance);
      anonymous.distance = Math.min(anonymous.distance, candidate.distance);
    } else
      anonymous = { ...candidate, name: 'low satellite', warnings: ['neither frequency nor motion agrees'] };
  }
  const candidates = [...named, ...(anonymous ? [anonymous] : [])]
    .filter(({ posterior }) => posterior >= MIN_POSTERIOR)
    .sort((a, b) => b.posterior - a.posterior)
    .slice(0, 3);
  const [best] = candidates;
  const isCertain = best !== undefined && best !== anonymous && best.posterior > ACCEPT;
  return { accepted: isCertain ? best : undefined, candidates };
}

/** Everything above the horizon whose frequencies do not exclude it, with densities. */
function matchesNear(
  source: DetectedSource,
  first: Sighting,
  { site, satellites, emitters }: KnownSky,
): Match[] {
  const { unixMs, pointing } = first;
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
  const visible = satellites.flatMap((satellite) => {
    const look = mayTransmit(source, satellite.frequencies) ? satellite.visibleAt(unixMs) : undefined;
    return look ? [{ satellite, look, apartDeg: separationDeg(look.pointing, pointing) }] : [];
  });
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
      at: (ms) => satellite.visibleAt(ms)?.pointing,
      sigmaDeg: Math.hypot(radToDeg((errorKm * 1_000) / look.distanceM), REFRACTION_DEG / 2),
      agreesInFrequency,
      density: Math.max(local / LOCAL_AREA, pool.length / HEMISPHERE),
      warnings:
        ageDays > maxDays ? [`its elements are ${ageDays.toFixed(1)} days old, more than ${maxDays}`] : [],
    });
  }
  return [...matches, ...emitterMatches(source, site, emitters)];
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

type Scored = Omit<Candidate, 'posterior'> & { ratio: number };

function scoreOf({ sightings }: DetectedSource, match: Match): Scored[] {
  const offsets = sightings.map(({ unixMs, pointing, covariance }) => {
    const predicted = match.at(unixMs);
    return predicted && { offset: offsetDeg(predicted, pointing), covariance, predicted };
  });
  const seen = offsets.filter((each) => each !== undefined);
  if (seen.length < sightings.length) return [];
  const { mean, covariance, scatter } = meanOffset(seen);
  const degrees = 2 * (sightings.length - 1);
  if (chanceAbove(scatter, degrees) < MIN_AGREEMENT) return [];
  const [first] = sightings;
  const still = first
    ? meanOffset(
        sightings.map((s) => ({ offset: offsetDeg(first.pointing, s.pointing), covariance: s.covariance })),
      )
    : { scatter: 0 };
  const moves = degrees > 0 && chanceAbove(still.scatter, degrees) < MOTION_CHANCE;
  let total = widened(covariance, match.sigmaDeg);
  if (match.kind === 'emitter') total = { ...total, yy: total.yy + 1.5 ** 2 };
  const square = chiSquareOf(mean, total);
  const spread = spreadOf(total);
  const q = PRIOR[match.kind];
  return [
    {
      name: match.name,
      kind: match.kind,
      ratio: (q * Math.exp(-square / 2)) / (2 * Math.PI * spread * match.density),
      chance: 1 - Math.exp(-match.density * Math.PI * square * spread),
      distance: Math.sqrt(square),
      agrees: [
        ...(match.agreesInFrequency ? (['frequency'] as const) : []),
        ...(moves ? (['motion'] as const) : []),
      ],
      warnings: match.warnings,
    },
  ];
}

/** The belt as a whole: a line, for which the formula has one dimension. */
function beltScore({ pointing, covariance }: Sighting, site: Place): Scored | undefined {
  const near = beltDistanceDeg(site, pointing);
  if (!near) return undefined;
  const sigma = Math.hypot(Math.sqrt((covariance.xx + covariance.yy) / 2), 0.15);
  const distance = near.distanceDeg / sigma;
  const density = near.lengthDeg / HEMISPHERE;
  return {
    name: 'geostationary belt',
    kind: 'belt',
    ratio: (PRIOR.belt * Math.exp((-distance * distance) / 2)) / (Math.sqrt(2 * Math.PI) * sigma * density),
    chance: 1 - Math.exp(-2 * near.distanceDeg * density),
    distance,
    agrees: [],
    warnings: [],
  };
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
