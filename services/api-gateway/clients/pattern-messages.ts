import type {
  MeasurePatternRequest,
  MeasurePatternResponse,
  PatternExtreme,
  PatternGainJoin,
  PatternGrid,
  PatternPlane,
  PatternSettings,
  PatternSide,
  PatternTable,
} from '#proto/pattern';
import { PATTERN_WARNINGS, type AntennaPattern } from '#contract/rest/patterns';
import { SkyScanError } from '#shared/base/errors';

/** Columns of points with one value each, for sky-analyst. */
export interface PatternColumns {
  azimuthDeg: number[];
  elevationDeg: number[];
  sourceAzimuthDeg: number[];
  sourceElevationDeg: number[];
  levelDb: number[];
  clipped: boolean[];
  /** Of neighbouring channels; empty: not measured. */
  belowDb: number[];
  aboveDb: number[];
}

export interface PatternRequest {
  settings: PatternSettings;
  points: AsyncIterable<PatternColumns>;
  /** Of the session with the higher gain. Undefined: there is one gain. */
  highGainPoints: AsyncIterable<PatternColumns> | undefined;
}

/** A pattern without what only the gateway knows. */
export type MeasuredPattern = Omit<AntennaPattern, 'session_id' | 'source' | 'frequency_hz' | 'gain_join'> & {
  gain_join: Omit<GainJoin, 'session_id'> | null;
};
type GainJoin = NonNullable<AntennaPattern['gain_join']>;

export async function* patternRequests({
  settings,
  points,
  highGainPoints,
}: PatternRequest): AsyncGenerator<MeasurePatternRequest> {
  yield { content: { $case: 'settings', value: settings } };
  for await (const value of points) yield { content: { $case: 'points', value } };
  if (!highGainPoints) return;
  for await (const value of highGainPoints) yield { content: { $case: 'highGainPoints', value } };
}

export function patternFrom(message: MeasurePatternResponse): MeasuredPattern {
  const { ellipse, envelope, mask, sunNoise, isBound } = message;
  const { hpbw_deg, ...planes } = planesFrom(required(message.azimuth), required(message.elevation));
  return {
    points: message.points,
    hpbw_deg: { ...hpbw_deg, major: ellipse?.major ?? null, minor: ellipse?.minor ?? null },
    ellipticity: ellipse?.ellipticity ?? null,
    orientation_deg: ellipse?.orientation ?? null,
    ...planes,
    front_to_back_db: {
      opposite: message.frontToBack ?? null,
      worst: message.frontToBackWorst ?? null,
    },
    squint_deg: {
      azimuth: required(message.squintAzimuth),
      elevation: required(message.squintElevation),
    },
    directivity_dbi: { ...required(message.directivity), is_upper_bound: isBound },
    beam_solid_angle_sr: { ...required(message.beamSolidAngle), is_lower_bound: isBound },
    coverage: message.coverage,
    background_db: message.backgroundDb ?? null,
    is_background_of_channels: message.isBackgroundOfChannels,
    envelope: envelope
      ? {
          excess_db: required(envelope.excess),
          angle_deg: envelope.angleDeg,
          exceeded: envelope.exceeded,
          gain_dbi: envelope.gainDbi,
        }
      : null,
    mask: mask
      ? { excess_db: required(mask.excess), angle_deg: mask.angleDeg, exceeded: mask.exceeded }
      : null,
    y_factor: sunNoise?.yFactor ?? null,
    g_over_t_db: sunNoise?.gOverTDb ?? null,
    system_temperature_k: sunNoise?.systemTemperatureK ?? null,
    gain_join: message.gainJoin ? gainJoinOf(message.gainJoin) : null,
    warnings: message.warnings.flatMap(({ code, message: text }) => {
      const known = PATTERN_WARNINGS.find((each) => each === code);
      return known ? [{ code: known, message: text }] : [];
    }),
    ...(message.grid && { map: mapOf(message.grid) }),
    ...(message.table && { table: tableOf(message.table, required(message.directivity).value) }),
  };
}

function gainJoinOf(join: PatternGainJoin): Omit<GainJoin, 'session_id'> {
  return {
    factor_db: required(join.factor),
    offset: required(join.offset),
    overlap_db: join.overlapDb,
    matched_points: join.matchedPoints,
    low_gain_points: join.lowGainPoints,
    high_gain_points: join.highGainPoints,
  };
}

/** What both cuts tell. */
export function planesFrom(azimuth: PatternPlane, elevation: PatternPlane) {
  const sidesOf = (pick: (side: PatternSide) => PatternExtreme | undefined) => ({
    azimuth: bothSides(azimuth, pick),
    elevation: bothSides(elevation, pick),
  });
  return {
    hpbw_deg: { azimuth: azimuth.halfPowerWidth ?? null, elevation: elevation.halfPowerWidth ?? null },
    first_null_deg: sidesOf(({ firstNull }) => firstNull),
    side_lobe_db: sidesOf(({ sideLobe }) => sideLobe),
    cuts: { azimuth: cutOf(azimuth), elevation: cutOf(elevation) },
  };
}

const DECIMALS = 100;

function mapOf({ reachDeg, size, gainDb, sigmaDb }: PatternGrid): NonNullable<AntennaPattern['map']> {
  const rows = (values: number[]) =>
    Array.from({ length: size }, (_, row) =>
      values
        .slice(row * size, (row + 1) * size)
        .map((value) => (Number.isFinite(value) ? Math.round(value * DECIMALS) / DECIMALS : null)),
    );
  return { reach_deg: reachDeg, gain_db: rows(gainDb), sigma_db: rows(sigmaDb) };
}

/** The limits of the simulator. */
const GAINS_DBI = [-20, 80] as const;
const GAINS_DB = [-200, 20] as const;

function tableOf(
  { offAxisDeg, rollDeg, gainDb, floorDb }: PatternTable,
  directivityDbi: number,
): NonNullable<AntennaPattern['table']> {
  const within = (value: number, [least, most]: readonly [number, number]) =>
    Math.round(Math.min(most, Math.max(least, value)) * DECIMALS) / DECIMALS;
  const angles = offAxisDeg.length;
  return {
    gain_dbi: within(directivityDbi, GAINS_DBI),
    off_axis_deg: offAxisDeg,
    roll_deg: rollDeg,
    gain_db: rollDeg.map((_, row) =>
      gainDb
        .slice(row * angles, (row + 1) * angles)
        .map((gain) => within(Number.isFinite(gain) ? gain : floorDb, GAINS_DB)),
    ),
  };
}

function bothSides({ before, after }: PatternPlane, pick: (side: PatternSide) => PatternExtreme | undefined) {
  return { before: extremeOf(pick(required(before))), after: extremeOf(pick(required(after))) };
}

function extremeOf(extreme: PatternExtreme | undefined) {
  return extreme ? { level_db: required(extreme.levelDb), angle_deg: required(extreme.angleDeg) } : null;
}

function cutOf({ angleDeg, gainDb, sigmaDb }: PatternPlane): AntennaPattern['cuts']['azimuth'] {
  return angleDeg
    .map((angle_deg, k) => ({ angle_deg, gain_db: gainDb[k] ?? NaN, sigma_db: sigmaDb[k] ?? NaN }))
    .filter(({ gain_db }) => Number.isFinite(gain_db));
}

export function required<T>(value: T | undefined): T {
  if (value !== undefined) return value;
  throw new SkyScanError('internal', 'sky-analyst has sent an incomplete pattern');
}
