import type { FoundSource } from '#proto/found_source';
import type { FindSourcesRequest, FindSourcesResponse, SourceBand, SourceSettings } from '#proto/sky_analyst';
import { SkyScanError } from '#shared/base/errors';
import { dbToLinear } from '#shared/sky/units';
import { codesOfBytes } from '#shared/spectrum/point-spectrum';
import {
  createSessionMapBuilder,
  type BandSettings,
  type PointColumns,
} from '../domain/session/session-map-builder.ts';
import type {
  SearchSettings,
  SessionMap,
  SessionReport,
  SessionSource,
} from '../domain/session/session-map.ts';

/** Size of a packed point (sky_analyst.proto). */
export const POINT_BYTES = 24;
const CLIPPED = 1;
const MAX_POINTS = 2 ** 21;

/** The search that a stream of requests describes. Throws `invalid` and `out_of_range`. */
export async function searchFrom(
  requests: AsyncIterable<FindSourcesRequest>,
): Promise<{ map: SessionMap; settings: SearchSettings }> {
  let settings: SourceSettings | undefined;
  let builder: ReturnType<typeof createSessionMapBuilder> | undefined;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const { content } of requests) {
    if (!settings) {
      if (content?.$case !== 'settings')
        throw new SkyScanError('invalid', 'the first message must have `settings`');
      settings = content.value;
    } else if (content?.$case === 'points') {
      if (builder) throw new SkyScanError('invalid', 'points must precede the bands');
      bytes += content.value.length;
      if (bytes / POINT_BYTES > MAX_POINTS)
        throw new SkyScanError(
          'out_of_range',
          `${Math.ceil(bytes / POINT_BYTES)} points are more than ${MAX_POINTS}`,
        );
      pieces.push(content.value);
    } else if (content?.$case === 'band') {
      builder ??= createSessionMapBuilder(pointsOf(Buffer.concat(pieces)));
      builder.startBand(bandOf(content.value));
    } else if (content?.$case === 'spectra' && builder) {
      const { mean, occupancy, independentTransforms: transforms } = content.value;
      const known = (list: Uint8Array) => (list.length === 0 ? undefined : codesOfBytes(list));
      builder.pushSpectra({ mean: codesOfBytes(mean), occupancy: known(occupancy), transforms });
    } else
      throw new SkyScanError(
        'invalid',
        `expected points, a band or its spectra, not ${content?.$case ?? 'nothing'}`,
      );
  }
  if (!settings || !builder) throw new SkyScanError('invalid', 'settings, points and a band are needed');
  return { map: builder.finish(), settings };
}

/** Throws `invalid` if the last point is not whole. */
export function pointsOf(bytes: Buffer): PointColumns {
  if (bytes.length % POINT_BYTES !== 0)
    throw new SkyScanError('invalid', `${bytes.length} bytes of points are not a multiple of ${POINT_BYTES}`);
  const count = bytes.length / POINT_BYTES;
  const column = () => new Float64Array(count);
  const points = {
    azimuthDeg: column(),
    elevationDeg: column(),
    timeMs: column(),
    level: column(),
    clipped: new Uint8Array(count),
  };
  for (let k = 0, at = 0; k < count; k++, at += POINT_BYTES) {
    points.azimuthDeg[k] = bytes.readFloatBE(at);
    points.elevationDeg[k] = bytes.readFloatBE(at + 4);
    points.level[k] = dbToLinear(bytes.readFloatBE(at + 8)) || 0;
    points.timeMs[k] = bytes.readDoubleBE(at + 12);
    points.clipped[k] = bytes.readUInt32BE(at + 20) & CLIPPED;
  }
  return points;
}

function bandOf({ band, fromHz, toHz, integrationS, interference }: SourceBand): BandSettings {
  if (!(toHz > fromHz)) throw new SkyScanError('invalid', `the band ${fromHz}..${toHz} Hz is empty`);
  return { band, fromHz, toHz, integrationS, interference: Uint8Array.from(interference) };
}

export function progressMessage(done: number, of: number): FindSourcesResponse {
  return { content: { $case: 'progress', value: done / of } };
}

export function reportMessage(report: SessionReport): FindSourcesResponse {
  const { beamWidthDeg, beamWidthErrorDeg, points, isTruncated } = report;
  const sources = report.sources.map(sourceMessage);
  return {
    content: {
      $case: 'report',
      value: { sources, beamWidthDeg, beamWidthErrorDeg, points, isTruncated },
    },
  };
}

export function sourceMessage({ covarianceDeg2, sightings, ...source }: SessionSource): FoundSource {
  const [[covarianceXx, covarianceXy], [, covarianceYy]] = covarianceDeg2;
  return {
    ...source,
    covarianceXx,
    covarianceXy,
    covarianceYy,
    sightings: sightings.map(({ unixMs, pointing, covariance: { xx, xy, yy } }) => ({
      timeMs: unixMs,
      ...pointing,
      covarianceXx: xx,
      covarianceXy: xy,
      covarianceYy: yy,
    })),
  };
}
