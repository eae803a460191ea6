import type { Place } from '#shared/sky/look';
import { degToRad } from '#shared/sky/units';
import type { DetectedSource, KnownSky } from './detected-source.ts';
import { beltDistanceDeg } from './geostationary-belt.ts';
import { HEMISPHERE, matchesNear, type Match } from './matches.ts';
import { chiSquareOf, spreadOf, widened, type Sighting } from './offsets.ts';
import type { OrbitClass } from './satellites.ts';
import { motionOf, type SourceMotion, type TrackOffset } from './source-motion.ts';

export type CandidateKind = 'sun' | 'moon' | 'belt' | 'emitter' | OrbitClass;

export interface Candidate {
  name: string;
  kind: CandidateKind;
  posterior: number;
  /** Probability that something else of its kind is as near and moves as well. */
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
const ACCEPT = 0.9;
/** Less probable candidates are not listed. */
const MIN_POSTERIOR = 0.001;

/**
 * What a source probably is, each candidate at the time of each sighting. The likelihood ratio is
 * q exp(-r^2 / 2) / (2 pi s1 s2 rho) (Sutherland and Saunders 1992), r the mean distance from the
 * candidate's track and rho the density of candidates of the kind, times that of the motion
 * (source-motion.ts); the posterior is the ratio divided by the sum of all ratios and the
 * probability of none. Frequencies outside a candidate's exclude it, as does another motion. A low
 * satellite has no name unless its frequency or motion agrees.
 */
export function candidatesAt(source: DetectedSource, sky: KnownSky): Identification {
  const [first] = source.sightings;
  if (!first) return { accepted: undefined, candidates: [] };
  const { matches, tracks } = matchesNear(source, first, sky);
  const motion = motionOf(source.sightings, tracks);
  const scored = scoresOf(matches, motion);
  const belt = beltScore(first, motion, sky.site);
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

type Scored = Omit<Candidate, 'posterior'> & { ratio: number };

/** Of the objects whose motion agrees. */
function scoresOf(matches: readonly Match[], motion: SourceMotion): Scored[] {
  const tracks = matches.flatMap((match) => {
    const track = motion.offsetFrom(match.at);
    return track ? [{ match, track }] : [];
  });
  return tracks
    .filter(({ track }) => motion.agrees(track.scatter))
    .map(({ match, track }) => {
      const alike = matches.filter(
        ({ kind, agreesInFrequency }) => kind === match.kind && agreesInFrequency === match.agreesInFrequency,
      );
      const moveAsWell = tracks.filter(
        (other) => alike.includes(other.match) && other.track.scatter <= track.scatter,
      );
      return scoreOf(match, track, motion, moveAsWell.length / alike.length);
    });
}

/** @param share Of the objects of its kind around the source, those that move as well. */
function scoreOf(
  match: Match,
  { mean, covariance, scatter }: TrackOffset,
  motion: SourceMotion,
  share: number,
): Scored {
  let total = widened(covariance, match.sigmaDeg);
  if (match.kind === 'emitter') total = { ...total, yy: total.yy + 1.5 ** 2 };
  const square = chiSquareOf(mean, total);
  const spread = spreadOf(total);
  const ratio = (PRIOR[match.kind] * Math.exp(-square / 2)) / (2 * Math.PI * spread * match.density);
  return {
    name: match.name,
    kind: match.kind,
    ratio: ratio * motion.ratio(scatter),
    chance: 1 - Math.exp(-match.density * share * Math.PI * square * spread),
    distance: Math.sqrt(square),
    agrees: [
      ...(match.agreesInFrequency ? (['frequency'] as const) : []),
      ...(motion.moves ? (['motion'] as const) : []),
    ],
    warnings: match.warnings,
  };
}

/** The belt as a whole: a line, for which the formula has one dimension. */
function beltScore(first: Sighting, motion: SourceMotion, site: Place): Scored | undefined {
  const { mean, covariance, scatter } = motion.still;
  if (!motion.agrees(scatter)) return undefined;
  const near = beltDistanceDeg(site, {
    azimuthDeg: first.pointing.azimuthDeg + mean.x / Math.cos(degToRad(first.pointing.elevationDeg)),
    elevationDeg: first.pointing.elevationDeg + mean.y,
  });
  if (!near) return undefined;
  const sigma = Math.hypot(Math.sqrt((covariance.xx + covariance.yy) / 2), 0.15);
  const distance = near.distanceDeg / sigma;
  const density = near.lengthDeg / HEMISPHERE;
  const ratio =
    (PRIOR.belt * Math.exp((-distance * distance) / 2)) / (Math.sqrt(2 * Math.PI) * sigma * density);
  return {
    name: 'geostationary belt',
    kind: 'belt',
    ratio: ratio * motion.ratio(scatter),
    chance: 1 - Math.exp(-2 * near.distanceDeg * density),
    distance,
    agrees: [],
    warnings: [],
  };
}
