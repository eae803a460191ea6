import type {
  MeasurePatternRequest,
  MeasurePatternResponse,
  PatternExtreme,
  PatternPlane,
  PatternPoints,
  PatternSettings as SettingsMessage,
} from '#proto/pattern';
import { SkyScanError } from '#shared/base/errors';
import { dbToLinear, linearToDb } from '#shared/sky/units';
import type { Extreme } from '../domain/pattern/cut.ts';
import type {
  AntennaPattern,
  PatternScan,
  PatternSettings,
  PlaneFigures,
} from '../domain/pattern/pattern.ts';

const MAX_POINTS = 250_000;
/** Columns that are empty if they were not measured. */
const OPTIONAL = new Set(['belowDb', 'aboveDb']);

/** The scan that a stream of requests describes. Throws `invalid` and `out_of_range`. */
export async function patternScanFrom(
  requests: AsyncIterable<MeasurePatternRequest>,
): Promise<{ scan: PatternScan; high: PatternScan | undefined; settings: PatternSettings }> {
  let settings: SettingsMessage | undefined;
  const pieces: Record<'points' | 'highGainPoints', PatternPoints[]> = { points: [], highGainPoints: [] };
  let count = 0;
  for await (const { content } of requests) {
    if (!settings) {
      if (content?.$case !== 'settings')
        throw new SkyScanError('invalid', 'the first message must have `settings`');
      settings = content.value;
    } else if (content?.$case === 'points' || content?.$case === 'highGainPoints') {
      requireEqualSizes(content.value);
      count += content.value.levelDb.length;
      if (count > MAX_POINTS)
        throw new SkyScanError('out_of_range', `${count} points are more than ${MAX_POINTS}`);
      pieces[content.$case].push(content.value);
    } else throw new SkyScanError('invalid', `expected points, not ${content?.$case ?? 'nothing'}`);
  }
  if (!settings) throw new SkyScanError('invalid', 'settings and points are needed');
  return {
    scan: scanOf(pieces.points),
    high: pieces.highGainPoints.length === 0 ? undefined : scanOf(pieces.highGainPoints),
    settings: {
      background: settings.backgroundDb === undefined ? undefined : dbToLinear(settings.backgroundDb),
      sourceWidthDeg: settings.sourceWidthDeg,
      wavelengthM: settings.wavelengthM,
      diameterM: settings.diameterM,
      distanceM: settings.distanceM,
      alongPlanes: settings.alongPlanes,
      withGrid: settings.withGrid,
      withTable: settings.withTable,
      fluxSfu: settings.fluxSfu,
      fluxSigmaSfu: settings.fluxSigmaSfu,
      gainDbi: settings.gainDbi,
      mask: settings.mask.length === 0 ? undefined : settings.mask,
    },
  };
}

function scanOf(pieces: readonly PatternPoints[]): PatternScan {
  const column = (of: (piece: PatternPoints) => number[]) => Float64Array.from(pieces.flatMap(of));
  return {
    azimuthDeg: column(({ azimuthDeg }) => azimuthDeg),
    elevationDeg: column(({ elevationDeg }) => elevationDeg),
    sourceAzimuthDeg: column(({ sourceAzimuthDeg }) => sourceAzimuthDeg),
    sourceElevationDeg: column(({ sourceElevationDeg }) => sourceElevationDeg),
    level: column(({ levelDb }) => levelDb).map(dbToLinear),
    clipped: Uint8Array.from(pieces.flatMap(({ clipped }) => clipped.map(Number))),
    neighbours:
      pieces[0]?.belowDb.length === 0
        ? undefined
        : {
            below: column(({ belowDb }) => belowDb).map(dbToLinear),
            above: column(({ aboveDb }) => aboveDb).map(dbToLinear),
          },
  };
}

function requireEqualSizes(points: PatternPoints): void {
  for (const [name, list] of Object.entries(points) as [string, unknown[]][])
    if (list.length !== points.levelDb.length && !(OPTIONAL.has(name) && list.length === 0))
      throw new SkyScanError(
        'invalid',
        `${name} has ${list.length} values, levelDb has ${points.levelDb.length}`,
      );
}

export function patternToWire(pattern: AntennaPattern): MeasurePatternResponse {
  const { squintDeg, azimuth, elevation, ellipse, frontToBackDb, background, envelope, ...rest } = pattern;
  const { points, coverage, directivityDbi, beamSolidAngleSr, mask, sunNoise, warnings } = rest;
  const { grid, table, gainJoin } = rest;
  return {
    points,
    coverage,
    squintAzimuth: squintDeg.azimuth,
    squintElevation: squintDeg.elevation,
    azimuth: planeToWire(azimuth),
    elevation: planeToWire(elevation),
    ellipse: ellipse && {
      major: ellipse.majorDeg,
      minor: ellipse.minorDeg,
      ellipticity: ellipse.ellipticity,
      orientation: ellipse.orientationDeg,
    },
    frontToBack: frontToBackDb.opposite,
    frontToBackWorst: frontToBackDb.worst,
    directivity: directivityDbi,
    beamSolidAngle: beamSolidAngleSr,
    isBound: directivityDbi.isUpperBound,
    isBackgroundOfChannels: background?.isOfChannels ?? false,
    backgroundDb: background?.isFound && background.level > 0 ? linearToDb(background.level) : undefined,
    envelope: envelope && {
      excess: envelope.excessDb,
      angleDeg: envelope.angleDeg,
      exceeded: envelope.exceeded,
      gainDbi: envelope.gainDbi,
    },
    mask: mask && { excess: mask.excessDb, angleDeg: mask.angleDeg, exceeded: mask.exceeded },
    sunNoise,
    gainJoin: gainJoin && {
      factor: gainJoin.factorDb,
      offset: gainJoin.offset,
      overlapDb: gainJoin.overlapDb,
      matchedPoints: gainJoin.matched,
      lowGainPoints: gainJoin.lowPoints,
      highGainPoints: gainJoin.highPoints,
    },
    warnings,
    grid,
    table: table && { ...table, gainDb: table.gainDb.flat() },
  };
}

export function planeToWire({ hpbwDeg, before, after, cut }: PlaneFigures): PatternPlane {
  const side = ({ firstNull, sideLobe }: PlaneFigures['before']) => ({
    firstNull: firstNull && extremeToWire(firstNull),
    sideLobe: sideLobe && extremeToWire(sideLobe),
  });
  return {
    halfPowerWidth: hpbwDeg,
    before: side(before),
    after: side(after),
    angleDeg: cut.map(({ angleDeg }) => angleDeg),
    gainDb: cut.map(({ gainDb }) => gainDb),
    sigmaDb: cut.map(({ sigmaDb }) => sigmaDb),
  };
}

function extremeToWire({ levelDb, angleDeg }: Extreme): PatternExtreme {
  return { levelDb, angleDeg };
}
