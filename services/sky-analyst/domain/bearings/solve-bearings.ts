import { SkyScanError } from '#shared/base/errors';
import { geodesicBetween } from '#shared/sky/geodesic';
import type { Site } from '#shared/sky/site';
import { chanceAbove } from '../statistics/chi-square.ts';
import { inverseOf } from '../statistics/symmetric.ts';
import { wrappedDeg, type Bearing } from './bearing.ts';
import { mostLikelyPlace, type Fit } from './likelihood.ts';
import { ellipseError, ellipseOf, likelihoodRegion, type Ellipse, type Region } from './region.ts';
import { stansfieldPlace } from './stansfield.ts';

/** The place of a source, or why there is none. */
export type BearingResult = Place | NoPlace;

export interface Place extends Site {
  kind: 'place';
  /** Of east and north, m^2. */
  covariance: { ee: number; en: number; nn: number };
  /** The largest angle between two bearings at the place, 0 to 90 degrees. */
  crossingDeg: number;
  /** Contains the source with 95 %: an ellipse, or a region where none describes the errors. */
  area: ({ kind: 'ellipse' } & Ellipse) | ({ kind: 'region' } & Region);
  chiSquare: number;
  /** Probability that bearings of one source fit as badly: 1 with two bearings. */
  consistency: number;
  /** Measured minus geodesic azimuth by bearing, degrees. */
  residualsDeg: number[];
}

export interface NoPlace {
  kind: 'no_place';
  reason: 'parallel' | 'behind' | 'too_far';
  /** For people. */
  message: string;
}

export interface SolveOptions {
  /** No place and no region farther from all sites than this; default 2,000 km. */
  maxDistanceM?: number;
  /** Of the polygon of a region; default 48. */
  corners?: number;
}

const MAX_BEARINGS = 1_000;
const DEFAULT_DISTANCE_M = 2_000_000;
/** Below this angle, degrees, an ellipse does not describe the errors. */
const MIN_CROSSING_DEG = 15;
/** Chi square on an ellipse may differ from 5.991 by this share. */
const MAX_ELLIPSE_ERROR = 0.3;
/** A bearing that misses its place by more standard deviations leads elsewhere. */
const MAX_MISS = 6;

/**
 * The place where bearings of one source cross: the maximum likelihood of the geodesic azimuths.
 * Throws `invalid` for fewer than two sites or values that are not possible.
 */
export function solveBearings(bearings: readonly Bearing[], options: SolveOptions = {}): BearingResult {
  checkBearings(bearings);
  const { maxDistanceM = DEFAULT_DISTANCE_M, corners = 48 } = options;
  const start = stansfieldPlace(bearings);
  const fit = mostLikelyPlace(bearings, start, maxDistanceM);
  if (!fit) return noPlace('parallel', bearings, maxDistanceM);
  const missed = bearings.find(
    (bearing, k) => Math.abs(fit.residualsDeg[k] as number) > Math.max(90, MAX_MISS * bearing.sigmaDeg),
  );
  if (missed) return noPlace('behind', bearings, maxDistanceM, missed);
  const { ee, en, nn } = fit.information;
  const covariance = inverseOf([
    [ee, en],
    [en, nn],
  ]);
  if (!covariance) return noPlace('parallel', bearings, maxDistanceM);
  if (bearings.every((bearing) => geodesicBetween(bearing, fit.place).distanceM > maxDistanceM))
    return noPlace('too_far', bearings, maxDistanceM);
  const crossingDeg = largestCrossingDeg(fit);
  const fits = crossingDeg >= MIN_CROSSING_DEG && ellipseError(bearings, fit) <= MAX_ELLIPSE_ERROR;
  return {
    kind: 'place',
    ...fit.place,
    covariance: {
      ee: covariance[0]?.[0] ?? NaN,
      en: covariance[0]?.[1] ?? NaN,
      nn: covariance[1]?.[1] ?? NaN,
    },
    crossingDeg,
    area: fits
      ? { kind: 'ellipse', ...ellipseOf(fit) }
      : { kind: 'region', ...likelihoodRegion(bearings, fit, { corners, maxDistanceM }) },
    chiSquare: fit.chiSquare,
    consistency: chanceAbove(fit.chiSquare, bearings.length - 2),
    residualsDeg: fit.residualsDeg,
  };
}

function largestCrossingDeg({ arrivalsDeg }: Fit): number {
  let largest = 0;
  arrivalsDeg.forEach((a, k) =>
    arrivalsDeg.slice(k + 1).forEach((b) => {
      const angle = Math.abs(wrappedDeg(a - b));
      largest = Math.max(largest, Math.min(angle, 180 - angle));
    }),
  );
  return largest;
}

function noPlace(
  reason: NoPlace['reason'],
  bearings: readonly Bearing[],
  maxDistanceM: number,
  missed?: Bearing,
): NoPlace {
  const sites = bearings.map(({ siteId }) => siteId).join(', ');
  const limit = `${Math.round(maxDistanceM / 1_000)} km`;
  const messages = {
    parallel: `the bearings of ${sites} do not cross within ${limit}: they are parallel or diverge`,
    behind: `the bearings of ${sites} cross only behind ${missed?.siteId ?? ''}`,
    too_far: `the bearings of ${sites} cross farther away than ${limit}`,
  };
  return { kind: 'no_place', reason, message: messages[reason] };
}

/** Throws `invalid` as `solveBearings` does. */
export function checkBearings(bearings: readonly Bearing[]): void {
  const refuse = (message: string): never => {
    throw new SkyScanError('invalid', message);
  };
  if (bearings.length > MAX_BEARINGS) refuse(`${bearings.length} bearings are more than ${MAX_BEARINGS}`);
  if (new Set(bearings.map(({ latitudeDeg, longitudeDeg }) => `${latitudeDeg} ${longitudeDeg}`)).size < 2)
    refuse(`${bearings.length} bearings from one place cannot cross: at least 2 places are needed`);
  for (const { siteId, latitudeDeg, longitudeDeg, azimuthDeg, sigmaDeg } of bearings) {
    if (!(Math.abs(latitudeDeg) <= 90))
      refuse(`site ${siteId}: latitude ${latitudeDeg} deg is outside -90..90 deg`);
    if (!(Math.abs(longitudeDeg) <= 360))
      refuse(`site ${siteId}: longitude ${longitudeDeg} deg is outside -360..360 deg`);
    if (!Number.isFinite(azimuthDeg))
      refuse(`site ${siteId}: azimuth ${azimuthDeg} deg is not a finite number`);
    if (!(sigmaDeg > 0 && sigmaDeg <= 90))
      refuse(`site ${siteId}: bearing error ${sigmaDeg} deg is outside 0..90 deg`);
  }
}
