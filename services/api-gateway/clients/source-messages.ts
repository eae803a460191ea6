import type { FoundSource as FoundSourceMessage } from '#proto/found_source';
import type { FindSourcesRequest, SourceReport as SourceReportMessage } from '#proto/sky_analyst';
import { SOURCE_FLAGS } from '#contract/rest/sources';
import { bytesOfCodes } from '#shared/spectrum/point-spectrum';
import type { HertzRange } from '../domain/channel-range.ts';
import type { FoundSource } from '../store/sources/sources.ts';
import type { StoredBand } from '../store/spectra/bands.ts';
import type { SpectraBlock } from '../store/spectra/read-points.ts';

/** A search; undefined settings: the defaults of sky-analyst. */
export interface SourceSearchRequest {
  settings: {
    beamWidthDeg: number | undefined;
    thresholdSigma: number | undefined;
    gainError: number | undefined;
    maxSources: number | undefined;
    /** Of the antenna, degrees from its axis. */
    measuredLobes: { rightDeg: number; upDeg: number; levelDb: number }[];
  };
  /** Packed points (sky_analyst.proto). */
  points: AsyncIterable<Buffer>;
  bands: AsyncIterable<SourceBand>;
}

export interface SourceBand {
  /** Measured frequencies. */
  range: HertzRange;
  integrationS: number;
  /** 1 by point: it has interference; undefined: not searched. */
  interference: Uint8Array | undefined;
  /** Undefined: the levels are those of the points. */
  spectra: { band: StoredBand; blocks: AsyncIterable<SpectraBlock> } | undefined;
}

export interface SourceReport {
  /** The strongest first; without candidates. */
  sources: Omit<FoundSource, 'candidates'>[];
  beamWidthDeg: number;
  /** Undefined: the width was given. */
  beamWidthErrorDeg: number | undefined;
  isTruncated: boolean;
}

export async function* sourceRequests(search: SourceSearchRequest): AsyncGenerator<FindSourcesRequest> {
  yield { content: { $case: 'settings', value: search.settings } };
  for await (const value of search.points) yield { content: { $case: 'points', value } };
  for await (const { range, integrationS, interference, spectra } of search.bands) {
    const band = spectra && {
      firstChannelHz: spectra.band.firstChannelHz,
      channelHz: spectra.band.channelHz,
      flags: Buffer.from(spectra.band.flags),
    };
    const flags = Buffer.from(interference ?? []);
    yield { content: { $case: 'band', value: { band, ...range, integrationS, interference: flags } } };
    if (!spectra) continue;
    for await (const { codes, independentTransforms } of spectra.blocks) {
      const bytes = (list: Int16Array | undefined) => Buffer.from(list ? bytesOfCodes(list) : []);
      const value = {
        mean: bytes(codes.mean),
        occupancy: bytes(codes.occupancy),
        independentTransforms: [...independentTransforms],
      };
      yield { content: { $case: 'spectra', value } };
    }
  }
}

export function reportFrom({ sources, ...rest }: SourceReportMessage): SourceReport {
  const { beamWidthDeg, beamWidthErrorDeg, isTruncated } = rest;
  return { sources: sources.map(sourceFrom), beamWidthDeg, beamWidthErrorDeg, isTruncated };
}

export function sourceFrom(message: FoundSourceMessage): Omit<FoundSource, 'candidates'> {
  return {
    azimuth_deg: message.azimuthDeg,
    elevation_deg: message.elevationDeg,
    azimuth_error_deg: message.azimuthErrorDeg,
    elevation_error_deg: message.elevationErrorDeg,
    covariance_xx: message.covarianceXx,
    covariance_xy: message.covarianceXy,
    covariance_yy: message.covarianceYy,
    peak_db: message.peakDb,
    snr: message.snr,
    width_deg: message.widthDeg ?? null,
    channels: message.channels.map(({ fromHz, toHz }) => ({ from_hz: fromHz, to_hz: toHz })),
    occupancy: message.occupancy ?? null,
    is_narrow: message.isNarrow,
    first_seen: new Date(message.firstSeenMs),
    last_seen: new Date(message.lastSeenMs),
    flags: SOURCE_FLAGS.filter((flag) => message.flags.includes(flag)),
    sightings: message.sightings.map((sighting) => ({
      time_ms: sighting.timeMs,
      azimuth_deg: sighting.azimuthDeg,
      elevation_deg: sighting.elevationDeg,
      covariance_xx: sighting.covarianceXx,
      covariance_xy: sighting.covarianceXy,
      covariance_yy: sighting.covarianceYy,
    })),
  };
}
