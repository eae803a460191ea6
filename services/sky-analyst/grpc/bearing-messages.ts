import {
  BearingClass as WireClass,
  CrossingStatus,
  NoPlaceReason,
  type Bearing as WireBearing,
  type SolveBearingsRequest,
  type SolveBearingsResponse,
} from '#proto/sky_analyst';
import { SkyScanError } from '#shared/base/errors';
import { bearingSigmaDeg, type Bearing, type BearingClass } from '../domain/bearings/bearing.ts';
import type { CrossingOptions, FoundCrossing, FoundCrossings } from '../domain/bearings/find-crossings.ts';

/** Throws `invalid` for a bearing without error or class. */
export function bearingsFrom(request: SolveBearingsRequest): {
  bearings: Bearing[];
  options: CrossingOptions;
} {
  const { bearings, associate, maxDistanceM } = request;
  if (maxDistanceM !== undefined && !(maxDistanceM > 0))
    throw new SkyScanError('invalid', `max_distance_m is ${maxDistanceM} m; it must be above 0 m`);
  return {
    bearings: bearings.map(bearingFrom),
    options: { associate, ...(maxDistanceM !== undefined && { maxDistanceM }) },
  };
}

function bearingFrom(bearing: WireBearing): Bearing {
  const { site, latitudeDeg, longitudeDeg, azimuthDeg, channels, fromMs, toMs } = bearing;
  return {
    siteId: site,
    latitudeDeg,
    longitudeDeg,
    azimuthDeg,
    sigmaDeg: sigmaOf(bearing),
    ...(channels.length > 0 && { channels }),
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
  };
}

function sigmaOf({ site, accuracy }: WireBearing): number {
  if (accuracy?.$case === 'sigmaDeg') return accuracy.value;
  const name = accuracy && CLASSES.get(accuracy.value);
  if (name === undefined)
    throw new SkyScanError('invalid', `site ${site}: the bearing has neither sigma_deg nor a class`);
  return bearingSigmaDeg(name);
}

const CLASSES = new Map<WireClass, BearingClass>([
  [WireClass.BEARING_CLASS_A, 'A'],
  [WireClass.BEARING_CLASS_B, 'B'],
  [WireClass.BEARING_CLASS_C, 'C'],
]);

export function crossingsToWire({ crossings, noPlace }: FoundCrossings): SolveBearingsResponse {
  return {
    crossings: crossings.map(crossingToWire),
    ...(noPlace && { noPlace: { reason: REASONS[noPlace.reason], message: noPlace.message } }),
  };
}

function crossingToWire({ place, status, note = '', outline, bearings }: FoundCrossing) {
  const { area, covariance } = place;
  return {
    status: STATUSES[status],
    note,
    place: { latitudeDeg: place.latitudeDeg, longitudeDeg: place.longitudeDeg },
    covarianceEe: covariance.ee,
    covarianceEn: covariance.en,
    covarianceNn: covariance.nn,
    crossingDeg: place.crossingDeg,
    ...(area.kind === 'ellipse' && { ellipse: area }),
    outline,
    isOpen: area.kind === 'region' && area.isOpen,
    chiSquare: place.chiSquare,
    consistency: place.consistency,
    bearings,
  };
}

const STATUSES = {
  confirmed: CrossingStatus.CROSSING_STATUS_CONFIRMED,
  possible: CrossingStatus.CROSSING_STATUS_POSSIBLE,
  ghost: CrossingStatus.CROSSING_STATUS_GHOST,
};

const REASONS = {
  parallel: NoPlaceReason.NO_PLACE_REASON_PARALLEL,
  behind: NoPlaceReason.NO_PLACE_REASON_BEHIND,
  too_far: NoPlaceReason.NO_PLACE_REASON_TOO_FAR,
  no_crossing: NoPlaceReason.NO_PLACE_REASON_NO_CROSSING,
};
