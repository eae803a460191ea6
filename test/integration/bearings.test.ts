import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Crossing, GroundPlace, SolveAnswer } from '#contract/rest/bearings';
import { ROUTES } from '#contract/rest/routes';
import type { Site } from '#contract/rest/sites';
import { geodesicBetween, geodesicEnd, type Geodesic } from '#shared/sky/geodesic';
import { degToRad } from '#shared/sky/units';
import { solveAfterSearch } from '../../services/api-gateway/bearings/solve-after-search.ts';
import { connectSkyAnalyst, type SkyAnalyst } from '../../services/api-gateway/clients/sky-analyst.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { startAnalyst } from '../support/analyst.ts';
import { runSkyscan } from '../support/cli.ts';
import type { Answer, Gateway } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { PATIENT } from '../support/patience.ts';
import { addScan } from '../support/stored-spectra.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';
import { geoJsonProblems, openTags } from '../support/map-documents.ts';

// Three sites around two emitters on one channel; sky-analyst finds the places.

const CENTRE = { latitudeDeg: 48, longitudeDeg: 11 };
const SITES = [0, 130, 250].map((direction) => geodesicEnd(CENTRE, direction, 30_000));
const EMITTERS = [geodesicEnd(CENTRE, 20, 9_000), geodesicEnd(CENTRE, 200, 14_000)] as const;
/** Errors of the azimuths by site, degrees. */
const ERRORS = [0.3, -0.2, 0.25];
const CHANNELS = [{ from_hz: 433.9e6, to_hz: 433.95e6 }];
const TIMES = { first_seen: '2026-03-01T10:00:00Z', last_seen: '2026-03-01T10:30:00Z' };

const world = useGatewayWorld();
let analyst: Awaited<ReturnType<typeof startAnalyst>>;
let gateway: Gateway;
let client: SkyAnalyst;
let db: Database;
const siteIds: number[] = [];

beforeAll(async () => {
  analyst = await startAnalyst();
  gateway = await world.startGateway({ SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` });
  client = connectSkyAnalyst(`127.0.0.1:${analyst.port}`, PATIENT);
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
  for (const [k, { latitudeDeg, longitudeDeg }] of SITES.entries()) {
    const site = { name: `site-${k}`, latitude_deg: latitudeDeg, longitude_deg: longitudeDeg };
    siteIds.push(((await gateway.post('/api/sites', site)).body as Site).id);
  }
});
afterAll(async () => {
  client.close();
  await gateway.close();
  await analyst.close();
  await db.close();
});

const azimuthDeg = (site: number, emitter: number) =>
  geodesicBetween(SITES[site] ?? CENTRE, EMITTERS[emitter] ?? CENTRE).azimuthDeg + (ERRORS[site] ?? 0);

const bearing = (site: number, emitter: number, change: object = {}) => ({
  site_id: siteIds[site],
  azimuth_deg: azimuthDeg(site, emitter),
  sigma_deg: 0.5,
  channels: CHANNELS,
  ...TIMES,
  ...change,
});
const ofEmitter = (emitter: number) => [0, 1, 2].map((site) => bearing(site, emitter));
const ofAll = () => [...ofEmitter(0), ...ofEmitter(1)];

const solve = (bearings: object[], query = '', more: object = {}) =>
  gateway.post(`/api/bearings/solve${query}`, { bearings, ...more });

async function solved(bearings: object[], more: object = {}): Promise<SolveAnswer> {
  const answer = await solve(bearings, '', more);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return ROUTES['POST /api/bearings/solve'].answer.parse(answer.body);
}

const toEmitter = (crossing: Crossing, emitter: number): Geodesic =>
  geodesicBetween(
    { latitudeDeg: crossing.latitude_deg, longitudeDeg: crossing.longitude_deg },
    EMITTERS[emitter] ?? CENTRE,
  );

/** Whether the ellipse of a crossing contains an emitter. */
function contains(crossing: Crossing, emitter: number): boolean {
  if (crossing.area.kind !== 'ellipse') return false;
  const { distanceM, azimuthDeg: direction } = toEmitter(crossing, emitter);
  const angle = degToRad(direction - crossing.area.azimuth_deg);
  const along = (distanceM * Math.cos(angle)) / crossing.area.semi_major_m;
  return Math.hypot(along, (distanceM * Math.sin(angle)) / crossing.area.semi_minor_m) <= 1;
}

describe('POST /api/bearings/solve', () => {
  test('three sites confirm a place; its ellipse contains the emitter', async () => {
    const { crossings, no_place } = await solved(ofEmitter(0));
    expect([crossings.length, no_place]).toEqual([1, null]);
    const [crossing] = crossings as [Crossing];
    expect(crossing).toMatchObject({ status: 'confirmed', note: null, area: { kind: 'ellipse' } });
    expect(crossing.bearings.map(({ site_id, name }) => [site_id, name])).toEqual(
      siteIds.map((id, k) => [id, `site-${k}`]),
    );
    expect(contains(crossing, 0)).toBe(true);
    expect(contains(crossing, 1)).toBe(false);
  });

  test('two emitters on one channel: both are confirmed, other crossings are labelled', async () => {
    const { crossings } = await solved(ofAll());
    const confirmed = crossings.filter(({ status }) => status === 'confirmed');
    expect(confirmed).toHaveLength(2);
    for (const emitter of [0, 1]) expect(confirmed.some((each) => contains(each, emitter))).toBe(true);
    const others = crossings.filter(({ status }) => status !== 'confirmed');
    expect(others.length).toBeGreaterThan(0);
    for (const { status, note } of others)
      expect([status, note]).toEqual(['ghost', 'a source is elsewhere by bearings of more sites']);
    // All as one source: they do not fit.
    const together = await solved(ofAll(), { associate: false });
    expect(together.crossings).toMatchObject([
      {
        status: 'possible',
        note: expect.stringMatching(/^the bearings do not fit one source: chi square/) as string,
      },
    ]);
  });

  test('places without site, and classes; two of them cannot expose a ghost', async () => {
    const bearings = [0, 1].map((site) => {
      const { latitudeDeg: latitude_deg, longitudeDeg: longitude_deg } = SITES[site] ?? CENTRE;
      return { latitude_deg, longitude_deg, name: 'van', azimuth_deg: azimuthDeg(site, 0), class: 'A' };
    });
    const { crossings } = await solved(bearings);
    expect(crossings).toMatchObject([
      {
        status: 'possible',
        note: 'two sites cannot expose a ghost',
        bearings: [{ site_id: null, name: 'van', sigma_deg: 2 }, { sigma_deg: 2 }],
      },
    ]);
  });

  test('bearings that do not cross have a reason', async () => {
    const north = [0, 1].map((site) => bearing(site, 0, { azimuth_deg: site === 0 ? 0 : 100 }));
    const { crossings, no_place } = await solved(north);
    expect(crossings).toEqual([]);
    expect(no_place?.message).toMatch(/^the bearings of site-0, site-1 /);
    const kml = await solve(north, '?format=kml');
    expect(kml.text).toContain(`<description>${no_place?.message ?? '-'}</description>`);
  });

  test('GeoJSON is valid (RFC 7946), KML is well-formed', async () => {
    const geojson = await solve(ofAll(), '?format=geojson');
    expect(geojson.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/geo\+json/) as string,
      'content-disposition': 'attachment; filename="places.geojson"',
    });
    expect(geoJsonProblems(geojson.body)).toEqual([]);
    const kml = await gateway.request('/api/bearings/solve', {
      method: 'POST',
      body: { bearings: ofAll() },
      headers: { accept: 'application/vnd.google-earth.kml+xml' },
    });
    expect(kml.headers['content-type']).toMatch(/^application\/vnd\.google-earth\.kml\+xml/);
    expect(openTags(kml.text)).toEqual([]);
    const { features } = geojson.body as { features: unknown[] };
    expect(kml.text.match(/<Placemark>/g)).toHaveLength(features.length);
  });

  test.each<[string, () => object[], number, unknown]>([
    ['one bearing', () => [bearing(0, 0)], 422, [{ loc: ['body', 'bearings'], msg: /at least 2 bearings/ }]],
    [
      'one site',
      () => [bearing(0, 0), bearing(0, 1)],
      422,
      [{ loc: ['body', 'bearings'], msg: /2 bearings from one place cannot cross: at least 2 places/ }],
    ],
    [
      'an unknown site',
      () => [bearing(0, 0), bearing(1, 0, { site_id: 77 })],
      422,
      [{ loc: ['body', 'bearings', 1, 'site_id'], msg: /^Site 77 not found$/ }],
    ],
    [
      'an azimuth and no error',
      () => [bearing(0, 0, { azimuth_deg: 361 }), bearing(1, 0, { sigma_deg: undefined })],
      422,
      [
        { loc: ['body', 'bearings', 0, 'azimuth_deg'], msg: /-360\.\.360 deg/ },
        { loc: ['body', 'bearings', 1, 'sigma_deg'], msg: /^Required, or class$/ },
      ],
    ],
    [
      'two places in one',
      () => [bearing(0, 0, { latitude_deg: 1 }), bearing(1, 0)],
      422,
      [{ loc: ['body', 'bearings', 0, 'latitude_deg'], msg: /Must not be used with site_id/ }],
    ],
    [
      'a time that ends before it begins',
      () => [bearing(0, 0), bearing(1, 0, { last_seen: '2020-01-01T00:00:00Z' })],
      422,
      [{ loc: ['body', 'bearings', 1, 'last_seen'], msg: /Must not be before first_seen/ }],
    ],
    [
      'too many bearings',
      () => Array.from({ length: 1_001 }, () => bearing(0, 0)),
      422,
      [{ loc: ['body', 'bearings'], msg: /at most 1000 bearings/ }],
    ],
    [
      'too many combinations',
      () => Array.from({ length: 80 }, () => [bearing(0, 0), bearing(1, 0)]).flat(),
      422,
      [{ loc: ['body', 'bearings'], msg: /160 bearings have more than 5000 combinations/ }],
    ],
  ])('%s is refused', async (_, bearings, status, problems) => {
    const answer = await solve(bearings());
    expect(answer.status).toBe(status);
    const detail = (answer.body as { detail: { loc: unknown; msg: string }[] }).detail;
    expect(detail.map(({ loc, msg }) => ({ loc, msg }))).toEqual(
      (problems as { loc: unknown; msg: RegExp }[]).map(({ loc, msg }) => ({
        loc,
        msg: expect.stringMatching(msg) as string,
      })),
    );
  });

  test('the command line prints a table, GeoJSON, or what is wrong with the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sky-scan-bearings-'));
    const file = join(folder, 'bearings.json');
    const run = (...args: string[]) =>
      runSkyscan(['bearings', file, ...args], { env: { SKYSCAN_URL: gateway.url } });
    expect(await run()).toMatchObject({
      code: 2,
      err: expect.stringMatching(/cannot read .*ENOENT/) as string,
    });
    writeFileSync(file, JSON.stringify(ofEmitter(0)));
    const { code, out } = await run();
    expect([code, out.split('\n')[1]]).toEqual([
      0,
      expect.stringMatching(/^confirmed +48\.\d{5} +11\.\d{5} +\d+ x \d+ m +\d+\.\d +site-0, site-1, site-2/),
    ]);
    expect(geoJsonProblems(JSON.parse((await run('--format', 'geojson')).out))).toEqual([]);
    writeFileSync(file, JSON.stringify({ bearings: [bearing(0, 0)] }));
    expect(await run()).toMatchObject({
      code: 1,
      err: expect.stringMatching(/at least 2 bearings/) as string,
    });
    rmSync(folder, { recursive: true });
  });

  test('a site without place is named; without sky-analyst it is a 503', async () => {
    const refused = await solve([bearing(0, 0), bearing(1, 0, { site_id: 1 })]);
    expect([refused.status, refused.body]).toEqual([
      409,
      { detail: 'No place is set for site local (1): set latitude_deg and longitude_deg' },
    ]);
    const none = await world.gateway.post('/api/bearings/solve', { bearings: ofEmitter(0) });
    expect([none.status, none.text]).toEqual([503, expect.stringMatching(/set SKY_ANALYST_ADDRESS/)]);
  });
});

describe('places of sessions', () => {
  const sessions: number[] = [];
  const signal = new AbortController().signal;
  const places = async (query = ''): Promise<GroundPlace[]> => {
    const { status, body } = await gateway.get(`/api/bearings/places${query}`);
    expect(status).toBe(200);
    return ROUTES['GET /api/bearings/places'].answer.parse(body);
  };

  beforeAll(async () => {
    await startTestScan(world);
    for (const siteId of siteIds) {
      const id = await addScan(world.database.url, 1);
      await db.query('update sessions set site_id = $2 where id = $1', [id, siteId]);
      sessions.push(id);
    }
  });

  async function addSource(site: number, emitter: number, change: Record<string, unknown> = {}) {
    const source = { elevation_deg: 3, minutes: 0, flags: [], candidates: [], ...change };
    await db.query(
      `insert into source_searches (session_id, status, version, points) values ($1, 'done', 1, 1) on conflict do nothing`,
      [sessions[site]],
    );
    await db.query(
      `insert into sources (session_id, number, azimuth_deg, elevation_deg, azimuth_error_deg, elevation_error_deg, covariance_xx,
         covariance_xy, covariance_yy, peak_db, snr, width_deg, is_narrow, channels, first_seen, last_seen, flags, candidates)
       values ($1, $2, $3, $4, 0.2, 0.2, 0.04, 0, 0.04, 12, 30, null, true, $5, $6::timestamptz + $8 * interval '1 min',
         $7::timestamptz + $8 * interval '1 min', $9, $10)`,
      [
        sessions[site],
        emitter + 1,
        azimuthDeg(site, emitter),
        source.elevation_deg,
        JSON.stringify(CHANNELS),
        TIMES.first_seen,
        TIMES.last_seen,
        source.minutes,
        source.flags,
        JSON.stringify(source.candidates),
      ],
    );
  }
  const solveSession = (site: number) => solveAfterSearch(db, client, sessions[site] ?? 0, signal);

  test('one site has none; two sites have possible ones; the third confirms them', async () => {
    await addSource(0, 0);
    await addSource(0, 1, { elevation_deg: 40 });
    const alone = await solveSession(0);
    expect(alone).toMatchObject({
      places: 0,
      skipped: [{ reason: 'elevation 40.0 deg is not below 15 deg' }],
    });
    await addSource(1, 0, { minutes: 5 });
    await addSource(1, 1, { minutes: 60 });
    // Source 2 was seen at the same time as those of this session.
    expect(await solveSession(1)).toEqual({
      places: 1,
      skipped: [{ sourceId: 2, reason: 'elevation 40.0 deg is not below 15 deg' }],
    });
    expect(await places()).toMatchObject([{ status: 'possible', note: 'two sites cannot expose a ghost' }]);
    await addSource(2, 0);
    await addSource(2, 1, { flags: ['edge', 'sidelobe'] });
    expect(await solveSession(2)).toMatchObject({
      places: 1,
      skipped: [{ reason: 'elevation 40.0 deg is not below 15 deg' }, { reason: /side lobe/ }],
    });
    const [place, ...others] = await places();
    expect([place?.status, others]).toEqual(['confirmed', []]);
    expect(place && contains(place, 0)).toBe(true);
    expect(place).toMatchObject({
      first_seen: '2026-03-01T10:00:00.000Z',
      last_seen: '2026-03-01T10:35:00.000Z',
      bearings: sessions.map((session_id) => ({ session_id, source_id: expect.any(Number) as number })),
    });
    // 0.2 deg at the cosine of 3 deg, and 0.5 deg of the rotator.
    expect(place?.bearings[0]?.sigma_deg).toBeCloseTo(0.539, 3);
  });

  test('are selected by site and time, and exported', async () => {
    const counts = async (query: string) => (await places(query)).length;
    expect(await counts(`?site_id=${siteIds[2] ?? 0}`)).toBe(1);
    expect(await counts('?site_id=1')).toBe(0);
    expect(await counts('?from=2026-03-01T10:35:00Z&to=2026-03-02T00:00:00Z')).toBe(1);
    expect(await counts('?from=2026-03-01T10:36:00Z')).toBe(0);
    expect(await counts('?to=2026-03-01T09:59:00Z')).toBe(0);
    const [geojson, kml] = (await Promise.all(
      ['geojson', 'kml'].map((format) => gateway.get(`/api/bearings/places?format=${format}`)),
    )) as [Answer, Answer];
    expect(geoJsonProblems(geojson.body)).toEqual([]);
    expect(openTags(kml.text)).toEqual([]);
    for (const [query, status] of [
      ['site_id=77', 404],
      ['limit=0', 422],
      ['from=x', 422],
      ['from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', 422],
      ['format=gpx', 422],
    ] as const)
      expect([query, (await gateway.get(`/api/bearings/places?${query}`)).status]).toEqual([query, status]);
  });

  test('are replaced when the sources of a session are found again', async () => {
    await db.query('delete from sources where session_id = $1', [sessions[2]]);
    expect(await solveSession(2)).toMatchObject({ places: 1 });
    expect(await places()).toMatchObject([
      { status: 'possible', bearings: [{ session_id: sessions[0] }, { session_id: sessions[1] }] },
    ]);
  });
});
