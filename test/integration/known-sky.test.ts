import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Satellites } from '#contract/rest/known-sky';
import { ROUTES } from '#contract/rest/routes';
import { lookAtOrbit, type OrbitalElements } from '#shared/sky/look';
import type { Pointing } from '#shared/sky/pointing';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { connectSkyAnalyst, type SkyAnalyst } from '../../services/api-gateway/clients/sky-analyst.ts';
import type { SeenSource } from '../../services/api-gateway/clients/known-sky.ts';
import { identify, knownSkyVersion } from '../../services/api-gateway/identification/identify.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { startAnalyst } from '../support/analyst.ts';
import { runSkyscan } from '../support/cli.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import type { Answer, Gateway } from '../support/gateway-harness.ts';
import { PATIENT } from '../support/patience.ts';
import { madeUpElements } from '../support/satellite-population.ts';
import { seededRandom } from '../support/samples.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Uploads of what is known of the sky, and what sources are by it.

const SITE = { latitudeDeg: 50, longitudeDeg: 8, heightM: 100 };
const NOON = Date.UTC(2026, 10, 29, 12);
const SIGNAL = new AbortController().signal;
const ELEMENTS = madeUpElements(1_000, NOON, seededRandom(4));
const ABOVE = ELEMENTS.flatMap((elements) => {
  const pointing = lookAtOrbit(elements, SITE)(NOON)?.pointing;
  return pointing && pointing.elevationDeg > 25 ? [{ elements, pointing }] : [];
});
const low = required(ABOVE.find(({ elements }) => elements.OBJECT_NAME.startsWith('LEO')));
const geostationary = required(ABOVE.find(({ elements }) => elements.OBJECT_NAME.startsWith('GEO')));
const BEACON_HZ = 11.7e9;

const world = useGatewayWorld();
let gateway: Gateway;
let analyst: Awaited<ReturnType<typeof startAnalyst>>;
let client: SkyAnalyst;
let db: Database;

beforeAll(async () => {
  analyst = await startAnalyst();
  const address = `127.0.0.1:${analyst.port}`;
  client = connectSkyAnalyst(address, PATIENT);
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
  gateway = await world.startGateway({ SKY_ANALYST_ADDRESS: address });
});
afterAll(async () => {
  await gateway.close();
  await db.close();
  client.close();
  await analyst.close();
});

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('no such satellite is above the site');
  return value;
}

const put = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  gateway.request(path, { method: 'PUT', body, headers });
const remove = (path: string) => gateway.request(path, { method: 'DELETE' });
const satellites = async () => (await gateway.get('/api/satellites')).body as Satellites;
const refusal = ({ status, body }: Answer) => {
  const { detail } = body as { detail: string | { msg: string }[] };
  return [status, typeof detail === 'string' ? detail : detail.map(({ msg }) => msg).join()];
};

function sourceAt({ azimuthDeg, elevationDeg }: Pointing, hertz?: number): SeenSource {
  const covariance = { xx: 0.04, xy: 0, yy: 0.04 };
  return {
    sightings: [{ timeMs: NOON, azimuthDeg, elevationDeg, covariance }],
    channels: hertz === undefined ? [] : [{ fromHz: hertz - 5_000, toHz: hertz + 5_000 }],
    isNarrow: hertz !== undefined,
  };
}

const frequencyOf = ({ NORAD_CAT_ID }: OrbitalElements, hertz: number) => ({
  norad_cat_id: NORAD_CAT_ID,
  downlink_low: hertz,
  downlink_high: null,
  alive: true,
  status: 'active',
});

describe('uploads', () => {
  test('without sky-analyst are refused', async () => {
    const { status, text } = await world.gateway.request('/api/satellites/elements', {
      method: 'PUT',
      body: ELEMENTS,
    });
    expect([status, text]).toEqual([503, expect.stringMatching(/set SKY_ANALYST_ADDRESS/)]);
  });

  test('replace the whole set, and every gateway has it', async () => {
    expect(await satellites()).toMatchObject({ count: 0, source: null, age_days: null, frequencies: null });
    const first = await put('/api/satellites/elements', [...ELEMENTS.slice(0, 10), { NORAD_CAT_ID: 'x' }]);
    expect([first.status, first.body]).toMatchObject([200, { count: 10, skipped: 1, source: 'upload' }]);
    const before = await knownSkyVersion(db);
    const second = await put('/api/satellites/elements', ELEMENTS);
    expect(second.body).toMatchObject({
      count: ELEMENTS.length,
      skipped: 0,
      first_reason: null,
      problem: null,
    });
    expect((await world.gateway.get('/api/satellites')).body).toMatchObject({ count: ELEMENTS.length });
    const version = await knownSkyVersion(db);
    expect(version).not.toBe(before);
    await put('/api/satellites/elements', ELEMENTS);
    expect(await knownSkyVersion(db)).toBe(version);
  });

  test.each<[string, string, unknown, number, RegExp]>([
    ['nothing', 'satellites/elements', undefined, 422, /Body required/],
    ['garbage', 'satellites/elements', '<html>\n<p>\n', 422, /no usable record; "<html>" is not a line/],
    ['bytes', 'satellites/elements', Buffer.from([0, 255, 254, 10, 1, 2]), 422, /no usable record/],
    ['a million rows', 'satellites/elements', '[' + '{},'.repeat(1_000_000), 413, /more than 100000 records/],
    ['no list of transmitters', 'satellites/frequencies', '{"a":[]}', 422, /norad_cat_id undefined/],
    ['emitters in other words', 'emitters', 'Mast', 422, /emitters: not JSON/],
    [
      'an emitter without a name',
      'emitters',
      {
        type: 'FeatureCollection',
        features: [{ geometry: { type: 'Point', coordinates: [8, 50] }, properties: {} }],
      },
      422,
      /emitter 1: it has no name/,
    ],
  ])('%s as %s are refused and replace nothing', async (_, path, body, status, message) => {
    const before = await knownSkyVersion(db);
    expect(refusal(await put(`/api/${path}`, body))).toEqual([status, expect.stringMatching(message)]);
    expect(await knownSkyVersion(db)).toBe(before);
  });

  test('that are compressed are refused', async () => {
    const answer = await put('/api/satellites/elements', ELEMENTS, { 'content-encoding': 'gzip' });
    expect(refusal(answer)).toEqual([415, 'Body must not be compressed']);
  });

  test('of emitters can be read again', async () => {
    const emitters = {
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [8, 50.2] },
          properties: { name: 'Mast', height_m: 200, from_hz: 98e6, to_hz: 98.2e6, colour: 'red' },
        },
      ],
    };
    expect((await put('/api/emitters', emitters)).body).toEqual({ count: 1 });
    expect((await gateway.get('/api/emitters')).body).toEqual(emitters);
  });
});

describe('overlays', () => {
  const overlays = (id: number, query = '') => gateway.get(`/api/skyscan/${id}/overlays${query}`);
  let id: number;
  beforeAll(async () => {
    ({ id } = await startTestScan(world));
    await put('/api/satellites/elements', ELEMENTS);
  });

  test('need the place of the site', async () => {
    expect(refusal(await overlays(id))).toEqual([
      409,
      expect.stringMatching(/^Site 1 has no place: set its/),
    ]);
  });

  test('are those of the site and of the time of the session', async () => {
    const place = { latitude_deg: 50, longitude_deg: 8 };
    await gateway.request('/api/sites/1', { method: 'PUT', body: place });
    const { body, status } = await overlays(id);
    expect(status).toBe(200);
    const found = ROUTES['GET /api/skyscan/{session_id}/overlays'].answer.parse(body);
    expect(found.belt?.[0]?.points.length).toBeGreaterThan(50);
    expect(found.emitters).toEqual([{ name: 'Mast', points: [{ azimuth: 0, elevation: 0.42 }] }]);
    expect(found.passes?.length).toBeGreaterThan(0);
    for (const { name, points } of found.passes ?? [])
      expect([name.slice(0, 3), points[0]?.time]).toEqual(['GEO', expect.stringMatching(/Z$/)]);
    expect(found.notes.join()).toMatch(/900 of 1000 satellites are left out/);
  });

  test('have only the requested kinds', async () => {
    expect(Object.keys((await overlays(id, '?kinds=milky_way')).body as object)).toEqual([
      'milky_way',
      'notes',
    ]);
    expect(refusal(await overlays(id, '?kinds=comets'))).toEqual([
      422,
      expect.stringMatching(/some of belt/),
    ]);
    expect(refusal(await overlays(999))).toEqual([404, 'Scan session not found']);
  });
});

describe('sources', () => {
  beforeAll(async () => {
    await put('/api/satellites/elements', ELEMENTS);
  });

  const nameOf = async (source: SeenSource) => (await identify(db, client, SITE, [source], SIGNAL))[0];

  test('are the Sun at its position, and a mast by its bearing', async () => {
    const { sun } = createSunAndMoon(SITE);
    const mast = sourceAt({ azimuthDeg: 0, elevationDeg: 0.5 }, 98.1e6);
    const found = await identify(db, client, SITE, [sourceAt(sun(NOON)), mast], SIGNAL);
    expect(found.map(({ accepted }) => accepted)).toEqual(['Sun', 'Mast']);
  });

  test('are satellites by their frequencies, also with the Doppler shift', async () => {
    expect((await nameOf(sourceAt(low.pointing)))?.accepted).toBeNull();
    const transmitters = [
      frequencyOf(geostationary.elements, BEACON_HZ),
      frequencyOf(low.elements, 437e6),
      { ...frequencyOf(low.elements, 145e6), alive: false },
    ];
    const stored = await put('/api/satellites/frequencies', transmitters);
    const { frequencies } = stored.body as Satellites;
    expect(frequencies).toMatchObject({ count: 2, skipped: 1 });
    expect(frequencies?.first_reason).toMatch(/is not active/);
    const found = await identify(
      db,
      client,
      SITE,
      [sourceAt(geostationary.pointing, BEACON_HZ), sourceAt(low.pointing, 437e6 + 9_000)],
      SIGNAL,
    );
    expect(found.map(({ accepted }) => accepted)).toEqual([
      geostationary.elements.OBJECT_NAME,
      low.elements.OBJECT_NAME,
    ]);
    expect(found.map(({ candidates: [best] }) => best)).toMatchObject([
      { kind: 'geostationary', agrees: ['frequency'] },
      { kind: 'low_satellite', agrees: ['frequency'] },
    ]);
  });

  test('are never a low satellite without frequency or motion', async () => {
    const all = ABOVE.filter(({ elements }) => elements.OBJECT_NAME.startsWith('LEO')).map(({ pointing }) =>
      sourceAt(pointing),
    );
    expect(all.length).toBeGreaterThan(2);
    for (const { accepted, candidates } of await identify(db, client, SITE, all, SIGNAL))
      expect([accepted ?? '', ...candidates.map(({ name }) => name)].join()).not.toMatch(/LEO/);
  });

  test('out of range are refused', async () => {
    const [sighting] = sourceAt(low.pointing).sightings;
    if (!sighting) throw new Error('no sighting');
    const flat = { ...sighting, covariance: { xx: 1, xy: 1, yy: 1 } };
    const source = { ...sourceAt(low.pointing), sightings: [flat] };
    await expect(nameOf(source)).rejects.toThrow('covariance 1, 1, 1 deg^2 is not positive definite');
  });
});

describe('skyscan', () => {
  let folder: string;
  const skyscan = (...args: string[]) => runSkyscan(args, { env: { SKYSCAN_URL: gateway.url } });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'known-sky-'));
    await writeFile(join(folder, 'elements.json'), JSON.stringify(ELEMENTS.slice(0, 7)));
    await writeFile(join(folder, 'garbage.json'), '<html>');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('uploads elements, and shows what is stored', async () => {
    const { code, out } = await skyscan('satellites', '--upload', join(folder, 'elements.json'));
    expect([code, out]).toEqual([0, expect.stringMatching(/^SATELLITES .*\n7 .*upload/)]);
    const { out: json } = await skyscan('satellites', '--json');
    expect(JSON.parse(json)).toMatchObject({ count: 7, source: 'upload' });
    expect(JSON.parse((await skyscan('emitters')).out)).toMatchObject({ features: [{ type: 'Feature' }] });
  });

  test.each<[string, number, RegExp]>([
    ['garbage.json', 1, /no usable record/],
    ['missing.json', 2, /cannot read .*missing\.json/],
  ])('%s is refused', async (name, exitCode, message) => {
    const { code, err } = await skyscan('satellites', '--upload', join(folder, name));
    expect([code, err]).toEqual([exitCode, expect.stringMatching(message)]);
  });
});

test('deleted sets are empty', async () => {
  for (const path of ['/api/satellites/elements', '/api/satellites/frequencies', '/api/emitters'])
    expect((await remove(path)).status).toBe(204);
  expect(await satellites()).toMatchObject({ count: 0, frequencies: null });
  expect((await gateway.get('/api/emitters')).body).toEqual({ type: 'FeatureCollection', features: [] });
  expect(await knownSkyVersion(db)).toBe('');
});
