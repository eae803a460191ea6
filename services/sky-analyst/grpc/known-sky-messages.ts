import {
  KnownSkyKind,
  type HertzSpan,
  type IdentifySettings,
  type KnownSkyRecords,
  type SeenSource,
  type SkyOverlaysSettings,
  type SkyPlace,
  type SourceIdentification,
} from '#proto/known_sky';
import { SkyScanError } from '#shared/base/errors';
import type { Place } from '#shared/sky/look';
import type { FrequencyRange } from '../domain/frequency-range.ts';
import type { Identification } from '../domain/identification/candidates.ts';
import type { DetectedSource } from '../domain/identification/detected-source.ts';
import type { KnownBatches, KnownKind } from '../domain/identification/known-records.ts';
import {
  OVERLAY_KINDS,
  type OverlayKind,
  type OverlaysRequest,
} from '../domain/identification/sky-overlays.ts';

const MAX_SOURCES = 1_000;
const MAX_SIGHTINGS = 100;
const MAX_RANGES = 64;
const MAX_RECORD_BYTES = 64 * 2 ** 20;

/** Throws `invalid` for an unknown kind. */
export function knownKindOf(kind: KnownSkyKind | undefined): KnownKind {
  switch (kind) {
    case KnownSkyKind.KNOWN_SKY_KIND_ELEMENTS:
      return 'elements';
    case KnownSkyKind.KNOWN_SKY_KIND_FREQUENCIES:
      return 'frequencies';
    case KnownSkyKind.KNOWN_SKY_KIND_EMITTERS:
      return 'emitters';
    default:
      throw invalid('kind is not set');
  }
}

interface RecordsCall<Settings> {
  content?: { $case: 'settings'; value: Settings } | { $case: 'records'; value: KnownSkyRecords } | undefined;
}

/**
 * The settings and the records of a call. Throws `invalid` for another order, `no_room` for more
 * than 64 MiB of records.
 */
export async function recordsOf<Settings>(
  requests: AsyncIterable<RecordsCall<Settings>>,
): Promise<{ settings: Settings; batches: KnownBatches }> {
  const batches: KnownBatches = { elements: [], frequencies: [], emitters: [] };
  let settings: Settings | undefined;
  let bytes = 0;
  for await (const { content } of requests) {
    if (settings === undefined) {
      if (content?.$case !== 'settings') throw invalid('the first message must have `settings`');
      settings = content.value;
    } else if (content?.$case === 'records') {
      const { kind, records } = content.value;
      bytes += records.length;
      if (bytes > MAX_RECORD_BYTES)
        throw new SkyScanError('no_room', `records of the known sky: more than ${MAX_RECORD_BYTES} bytes`);
      batches[knownKindOf(kind)].push(records);
    } else throw invalid('each further message must have `records`');
  }
  if (settings === undefined) throw invalid('the first message must have `settings`');
  return { settings, batches };
}

/** Throws `invalid`. */
export function placeOf(place: SkyPlace | undefined): Place {
  if (!place) throw invalid('site is not set');
  return {
    latitudeDeg: within('latitude_deg', place.latitudeDeg, -90, 90),
    longitudeDeg: within('longitude_deg', place.longitudeDeg, -180, 180),
    heightM: within('height_m', place.heightM, -500, 100_000),
  };
}

/** Throws `invalid`. */
export function sourcesOf({ sources }: IdentifySettings): DetectedSource[] {
  atMost('sources', sources.length, MAX_SOURCES);
  return sources.map(sourceOf);
}

function sourceOf({ sightings, channels, isNarrow }: SeenSource): DetectedSource {
  atMost('sightings', sightings.length, MAX_SIGHTINGS);
  return {
    sightings: sightings.map((of) => {
      const covariance = { xx: of.covarianceXx, xy: of.covarianceXy, yy: of.covarianceYy };
      const { xx, xy, yy } = covariance;
      if (!(xx > 0 && yy > 0 && xx * yy - xy * xy > 0 && Number.isFinite(xx * yy)))
        throw invalid(`covariance ${xx}, ${xy}, ${yy} deg^2 is not positive definite`);
      return {
        unixMs: within('time_ms', of.timeMs, 0, 4e12),
        pointing: {
          azimuthDeg: within('azimuth_deg', of.azimuthDeg, -360, 720),
          elevationDeg: within('elevation_deg', of.elevationDeg, -90, 90),
        },
        covariance,
      };
    }),
    channels: rangesOf(channels),
    isNarrow,
  };
}

/** Throws `invalid`. */
export function overlaysRequestOf({ kinds, fromMs, toMs, bands }: SkyOverlaysSettings): OverlaysRequest {
  const from = within('from_ms', fromMs, 0, 4e12);
  return {
    kinds: kinds.map(overlayKindOf),
    fromMs: from,
    toMs: within('to_ms', toMs, from, 4e12),
    bands: rangesOf(bands),
  };
}

function overlayKindOf(kind: string): OverlayKind {
  const known = OVERLAY_KINDS.find((each) => each === kind);
  if (!known)
    throw invalid(`kind ${JSON.stringify(kind.slice(0, 40))} is none of ${OVERLAY_KINDS.join(', ')}`);
  return known;
}

/** The message of a result. */
export function toMessage({ accepted, candidates }: Identification): SourceIdentification {
  return { accepted: accepted?.name, candidates };
}

function rangesOf(spans: readonly HertzSpan[]): FrequencyRange[] {
  atMost('frequency ranges', spans.length, MAX_RANGES);
  return spans.map(({ fromHz, toHz }) => {
    within('from_hz', fromHz, 0, 1e12);
    return { fromHz, toHz: within('to_hz', toHz, fromHz, 1e12) };
  });
}

function within(name: string, value: number, low: number, high: number): number {
  if (value >= low && value <= high) return value;
  throw invalid(`${name} ${value} is outside ${low}..${high}`);
}

function atMost(name: string, count: number, limit: number): void {
  if (count > limit) throw invalid(`${count} ${name} are more than ${limit}`);
}

function invalid(message: string): SkyScanError {
  return new SkyScanError('invalid', message);
}
