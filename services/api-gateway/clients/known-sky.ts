import {
  KnownSkyKind as KindMessage,
  type FindKnownObjectRequest,
  type FindKnownObjectSettings,
  type IdentifySettings,
  type IdentifySourcesRequest,
  type KnownSkySummary,
  type ReadKnownSkyRequest,
  type SkyOverlaysRequest,
  type SkyOverlaysSettings,
} from '#proto/known_sky';
import type { SkyAnalystDefinition } from '#proto/sky_analyst';
import type { KnownSkyKind, OverlayKind } from '#contract/known-sky-values';
import { candidatesSchema, type Candidates } from '#contract/rest/candidates';
import { SkyScanError } from '#shared/base/errors';
import type { GrpcClient } from '#shared/runtime/grpc-client';
import type { OrbitalElements, Place } from '#shared/sky/look';
import type { HertzRange } from '../domain/channel-range.ts';
import type { KnownEmitter, KnownSatellite } from '../domain/known-object-target.ts';
import type { PeerCalls } from './peer-errors.ts';

/** Records in the form of sky-analyst. */
export interface KnownRecords {
  kind: KnownSkyKind;
  records: Buffer;
}

/** A source at one or several times, in degrees and degrees^2. */
export interface SeenSource {
  sightings: {
    timeMs: number;
    azimuthDeg: number;
    elevationDeg: number;
    covariance: { xx: number; xy: number; yy: number };
  }[];
  /** Empty: not known. */
  channels: HertzRange[];
  /** Narrower than the measured band: then it is neither Sun nor Moon. */
  isNarrow: boolean;
}

export interface OverlaysQuestion {
  kinds: readonly OverlayKind[];
  fromMs: number;
  toMs: number;
  bands: readonly HertzRange[];
}

export interface OverlayCurves {
  kind: string;
  curves: { name: string; azimuthsDeg: number[]; elevationsDeg: number[]; timesMs: number[] }[];
}

/** The calls of sky-analyst about what is known of the sky. */
export interface KnownSkyCalls {
  /**
   * Reads a set; each file is a stream of UTF-8. Throws `no_room` for more than the limits,
   * `invalid` without a usable record.
   */
  readKnownSky(
    kind: KnownSkyKind,
    files: Iterable<AsyncIterable<Buffer>>,
    signal: AbortSignal,
  ): Promise<{ records: Buffer[]; summary: KnownSkySummary }>;
  /** What sources probably are, in their order. */
  identifySources(
    site: Place,
    sources: readonly SeenSource[],
    known: readonly KnownRecords[],
    signal: AbortSignal,
  ): Promise<Candidates[]>;
  /**
   * The satellite with this name or catalogue number. Throws `not_found`, and `wrong_state` if
   * several have it.
   */
  findSatellite(name: string, known: readonly KnownRecords[], signal: AbortSignal): Promise<KnownSatellite>;
  /** The same for an emitter. */
  findEmitter(name: string, known: readonly KnownRecords[], signal: AbortSignal): Promise<KnownEmitter>;
  /** Lines and places to draw over a map. */
  skyOverlays(
    site: Place,
    question: OverlaysQuestion,
    known: readonly KnownRecords[],
    signal: AbortSignal,
  ): Promise<{ overlays: OverlayCurves[]; notes: string[] }>;
}

const KINDS: Record<KnownSkyKind, KindMessage> = {
  elements: KindMessage.KNOWN_SKY_KIND_ELEMENTS,
  frequencies: KindMessage.KNOWN_SKY_KIND_FREQUENCIES,
  emitters: KindMessage.KNOWN_SKY_KIND_EMITTERS,
};
const DEADLINE_MS = 60_000;

export function createKnownSkyCalls(
  client: GrpcClient<typeof SkyAnalystDefinition>,
  call: PeerCalls['call'],
): KnownSkyCalls {
  const find = (kind: KnownSkyKind, name: string, known: readonly KnownRecords[], signal: AbortSignal) =>
    call(async () => {
      const settings = { kind: KINDS[kind], name };
      return (await client.findKnownObject(withRecords(settings, known), { signal })).object;
    });
  return {
    readKnownSky: (kind, files, signal) =>
      call(async () => {
        const records: Buffer[] = [];
        for await (const { content } of client.readKnownSky(chunks(kind, files), { signal })) {
          if (content?.$case === 'records') records.push(content.value);
          else if (content?.$case === 'summary') return { records, summary: content.value };
        }
        throw new SkyScanError('internal', 'sky-analyst has sent no summary');
      }),
    identifySources: (site, sources, known, signal) =>
      call(async () => {
        const settings = {
          site,
          sources: sources.map(({ sightings, channels, isNarrow }) => ({
            sightings: sightings.map(({ covariance: { xx, xy, yy }, ...sighting }) => ({
              ...sighting,
              covarianceXx: xx,
              covarianceXy: xy,
              covarianceYy: yy,
            })),
            channels: [...channels],
            isNarrow,
          })),
        };
        const answer = await client.identifySources(withRecords(settings, known), {
          signal,
          deadline: DEADLINE_MS,
        });
        return answer.sources.map(({ accepted, candidates }) =>
          candidatesSchema.parse({ accepted: accepted ?? null, candidates }),
        );
      }),
    async findSatellite(name, known, signal) {
      const object = await find('elements', name, known, signal);
      if (object?.$case !== 'satellite') throw new SkyScanError('internal', 'sky-analyst has no answer');
      const { omm, maxAgeDays } = object.value;
      return { elements: JSON.parse(omm) as OrbitalElements, maxAgeDays };
    },
    async findEmitter(name, known, signal) {
      const object = await find('emitters', name, known, signal);
      const place = object?.$case === 'emitter' ? object.value.place : undefined;
      if (object?.$case !== 'emitter' || !place)
        throw new SkyScanError('internal', 'sky-analyst has no answer');
      return { name: object.value.name, place };
    },
    skyOverlays: (site, { kinds, bands, ...span }, known, signal) =>
      call(() => {
        const settings = { site, ...span, kinds: [...kinds], bands: [...bands] };
        return client.skyOverlays(withRecords(settings, known), { signal, deadline: DEADLINE_MS });
      }),
  };
}

async function* chunks(
  kind: KnownSkyKind,
  files: Iterable<AsyncIterable<Buffer>>,
): AsyncGenerator<ReadKnownSkyRequest> {
  yield { content: { $case: 'kind', value: KINDS[kind] } };
  let isFirst = true;
  for (const file of files) {
    if (!isFirst) yield { content: { $case: 'nextFile', value: true } };
    isFirst = false;
    for await (const chunk of file) yield { content: { $case: 'chunk', value: chunk } };
  }
}

function withRecords(
  settings: IdentifySettings,
  known: readonly KnownRecords[],
): AsyncGenerator<IdentifySourcesRequest>;
function withRecords(
  settings: FindKnownObjectSettings,
  known: readonly KnownRecords[],
): AsyncGenerator<FindKnownObjectRequest>;
function withRecords(
  settings: SkyOverlaysSettings,
  known: readonly KnownRecords[],
): AsyncGenerator<SkyOverlaysRequest>;
// eslint-disable-next-line @typescript-eslint/require-await
async function* withRecords(settings: unknown, known: readonly KnownRecords[]): AsyncGenerator {
  yield { content: { $case: 'settings', value: settings } };
  for (const { kind, records } of known)
    yield { content: { $case: 'records', value: { kind: KINDS[kind], records } } };
}
