import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '#contract/rest/routes';
import type { CatalogueEntry, Source, SourceSearch } from '#contract/rest/sources';
import { freePort } from '#shared/runtime/free-port';
import { lookAtOrbit, type OrbitalElements } from '#shared/sky/look';
import { separationDeg } from '#shared/sky/pointing';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { startAnalyst } from '../support/analyst.ts';
import { runSkyscan } from '../support/cli.ts';
import type { Gateway } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { seededRandom } from '../support/samples.ts';
import { madeUpElements } from '../support/satellite-population.ts';
import { addMap, type StoredMap } from '../support/stored-map.ts';
import { rectangleGrid, syntheticSky, type TrueSource } from '../support/synthetic-sky.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Maps with known sources in PostgreSQL; the search in the real sky-analyst, its storage, the
// catalogue and the API.

const GRID = { columns: 40, rows: 16 };
const POINTS = GRID.columns * GRID.rows;
const BEAM = { beam_width_deg: 8 };
const STRONG = { azimuthDeg: 80, elevationDeg: 40, amplitude: 1 };
const SIDEREAL_DAY_MS = 86_164_090.5;
const WEAK = { azimuthDeg: 120, elevationDeg: 30, amplitude: 0.2 };

const world = useGatewayWorld();
let gateway: Gateway;
let analystPort: number;
let analyst: Awaited<ReturnType<typeof startAnalyst>> | undefined;
let id: number;

beforeAll(async () => {
  await startTestScan(world);
  id = await store([STRONG, WEAK], 1);
  // Searches are due, but nothing serves them yet.
  analystPort = await freePort();
  gateway = await world.startGateway({ SKY_ANALYST_ADDRESS: `127.0.0.1:${analystPort}` });
});
afterAll(async () => {
  await gateway.close();
  await analyst?.close();
});

function store(
  sources: TrueSource[],
  seed: number,
  more: Partial<StoredMap> = {},
  centre = { azimuthDeg: 90, elevationDeg: 35 },
): Promise<number> {
  const points = rectangleGrid(centre, GRID.columns, GRID.rows, 2);
  const map = syntheticSky({ points, sources, beamWidthDeg: 8, relativeSigma: 0.01, seed });
  return addMap(world.database.url, { map, columns: GRID.columns, rotor: BEAM, ...more });
}

async function get<T>(path: string): Promise<T> {
  const answer = await gateway.get(path);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return answer.body as T;
}

/** A satellite that sinks while rows rise, and so stays in one image; its track is a line. */
function descending(elements: readonly OrbitalElements[], middleMs: number) {
  for (const of of elements) {
    const lookAt = lookAtOrbit(of, { latitudeDeg: 50, longitudeDeg: 8, heightM: 200 });
    const [before, centre, after] = [-20_000, 0, 20_000].map((ms) => lookAt(middleMs + ms)?.pointing);
    if (!before || !centre || !after || centre.elevationDeg < 12) continue;
    const azimuthSpeed = (after.azimuthDeg - before.azimuthDeg) / 40;
    const elevationSpeed = (after.elevationDeg - before.elevationDeg) / 40;
    const across = Math.abs(azimuthSpeed) * Math.cos((centre.elevationDeg * Math.PI) / 180);
    if (elevationSpeed < -0.04 && elevationSpeed > -0.1 && across < 0.03)
      return {
        ...{ name: of.OBJECT_NAME, number: Number(of.NORAD_CAT_ID), centre },
        track: (startMs: number) => ({
          azimuthDeg: centre.azimuthDeg - (azimuthSpeed * (middleMs - startMs)) / 1_000,
          elevationDeg: centre.elevationDeg - (elevationSpeed * (middleMs - startMs)) / 1_000,
          azimuthSpeed,
          elevationSpeed,
        }),
      };
  }
  throw new Error('no satellite descends');
}

const of = (session: number) => `/api/skyscan/${session}/sources`;
const searchOf = async (session: number) => (await get<SourceSearch[]>(`${of(session)}/searches`))[0];
const untilStatus = (session: number, status: SourceSearch['status']) =>
  until(`the search is ${status}`, async () => {
    const search = await searchOf(session);
    return search?.status === status ? search : undefined;
  });
async function refusal(path: string): Promise<[number, unknown]> {
  const { status, body } = await gateway.get(path);
  return [status, (body as { detail: unknown }).detail];
}
const put = (path: string, body: object) => gateway.request(path, { method: 'PUT', body });
const search = (session: number, settings: object) => gateway.post(of(session), settings);

test('without sky-analyst, the state says so', async () => {
  expect(await refusal(of(id))).toEqual([
    409,
    `The sources of session ${id} are not known yet: the search begins when the session has enough points, or when requested`,
  ]);
  const none = await world.gateway.post(of(id), {});
  expect([none.status, none.text]).toEqual([503, expect.stringMatching(/set SKY_ANALYST_ADDRESS/)]);
  expect(await gateway.get(`${of(id)}/searches`)).toMatchObject({ status: 200, body: [] });
});

describe('with sky-analyst', () => {
  let sources: Source[];
  const messages: { topic: string; text: string }[] = [];
  let subscriber: MqttClient;

  beforeAll(async () => {
    subscriber = await connectAsync(world.broker.url, { protocolVersion: 4 });
    subscriber.on('message', (topic, payload) => messages.push({ topic, text: payload.toString() }));
    await subscriber.subscribeAsync('skyscan/sessions/+/sources');
    analyst = await startAnalyst(analystPort);
    await search(id, {});
    await untilStatus(id, 'done');
    sources = ROUTES['GET /api/skyscan/{session_id}/sources'].answer.parse(await get(of(id)));
  });

  afterAll(() => subscriber.endAsync());

  test('finds what is there, within its errors, the strongest first', () => {
    expect(sources.map(({ number }) => number)).toEqual([1, 2]);
    for (const [k, truth] of [STRONG, WEAK].entries()) {
      const { azimuth: azimuthDeg, elevation: elevationDeg, ...source } = sources[k] as Source;
      const error = Math.hypot(source.elevation_error_deg, Math.sqrt(source.covariance[0][0]));
      expect(separationDeg({ azimuthDeg, elevationDeg }, truth)).toBeLessThan(4 * error);
      expect(10 ** (source.peak_db / 10) - 1).toBeCloseTo(truth.amplitude, 1);
      expect(source).toMatchObject({ flags: [], candidates: [], is_narrow: false, session_id: id });
    }
    expect(sources[0]?.first_seen.startsWith('2026-02-14T00:')).toBe(true);
  });

  test('CSV and GeoJSON have the same sources', async () => {
    const csv = (await gateway.get(`${of(id)}?format=csv`)).text.split('\r\n');
    expect(csv).toHaveLength(4);
    expect(csv[1]?.split(',').slice(4, 6)).toEqual([`${sources[0]?.azimuth}`, `${sources[0]?.elevation}`]);
    const { features } = await get<{ features: { geometry: object }[] }>(`${of(id)}?format=geojson`);
    expect(features.map(({ geometry }) => geometry)).toEqual(
      sources.map(({ azimuth, elevation }) => ({ type: 'Point', coordinates: [azimuth, elevation] })),
    );
  });

  test('subscribers get them', async () => {
    const topic = `skyscan/sessions/${id}/sources`;
    const message = await until('the message', () => messages.find((each) => each.topic === topic));
    expect(JSON.parse(message.text)).toEqual({ session_id: id, points: POINTS, total: 2, sources });
  });

  test('other settings give other sources, and stay', async () => {
    const answer = await search(id, { threshold_sigma: 90, max_sources: 5 });
    expect([answer.status, answer.body]).toMatchObject([202, [{ settings: { threshold_sigma: 90 } }]]);
    const { settings } = await untilStatus(id, 'done');
    expect(settings).toEqual({ threshold_sigma: 90, max_sources: 5 });
    expect(await get<Source[]>(of(id))).toHaveLength(1);
  });

  test('the same source in another session has the same entry of the catalogue', async () => {
    await search(id, {});
    const other = await store([{ ...STRONG, amplitude: 0.5 }], 2, { startedAt: '2026-03-01T00:00:00Z' });
    await search(other, {});
    await Promise.all([untilStatus(id, 'done'), untilStatus(other, 'done')]);
    const [again] = await get<Source[]>(of(id));
    const [sighting] = await get<Source[]>(of(other));
    expect(sighting?.catalogue_id).toBe(again?.catalogue_id);
    const entry = await get<CatalogueEntry>(`/api/sources/${sighting?.catalogue_id}`);
    expect(entry).toMatchObject({ sightings: 2, name: null, is_known: false, peak_db: sighting?.peak_db });
    expect(entry.first_seen < '2026-02-15' && entry.last_seen > '2026-03-01').toBe(true);
    const sightings = await get<Source[]>(`/api/sources/${entry.id}/sightings`);
    expect(sightings.map(({ session_id }) => session_id)).toEqual([other, id]);
    const catalogue = await get<CatalogueEntry[]>('/api/sources?is_known=false');
    expect(catalogue).toHaveLength(2);

    const change = { name: 'Neighbour, "the mast"', note: 'DAB', is_known: true };
    const changed = await put(`/api/sources/${entry.id}`, change);
    expect([changed.status, changed.body]).toMatchObject([200, change]);
    expect((await get<Source[]>(of(other)))[0]?.name).toBe(change.name);
    expect((await gateway.get(`${of(other)}?format=csv`)).text).toContain('"Neighbour, ""the mast"""');
    expect(await get<CatalogueEntry[]>('/api/sources?is_known=false')).toHaveLength(1);
  });

  test('the catalogue counts the sessions that cover a source and those that have seen it', async () => {
    const countsOf = async () =>
      (await get<CatalogueEntry[]>('/api/sources')).map((entry) => [
        entry.sessions_seen,
        entry.sessions_covered,
      ]);
    // The weak one is outside the area of both sessions, but was seen in the first.
    expect(await countsOf()).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const wide: Partial<StoredMap> = { azimuthsDeg: [300, 150] };
    const sessions = await Promise.all([
      store([], 6, wide),
      store([], 7, { azimuthsDeg: [200, 299] }),
      store([], 8, { ...wide, rotor: { ...BEAM, center_frequency_hz: 5e9 } }),
      store([], 9, { ...wide, completed: POINTS - 1 }),
    ]);
    for (const session of sessions) {
      await search(session, {});
      await untilStatus(session, 'done');
    }
    expect(await countsOf()).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  test('entries that a user merges are one until they are separated', async () => {
    const before = await get<CatalogueEntry[]>('/api/sources');
    const [weak, strong] = before.map((entry) => entry.id) as [number, number];
    const merged = `/api/sources/${strong}/merged/${weak}`;
    const answer = await put(merged, {});
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { id: strong, name: 'Neighbour, "the mast"', sightings: 3, merged: [weak], sessions_seen: 2 },
    ]);
    expect(await get(`/api/sources/${weak}`)).toEqual(answer.body);
    // Later sources at the place of the merged entry belong to the other one.
    await search(id, {});
    await untilStatus(id, 'done');
    const found = await get<Source[]>(of(id));
    expect(found.map(({ catalogue_id, name }) => [catalogue_id, name])).toEqual(
      [strong, strong].map((entry) => [entry, 'Neighbour, "the mast"']),
    );
    expect(await get<Source[]>(`/api/sources/${strong}/sightings`)).toHaveLength(3);
    expect(await get<CatalogueEntry[]>('/api/sources')).toEqual([answer.body]);

    const again = await put(merged, {});
    expect([again.status, again.body]).toEqual([200, answer.body]);
    const refused = await put(`/api/sources/${weak}/merged/${strong}`, {});
    expect([refused.status, refused.text]).toEqual([409, expect.stringMatching(/merged into another one/)]);
    expect((await put(`/api/sources/${strong}/merged/${strong}`, {})).text).toMatch(/into itself/);
    expect((await put(`/api/sources/${strong}/merged/999999`, {})).status).toBe(404);

    const remove = () => gateway.request(merged, { method: 'DELETE' });
    expect((await remove()).status).toBe(204);
    expect(await get('/api/sources')).toEqual(before);
    expect((await remove()).text).toMatch(/is not merged into/);
  });

  test('the catalogue lists entries that users ignore on request only', async () => {
    const before = await get<CatalogueEntry[]>('/api/sources');
    const { id: entry } = before[0] as CatalogueEntry;
    await put(`/api/sources/${entry}`, { is_ignored: true });
    expect(await get('/api/sources')).toEqual(before.slice(1));
    expect(await get('/api/sources?is_ignored=true')).toEqual([{ ...before[0], is_ignored: true }]);
    await put(`/api/sources/${entry}`, { is_ignored: false });
    expect(await get('/api/sources')).toEqual(before);
  });

  test('the Sun is named, and is one entry wherever it was', async () => {
    const place = { latitude_deg: 50, longitude_deg: 8, height_m: 200 };
    expect((await put('/api/sites/1', place)).status).toBe(200);
    const { sun } = createSunAndMoon({ latitudeDeg: 50, longitudeDeg: 8 });
    const seen = [];
    for (const [seed, startedAt] of ['2026-06-21T07:00:00Z', '2026-06-21T08:00:00Z'].entries()) {
      // In the middle of the map, where and when the Sun is there.
      const at = sun(Date.parse(startedAt) + (POINTS / 2) * 1_000);
      const session = await store([{ ...at, amplitude: 1 }], 20 + seed, { startedAt }, at);
      await search(session, {});
      await untilStatus(session, 'done');
      const [source] = await get<Source[]>(of(session));
      expect(source).toMatchObject({ name: 'Sun', candidates: [{ name: 'Sun', kind: 'sun' }] });
      seen.push(source?.catalogue_id);
    }
    expect(seen[1]).toBe(seen[0]);
    expect(await get<CatalogueEntry>(`/api/sources/${seen[0]}`)).toMatchObject({
      identity: 'Sun',
      sightings: 2,
      sessions_seen: 2,
      sessions_covered: null,
    });
  });

  test('a low satellite is named by its motion, and again when its elements arrive later', async () => {
    const grid = { columns: 15, rows: 21 };
    // Within the last day, when the Earth is turned as it was then: the same tracks always.
    const fixedMs = Date.UTC(2026, 10, 30, 4);
    const middleMs =
      fixedMs + Math.floor((Date.now() - 3_600_000 - fixedMs) / SIDEREAL_DAY_MS) * SIDEREAL_DAY_MS;
    const startedAt = new Date(middleMs - (grid.columns * grid.rows * 1_000) / 2).toISOString();
    // 1,900 km high, which are slower.
    const elements = madeUpElements(3_000, middleMs, seededRandom(9)).map((of) =>
      Number(of.MEAN_MOTION) > 2 ? { ...of, MEAN_MOTION: 11.6 } : of,
    );
    const { centre, track, ...satellite } = descending(elements, middleMs);
    const points = rectangleGrid(centre, grid.columns, grid.rows, 3);
    const map = syntheticSky({
      points,
      sources: [{ ...track(Date.parse(startedAt)), amplitude: 1 }],
      beamWidthDeg: 12,
      relativeSigma: 0.01,
      seed: 31,
    });
    const rotor = { beam_width_deg: 12 };
    const session = await addMap(world.database.url, { map, columns: grid.columns, rotor, startedAt });
    await search(session, {});
    await untilStatus(session, 'done');
    expect(await get<Source[]>(of(session))).toMatchObject([
      { name: null, flags: ['moving'], candidates: [] },
    ]);
    const known = elements.filter(({ NORAD_CAT_ID: id }) => Number(id) % 10 === satellite.number % 10);
    expect((await put('/api/satellites/elements', known)).status).toBe(200);
    const [source] = await until('the name', async () => {
      const sources = await get<Source[]>(of(session));
      return sources[0]?.name === null ? undefined : sources;
    });
    expect(source).toMatchObject({ name: satellite.name, candidates: [{ agrees: ['motion'] }] });
    const empty = await gateway.request('/api/satellites/elements', { method: 'DELETE' });
    expect(empty.status).toBe(204);
    await until('no name', async () => (await get<Source[]>(of(session)))[0]?.name === null);
  });

  test('the command line searches and lists', async () => {
    const skyscan = (...args: string[]) => runSkyscan(args, { env: { SKYSCAN_URL: gateway.url } });
    const found = await skyscan('sources', String(id), '--search', '--beam-width', '8');
    expect([found.code, found.err]).toEqual([0, '']);
    const lines = found.out.split('\n');
    expect(lines[0]).toMatch(/^NO +AZIMUTH DEG +ELEVATION DEG +MHZ +PEAK DB/);
    expect(lines[1]).toMatch(/^1 +(79\.9|80\.0)\d \+- 0\.\d+ .* whole band .* \d+$/);
    const csv = await skyscan('sources', String(id), '--csv');
    expect(csv.out).toBe((await gateway.get(`${of(id)}?format=csv`)).text);
    const known = await skyscan('catalogue', '--known');
    expect(known.out).toMatch(/^ID .*\n\d+ +Neighbour, "the mast" .* yes\n$/);
    const json = await skyscan('catalogue', '--unknown', '--json');
    expect(JSON.parse(json.out)).toEqual(await get('/api/sources?is_known=false'));
    const refused = await skyscan('sources', String(id), '--threshold', '5');
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('need --search')]);
  });

  test('a scan that runs is searched as it grows', async () => {
    const running = await store([STRONG], 3, { status: 'running', completed: POINTS / 2 + 80 });
    await search(id, {});
    const { points } = await until('the search of the running scan', async () => {
      const found = await searchOf(running);
      return found?.status === 'done' ? found : undefined;
    });
    expect(points).toBe(POINTS / 2 + 80);
    expect(await get<Source[]>(of(running))).toMatchObject([{ session_id: running }]);
  });

  test('a search without a result says why', async () => {
    const few = await store([STRONG], 4, { completed: 20 });
    await search(few, {});
    const { problem } = await untilStatus(few, 'failed');
    expect(problem).toBe('20 of 20 points have a level, the source finder needs 30');
    expect(await refusal(of(few))).toEqual([
      409,
      expect.stringMatching(/the search failed: 20 of 20 points/),
    ]);
    const empty = await store([], 5, { rotor: { beam_width_deg: null } });
    await search(empty, {});
    expect((await untilStatus(empty, 'failed')).problem).toMatch(/beam width/);
    expect((await gateway.request(`${of(empty)}/searches`, { method: 'DELETE' })).status).toBe(409);
  });

  test.each<[string, object, RegExp]>([
    ['a beam of no width', { beam_width_deg: 0 }, /Must be greater than 0/],
    ['a threshold of noise', { threshold_sigma: 1 }, /Must be in 3..100/],
    ['half a range', { from_hz: 1e8 }, /from_hz and to_hz must be set together/],
    ['an unknown setting', { sensitivity: 3 }, /sensitivity/],
  ])('refuses %s', async (_, settings, message) => {
    const { status, text } = await search(id, settings);
    expect([status, text]).toEqual([422, expect.stringMatching(message)]);
  });

  test('frequencies without spectra, and what does not exist', async () => {
    expect((await search(id, { from_hz: 1e8, to_hz: 2e8 })).text).toMatch(/has no spectra/);
    expect(await refusal('/api/sources/999999')).toEqual([404, 'Source not found']);
    expect((await put('/api/sources/1', { name: '' })).status).toBe(422);
    expect((await gateway.get(`${of(id)}?format=xml`)).status).toBe(422);
  });
});
