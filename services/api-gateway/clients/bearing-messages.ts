import {
  BearingClass,
  CrossingStatus,
  NoPlaceReason,
  type Bearing as WireBearing,
  type Crossing as WireCrossing,
  type SolveBearingsRequest,
  type SolveBearingsResponse,
} from '#proto/sky_analyst';
import type { Crossing, PlaceArea, SolveAnswer, UsedBearing } from '#contract/rest/bearings';
import type { Place } from '#shared/sky/look';
import type { HertzRange } from '../domain/channel-range.ts';
import { roundedTo } from '../domain/rounding.ts';

/** A bearing with the place of its site. */
export interface SolvableBearing extends Place {
  /** Null: a place that is not a site. */
  siteId: number | null;
  /** For people; not unique. */
  name: string;
  azimuthDeg: number;
  /** Standard deviation of the azimuth, or a class of ITU-R SM.854. */
  accuracy: { sigmaDeg: number } | { class: 'A' | 'B' | 'C' };
  /** Undefined: unknown. */
  channels?: readonly HertzRange[] | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  sourceId: number | null;
  sessionId: number | null;
}

export interface SolveSettings {
  /** Combine bearings that may be of one source; otherwise all are of one. */
  associate: boolean;
  /** Default: 2,000 km. */
  maxDistanceM?: number;
}

export function solveRequest(
  bearings: readonly SolvableBearing[],
  { associate, maxDistanceM }: SolveSettings,
): SolveBearingsRequest {
  const labels = labelsOf(bearings);
  return {
    bearings: bearings.map((bearing, k) => bearingToWire(bearing, labels[k] ?? '')),
    associate,
    ...(maxDistanceM !== undefined && { maxDistanceM }),
  };
}

/** The names of the places; different places have different ones, the same place has one. */
function labelsOf(bearings: readonly SolvableBearing[]): string[] {
  const placeOf = new Map<string, string>();
  const nameAt = new Map<string, string>();
  return bearings.map(({ name, latitudeDeg, longitudeDeg }) => {
    const place = `${latitudeDeg}, ${longitudeDeg}`;
    const known = nameAt.get(place);
    if (known !== undefined) return known;
    const label = placeOf.has(name) ? `${name} (${place})` : name;
    placeOf.set(label, place);
    nameAt.set(place, label);
    return label;
  });
}

function bearingToWire(bearing: SolvableBearing, site: string): WireBearing {
  const { latitudeDeg, longitudeDeg, azimuthDeg, accuracy, channels = [], fromMs, toMs } = bearing;
  return {
    site,
    latitudeDeg,
    longitudeDeg,
    azimuthDeg,
    accuracy:
      'class' in accuracy
        ? { $case: 'class', value: CLASSES[accuracy.class] }
        : { $case: 'sigmaDeg', value: accuracy.sigmaDeg },
    channels: [...channels],
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
  };
}

const CLASSES = {
  A: BearingClass.BEARING_CLASS_A,
  B: BearingClass.BEARING_CLASS_B,
  C: BearingClass.BEARING_CLASS_C,
};

/** The answer in its published form, rounded. */
export function solveAnswer(
  { crossings, noPlace }: SolveBearingsResponse,
  bearings: readonly SolvableBearing[],
): SolveAnswer {
  return {
    crossings: crossings.map((crossing) => crossingFrom(crossing, bearings)),
    no_place: noPlace
      ? { reason: REASONS.get(noPlace.reason) ?? 'no_crossing', message: noPlace.message }
      : null,
  };
}

function crossingFrom(crossing: WireCrossing, bearings: readonly SolvableBearing[]): Crossing {
  const { place, note, covarianceEe, covarianceEn, covarianceNn } = crossing;
  return {
    status: STATUSES.get(crossing.status) ?? 'possible',
    note: note === '' ? null : note,
    latitude_deg: roundedTo(place?.latitudeDeg ?? NaN, 7),
    longitude_deg: roundedTo(place?.longitudeDeg ?? NaN, 7),
    covariance_m2: {
      ee: Number(covarianceEe.toPrecision(6)),
      en: Number(covarianceEn.toPrecision(6)),
      nn: Number(covarianceNn.toPrecision(6)),
    },
    crossing_deg: roundedTo(crossing.crossingDeg, 2),
    area: areaFrom(crossing),
    chi_square: roundedTo(crossing.chiSquare, 3),
    consistency: roundedTo(crossing.consistency, 6),
    bearings: crossing.bearings.flatMap(({ index, ...fit }) => {
      const bearing = bearings[index];
      return bearing ? [usedBearing(bearing, fit)] : [];
    }),
  };
}

function areaFrom({ ellipse, outline, isOpen }: WireCrossing): PlaceArea {
  const corners = outline.map(({ latitudeDeg, longitudeDeg }): [number, number] => [
    roundedTo(longitudeDeg, 7),
    roundedTo(latitudeDeg, 7),
  ]);
  if (!ellipse) return { kind: 'region', is_open: isOpen, outline: corners };
  return {
    kind: 'ellipse',
    semi_major_m: roundedTo(ellipse.semiMajorM, 1),
    semi_minor_m: roundedTo(ellipse.semiMinorM, 1),
    azimuth_deg: roundedTo(ellipse.azimuthDeg, 2),
    outline: corners,
  };
}

function usedBearing(
  bearing: SolvableBearing,
  { sigmaDeg, residualDeg, distanceM }: { sigmaDeg: number; residualDeg: number; distanceM: number },
): UsedBearing {
  const { siteId, name, latitudeDeg, longitudeDeg, heightM, azimuthDeg, sourceId, sessionId } = bearing;
  return {
    site_id: siteId,
    name,
    latitude_deg: latitudeDeg,
    longitude_deg: longitudeDeg,
    height_m: heightM,
    azimuth_deg: roundedTo(azimuthDeg - 360 * Math.floor(azimuthDeg / 360), 4),
    sigma_deg: roundedTo(sigmaDeg, 4),
    residual_deg: roundedTo(residualDeg, 4),
    distance_m: roundedTo(distanceM, 1),
    source_id: sourceId,
    session_id: sessionId,
  };
}

const STATUSES = new Map<CrossingStatus, Crossing['status']>([
  [CrossingStatus.CROSSING_STATUS_CONFIRMED, 'confirmed'],
  [CrossingStatus.CROSSING_STATUS_POSSIBLE, 'possible'],
  [CrossingStatus.CROSSING_STATUS_GHOST, 'ghost'],
]);

const REASONS = new Map<NoPlaceReason, NonNullable<SolveAnswer['no_place']>['reason']>([
  [NoPlaceReason.NO_PLACE_REASON_PARALLEL, 'parallel'],
  [NoPlaceReason.NO_PLACE_REASON_BEHIND, 'behind'],
  [NoPlaceReason.NO_PLACE_REASON_TOO_FAR, 'too_far'],
  [NoPlaceReason.NO_PLACE_REASON_NO_CROSSING, 'no_crossing'],
]);
