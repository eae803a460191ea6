import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  KnownSkyKind,
  type FindKnownObjectRequest,
  type IdentifySourcesRequest,
  type KnownSatellite,
  type ReadKnownSkyRequest,
  type SkyOverlaysRequest,
} from '#proto/known_sky';
import { SkyAnalystDefinition } from '#proto/sky_analyst';
import { errorKind, errorMessage } from '#shared/base/errors';
import { createGrpcClient, type GrpcClient } from '#shared/runtime/grpc-client';
import { startAnalyst } from '../support/analyst.ts';
import { PATIENT } from '../support/patience.ts';
import { madeUpElements } from '../support/satellite-population.ts';
import { seededRandom } from '../support/samples.ts';

let analyst: Awaited<ReturnType<typeof startAnalyst>>;
let client: GrpcClient<typeof SkyAnalystDefinition>;
let close: () => void;

beforeAll(async () => {
  analyst = await startAnalyst();
  ({ client, close } = createGrpcClient(SkyAnalystDefinition, `127.0.0.1:${analyst.port}`, PATIENT));
});
afterAll(async () => {
  close();
  await analyst.close();
});

const NOON = Date.UTC(2026, 10, 29, 12);
const ELEMENTS = madeUpElements(100, NOON, seededRandom(3));
const kind: ReadKnownSkyRequest = {
  content: { $case: 'kind', value: KnownSkyKind.KNOWN_SKY_KIND_ELEMENTS },
};
const chunk = (text: string): ReadKnownSkyRequest => ({
  content: { $case: 'chunk', value: Buffer.from(text) },
});
const nextFile: ReadKnownSkyRequest = { content: { $case: 'nextFile', value: true } };
const site = { latitudeDeg: 50, longitudeDeg: 8, heightM: 0 };

// eslint-disable-next-line @typescript-eslint/require-await
async function* stream<T>(requests: readonly T[]) {
  yield* requests;
}

async function read(...requests: ReadKnownSkyRequest[]) {
  const answers = [];
  for await (const answer of client.readKnownSky(stream(requests))) answers.push(answer.content);
  return answers;
}

async function recordsOfElements(): Promise<Buffer> {
  const [first] = await read(kind, chunk(JSON.stringify(ELEMENTS)));
  if (first?.$case !== 'records') throw new Error('no records');
  return first.value;
}

const identify = (...requests: IdentifySourcesRequest[]) => client.identifySources(stream(requests));
const find = (...requests: FindKnownObjectRequest[]) => {
  const value = { kind: KnownSkyKind.KNOWN_SKY_KIND_ELEMENTS, name: 'geo 10' };
  return client.findKnownObject(stream([{ content: { $case: 'settings', value } }, ...requests]));
};
const overlays = (...requests: SkyOverlaysRequest[]) => client.skyOverlays(stream(requests));
const overlaysOf = (kinds: string[], change: object = {}): SkyOverlaysRequest => ({
  content: {
    $case: 'settings',
    value: { site, kinds, fromMs: NOON, toMs: NOON + 3_600_000, bands: [], ...change },
  },
});
const sourceOf = (change: object): IdentifySourcesRequest => {
  const sighting = {
    ...{ timeMs: NOON, azimuthDeg: 180, elevationDeg: 30 },
    ...{ covarianceXx: 0.1, covarianceXy: 0, covarianceYy: 0.1, ...change },
  };
  const sources = [{ sightings: [sighting], channels: [], isNarrow: false }];
  return { content: { $case: 'settings', value: { site, sources } } };
};

test('a set of several files has records, then a summary', async () => {
  const lines = ['{', JSON.stringify(ELEMENTS[0]).slice(1)];
  const answers = await read(kind, ...lines.map(chunk), nextFile, chunk(JSON.stringify(ELEMENTS)));
  expect(answers.map((answer) => answer?.$case)).toEqual(['records', 'summary']);
  expect(answers.at(-1)?.value).toMatchObject({ count: 100, skipped: 0 });
});

test('records come back with the next calls', async () => {
  const records = await recordsOfElements();
  const known = { kind: KnownSkyKind.KNOWN_SKY_KIND_ELEMENTS, records };
  const { sources } = await identify(sourceOf({}), { content: { $case: 'records', value: known } });
  expect(sources).toHaveLength(1);
  const answer = await overlays(overlaysOf(['belt', 'passes', 'milky_way', 'equatorial', 'emitters']), {
    content: { $case: 'records', value: known },
  });
  expect(answer.overlays.map(({ kind: of }) => of)).toEqual([
    'belt',
    'passes',
    'milky_way',
    'equatorial',
    'emitters',
  ]);
  const [belt, passes] = answer.overlays;
  expect(belt?.curves[0]?.azimuthsDeg.length).toBeGreaterThan(50);
  // A tenth is geostationary; no other satellite has a known frequency.
  expect(passes?.curves.length).toBeGreaterThan(0);
  for (const { name, timesMs } of passes?.curves ?? [])
    expect([name.slice(0, 3), timesMs[0]]).toEqual(['GEO', NOON]);
  expect(answer.notes.join()).toMatch(
    /90 of 100 satellites are left out: no satellite has a known frequency/,
  );
});

test('a known object is found by its name', async () => {
  const value = { kind: KnownSkyKind.KNOWN_SKY_KIND_ELEMENTS, records: await recordsOfElements() };
  const { object } = await find({ content: { $case: 'records', value } });
  expect(object).toMatchObject({ $case: 'satellite', value: { maxAgeDays: 14 } });
  const { omm } = object?.value as KnownSatellite;
  expect(JSON.parse(omm)).toMatchObject({ OBJECT_NAME: 'GEO 10', NORAD_CAT_ID: 100_010 });
});

test.each<[string, () => Promise<unknown>, string, RegExp]>([
  ['an unknown name', () => find(), 'not_found', /satellite "geo 10" is none of the 0 known ones/],
  ['no kind', () => read(chunk('x')), 'invalid', /kind is not set/],
  ['a kind twice', () => read(kind, kind), 'invalid', /must have `chunk` or `next_file`/],
  [
    'no record',
    () => read(kind, chunk('[]')),
    'invalid',
    /orbital elements: no usable record; none was found/,
  ],
  ['too many records', () => read(kind, chunk('{},'.repeat(100_001))), 'no_room', /more than 100000 records/],
  ['no settings', () => identify(), 'invalid', /the first message must have `settings`/],
  ['settings twice', () => identify(sourceOf({}), sourceOf({})), 'invalid', /must have `records`/],
  ['a flat covariance', () => identify(sourceOf({ covarianceXy: 1 })), 'invalid', /is not positive definite/],
  [
    'a wrong direction',
    () => identify(sourceOf({ elevationDeg: 91 })),
    'invalid',
    /elevation_deg 91 is outside/,
  ],
  ['no number', () => identify(sourceOf({ timeMs: NaN })), 'invalid', /time_ms NaN is outside/],
  ['no site', () => overlays(overlaysOf(['belt'], { site: undefined })), 'invalid', /site is not set/],
  ['an unknown overlay', () => overlays(overlaysOf(['comets'])), 'invalid', /kind "comets" is none of belt/],
  ['a reversed time', () => overlays(overlaysOf([], { toMs: 1 })), 'invalid', /to_ms 1 is outside/],
  [
    'records of another version',
    () =>
      identify(sourceOf({}), {
        content: {
          $case: 'records',
          value: { kind: KnownSkyKind.KNOWN_SKY_KIND_EMITTERS, records: Buffer.from('{}') },
        },
      }),
    'invalid',
    /version undefined, not 1/,
  ],
])('%s is refused', async (_, call, expectedKind, message) => {
  const error: unknown = await call().catch((reason: unknown) => reason);
  expect([errorKind(error), errorMessage(error)]).toEqual([expectedKind, expect.stringMatching(message)]);
});
