import { createCanvas, loadImage } from '@napi-rs/canvas';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INTERFERENCE_VALUES } from '#contract/interference-values';
import type { InterferenceSearch } from '#contract/rest/interference';
import { ROUTES } from '#contract/rest/routes';
import { codeOf } from '#shared/spectrum/point-spectrum';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { packTiles } from '../../services/api-gateway/store/spectra/pack-tiles.ts';
import { createPointMasks, type MaskColumns } from '../../services/sky-analyst/domain/mask-points.ts';
import { freePort } from '#shared/runtime/free-port';
import { startAnalyst } from '../support/analyst.ts';
import { readColumns } from '../support/columnar.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import type { Gateway } from '../support/gateway-harness.ts';
import { seededRandom } from '../support/samples.ts';
import { addScan, bandOf, spectrumOf } from '../support/stored-spectra.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';
import { addNoise } from '../support/waterfalls.ts';

// Spectra of a complete tile and 52 rows, with interference at known points; the search in
// sky-analyst, its storage and the API.

const POINTS = 2_100;
const CHANNELS = 64;
const TRANSFORMS = 1_000;
/** The measured band: without the last channels, like the bandwidth of the rotor. */
const MISSING = 1_999;
const BURST = { channel: 30, first: 500, last: 540 };

const world = useGatewayWorld();
let db: Database;
let id: number;
let other: number;
let gateway: Gateway;
let analystPort: number;
let analyst: Awaited<ReturnType<typeof startAnalyst>> | undefined;
const power = new Float32Array(POINTS * CHANNELS).fill(1e-9);

beforeAll(async () => {
  await startTestScan(world);
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
  for (let seq = BURST.first; seq <= BURST.last; seq++) power[(seq - 1) * CHANNELS + BURST.channel] = 1e-8;
  addNoise(power, (TRANSFORMS * 18) / 19, seededRandom(14));
  [id, other] = [await storeScan(POINTS), await storeScan(20)];
  await packTiles(db, id, POINTS, false);
  // Searches are due, but nothing serves them yet.
  analystPort = await freePort();
  gateway = await world.startGateway({ SKY_ANALYST_ADDRESS: `127.0.0.1:${analystPort}` });
});
afterAll(async () => {
  await gateway.close();
  await analyst?.close();
  await db.close();
});

const band = { ...bandOf(CHANNELS, 1_420_000_000 - 32_000), flags: new Uint8Array(CHANNELS) };

const levelDb = (seq: number, channel: number) =>
  seq === MISSING ? NaN : 10 * Math.log10(power[(seq - 1) * CHANNELS + channel] as number);

async function storeScan(points: number): Promise<number> {
  const session = await addScan(world.database.url, points);
  const spectra = upTo(points).map((seq) => ({
    ...spectrumOf(band, seq, (_, n, channel) => levelDb(n, channel), ['mean']),
    transforms: TRANSFORMS,
  }));
  const rows = spectra.map((spectrum, k) => ({ seq: k + 1, spectra: k + 1 === MISSING ? [] : [spectrum] }));
  await db.transaction((tx) => insertSpectra(tx, session, rows));
  return session;
}

async function get<T>(path: string, of = id): Promise<T> {
  const answer = await gateway.get(`/api/skyscan/${of}/${path}`);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return answer.body as T;
}

async function refusal(path: string, of = id): Promise<[number, unknown]> {
  const { status, body } = await gateway.get(`/api/skyscan/${of}/${path}`);
  return [status, (body as { detail: unknown }).detail];
}

const searches = (of = id) => get<InterferenceSearch[]>('interference/searches', of);
const untilDone = (of = id) =>
  until('the search ends', async () => (await searches(of)).find(({ status }) => status === 'done'));

test('without sky-analyst, the state says so and nothing is lost', async () => {
  expect(await refusal('interference')).toEqual([
    409,
    `The interference in band 0 of session ${id} is not known yet: the search begins when the session has ended, or when requested`,
  ]);
  expect(await searches()).toEqual([]);
  const health = await gateway.get('/health');
  expect(health.body).toMatchObject({ states: { sky_analyst: 'away' } });
  const { status, body } = await gateway.post(`/api/skyscan/${id}/interference/searches`);
  expect([status, body]).toMatchObject([202, [{ band: 0, status: 'requested', version: null, points: 0 }]]);
  expect(await refusal('interference')).toEqual([409, expect.stringMatching(/: the search is requested$/)]);
  const none = await world.gateway.post(`/api/skyscan/${id}/interference/searches`);
  expect([none.status, none.text]).toEqual([503, expect.stringMatching(/set SKY_ANALYST_ADDRESS/)]);
});

describe('with sky-analyst', () => {
  let expected: MaskColumns;

  beforeAll(async () => {
    analyst = await startAnalyst(analystPort);
    await gateway.post(`/api/skyscan/${id}/interference/searches`);
    await Promise.all([untilDone(), untilDone(other)]);
    const masks = createPointMasks({ band, fromHz: -Infinity, toHz: Infinity });
    const mean = Int16Array.from({ length: POINTS * CHANNELS }, (_, k) =>
      codeOf('mean', levelDb(Math.floor(k / CHANNELS) + 1, k % CHANNELS)),
    );
    const transforms = upTo(POINTS).map((seq) => (seq === MISSING ? 0 : TRANSFORMS));
    const parts = [
      masks.push({ mean, kurtosis: undefined, occupancy: undefined, transforms }),
      masks.finish(),
    ];
    const all = (name: keyof MaskColumns) => parts.flatMap((part) => part[name]);
    expected = {
      meanDb: all('meanDb'),
      meanCleanDb: all('meanCleanDb'),
      flaggedChannels: all('flaggedChannels'),
      flaggedTime: all('flaggedTime'),
    };
  });

  test('every point has the values of the method', async () => {
    const found = ROUTES['GET /api/skyscan/{session_id}/interference'].answer.parse(
      await get('interference'),
    );
    expect(found.map(({ seq }) => seq)).toEqual(upTo(POINTS));
    const near = (value: number | null, reference: number | undefined, digits: number) =>
      Number.isNaN(reference) ? value === null : Math.abs((value ?? NaN) - (reference ?? NaN)) <= digits;
    found.forEach((point, k) => {
      expect(near(point.mean_dbm, expected.meanDb[k], 6e-4)).toBe(true);
      expect(near(point.mean_clean_dbm, expected.meanCleanDb[k], 6e-4)).toBe(true);
      expect(near(point.flagged_channels, expected.flaggedChannels[k], 6e-6)).toBe(true);
    });
    expect(found[MISSING - 1]).toMatchObject({ mean_dbm: null, mean_clean_dbm: null });
  });

  test('the mean without interference is that of the noise', async () => {
    const found = await get<{ mean_dbm: number; mean_clean_dbm: number; flagged_channels: number }[]>(
      `interference?after_seq=${BURST.first - 1}&limit=${BURST.last - BURST.first + 1}`,
    );
    const noiseDb = 10 * Math.log10(CHANNELS * 1e-9);
    for (const { mean_dbm, mean_clean_dbm, flagged_channels } of found) {
      // A tenth of 64 channels more; the noise of a mean of 63 channels is 0.02 dB.
      expect(mean_dbm - noiseDb).toBeGreaterThan(0.4);
      expect(Math.abs(mean_clean_dbm - noiseDb)).toBeLessThan(0.1);
      expect(flagged_channels).toBeGreaterThanOrEqual(1 / CHANNELS - 1e-5);
    }
  });

  test('CSV and columns have the same values', async () => {
    const json = await get<Record<string, number | null>[]>('interference?limit=3');
    const { text } = await gateway.get(`/api/skyscan/${id}/interference?limit=3&format=csv`);
    const [header, first] = text.trim().split(/\r?\n/);
    expect(header).toBe(['seq', ...INTERFERENCE_VALUES].join(','));
    expect(first?.split(',').map(Number)).toEqual(Object.values(json[0] ?? {}));
    const response = await fetch(`${gateway.url}/api/skyscan/${id}/interference?limit=3&format=columnar`);
    const columns = readColumns(await response.arrayBuffer());
    for (const name of INTERFERENCE_VALUES)
      expect([...(columns.get(name) ?? [])]).toEqual(json.map((point) => point[name]));
  });

  test.each(INTERFERENCE_VALUES)('map.png draws %s', async (name) => {
    const response = await fetch(
      `${gateway.url}/api/skyscan/${id}/map.png?interference=${name}&projection=rectangular&size=300`,
    );
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    const image = await loadImage(Buffer.from(await response.arrayBuffer()));
    const context = createCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    expect(new Set(new Uint32Array(data.buffer)).size).toBeGreaterThan(10);
  });

  test('a request searches again', async () => {
    const [before] = await searches(other);
    expect(before).toMatchObject({ band: 0, status: 'done', version: 1, points: 20, problem: null });
    await gateway.post(`/api/skyscan/${other}/interference/searches`);
    await until('a newer result', async () => {
      const [now] = await searches(other);
      return now?.status === 'done' && now.finished_at !== before?.finished_at;
    });
  });

  test.each([
    ['interference?band=1', 'band', 'Must be in 0..0, the bands of this session; it is 1'],
    ['interference?limit=0', 'limit', 'Must be a whole number in 1..1000000'],
    [
      'map.png?interference=kurtosis',
      'interference',
      'Must be mean_dbm, mean_clean_dbm, flagged_channels or flagged_time',
    ],
    ['map.png?interference=mean_dbm&statistic=max', 'statistic', 'Must not be used with interference'],
    [
      'map.png?interference=flagged_time&corrected=true',
      'corrected',
      'Must not be used with interference=flagged_time: only levels drift',
    ],
  ])('%s is refused', async (path, parameter, msg) => {
    const [status, detail] = await refusal(path);
    expect([status, detail]).toMatchObject([422, [{ loc: ['query', parameter], msg }]]);
  });

  test('a session without spectra has no interference', async () => {
    const plain = await addScan(world.database.url, 3);
    for (const path of ['interference', 'interference/searches', 'map.png?interference=mean_dbm'])
      expect(await refusal(path, plain)).toEqual([
        409,
        `Session ${plain} has no spectra: it was started without \`spectrum\``,
      ]);
  });
});
