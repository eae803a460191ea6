import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patternSchema } from '#contract/rest/patterns';
import { readMsi } from '#shared/pattern/msi';
import { readNsma } from '#shared/pattern/nsma';
import { readSplat } from '#shared/pattern/splat';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { ANALYTIC, analyticGain, scanOver } from '../support/analytic-antenna.ts';
import { startAnalyst } from '../support/analyst.ts';
import type { Gateway } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { gaussianPair, seededRandom } from '../support/samples.ts';
import { bandOf, spectrumOf } from '../support/stored-spectra.ts';
import { addMap } from '../support/stored-map.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Stored sessions over a source, sky-analyst, and the API.

const SITE = { SITE_LATITUDE_DEG: '50', SITE_LONGITUDE_DEG: '8' };
const FIXED = 'azimuth=350&elevation=0&background_db=-150';
const NOON = '2026-06-21T11:00:00Z';
const CHANNELS = bandOf(4);
const CARRIER = 2;
const SUN_BEAM_DEG = 5;
const SUN_DISC_DEG = 0.53;

const world = useGatewayWorld();
let gateway: Gateway;
let analyst: Awaited<ReturnType<typeof startAnalyst>>;
let [wholeId, sunId] = [0, 0];

beforeAll(async () => {
  await startTestScan(world);
  analyst = await startAnalyst();
  const gainAt = analyticGain([0, 1, 0]);
  const map = scanOver({
    gainAt,
    source: { azimuthDeg: 350, elevationDeg: 0 },
    azimuths: [0, 350],
    elevations: [0, 170],
    stepDeg: 10,
    noiseDb: 0.05,
  });
  wholeId = await addMap(world.database.url, { map, columns: 36 });
  await addCarrier(
    wholeId,
    Array.from(map.level, (level) => 10 * Math.log10(level)),
  );
  sunId = await addMap(world.database.url, { map: overTheSun(), columns: 29, startedAt: NOON });
  gateway = await world.startGateway({ ...SITE, SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` });
});
afterAll(async () => {
  await gateway.close();
  await analyst.close();
});

/** Spectra whose channel 2 rises half as much again as the level, in dB: a narrower beam. */
async function addCarrier(id: number, levelDb: readonly number[]): Promise<void> {
  const db = createDatabase([world.database.url], pino({ level: 'silent' }));
  const points = levelDb.map((level, k) => ({
    seq: k + 1,
    spectra: [
      spectrumOf(CHANNELS, k + 1, (_, __, channel) => (channel === CARRIER ? 1.5 * level - 95 : -110), [
        'mean',
      ]),
    ],
  }));
  await db.transaction((tx) => insertSpectra(tx, id, points));
  await db.close();
}

/** A scan around where the Sun was in its middle; the Sun moves 3.5 degrees meanwhile. */
function overTheSun() {
  const { sun } = createSunAndMoon({ latitudeDeg: 50, longitudeDeg: 8 });
  const [columns, count] = [29, 29 * 29];
  const startMs = Date.parse(NOON);
  const middle = sun(startMs + (count / 2) * 1_000);
  const random = seededRandom(3);
  // Wider than the beam, by the disc of the Sun.
  const square = SUN_BEAM_DEG ** 2 + (0.589 * SUN_DISC_DEG) ** 2;
  const points = Array.from({ length: count }, (_, k) => {
    const cosine = Math.cos((middle.elevationDeg * Math.PI) / 180);
    const elevation = middle.elevationDeg + Math.floor(k / columns) - 14;
    const azimuth = middle.azimuthDeg + ((k % columns) - 14) / cosine;
    const at = sun(startMs + (k + 1) * 1_000);
    const offset = Math.hypot(
      (at.azimuthDeg - azimuth) * Math.cos((at.elevationDeg * Math.PI) / 180),
      at.elevationDeg - elevation,
    );
    const gain = Math.exp((-4 * Math.LN2 * offset ** 2) / square);
    return { azimuth, elevation, level: (1 + 4 * gain) * 10 ** (0.005 * gaussianPair(random)[0]) };
  });
  return {
    azimuthDeg: Float64Array.from(points, ({ azimuth }) => azimuth),
    elevationDeg: Float64Array.from(points, ({ elevation }) => elevation),
    level: Float64Array.from(points, ({ level }) => level),
  };
}

async function patternOf(id: number, query: string) {
  const answer = await gateway.get(`/api/skyscan/${id}/pattern?${query}`);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return patternSchema.parse(answer.body);
}

test('the pattern of a scan over a fixed source has the figures of the antenna', async () => {
  const pattern = await patternOf(wholeId, FIXED);
  expect(pattern.coverage).toBeGreaterThan(0.99);
  expect(pattern.directivity_dbi.is_upper_bound).toBe(false);
  expect(Math.abs(pattern.directivity_dbi.value - ANALYTIC.directivityDbi)).toBeLessThan(0.1);
  expect((pattern.hpbw_deg.azimuth?.value ?? NaN) / ANALYTIC.hpbwDeg).toBeCloseTo(1, 1);
  expect(Math.abs((pattern.front_to_back_db.opposite?.value ?? NaN) - 20)).toBeLessThan(0.3);
  expect(pattern.source).toBe('azimuth 350 deg, elevation 0 deg');
  expect(pattern.cuts.azimuth).toHaveLength(360);
  expect(pattern.map).toBeUndefined();
});

test('the channel of a carrier shows its own pattern, and total power is warned of', async () => {
  const total = await patternOf(wholeId, FIXED);
  const warning = total.warnings.find(({ code }) => code === 'total_power');
  const [, range = ''] = /as (from_hz=\d+&to_hz=\d+)/.exec(warning?.message ?? '') ?? [];
  const pattern = await patternOf(wholeId, `${FIXED}&${range}`);
  expect(pattern.warnings).toEqual([]);
  expect(pattern.frequency_hz).toBe(CHANNELS.firstChannelHz + CARRIER * CHANNELS.channelHz);
  // ((1 + cos a) / 2)^30
  const widthDeg = (4 * Math.acos(0.5 ** (1 / 60)) * 180) / Math.PI;
  expect((pattern.hpbw_deg.azimuth?.value ?? NaN) / widthDeg).toBeCloseTo(1, 1);
  expect((pattern.front_to_back_db.opposite?.value ?? NaN) / 30).toBeCloseTo(1, 1);
});

test('the Sun is tracked at the time of each point, and its disc is removed', async () => {
  const pattern = await patternOf(sunId, 'source=sun&map=true&flux_sfu=100&gain_dbi=31&mask=8:-5,20:-20');
  for (const plane of ['azimuth', 'elevation'] as const) {
    const width = pattern.hpbw_deg[plane];
    expect(Math.abs((width?.value ?? NaN) - SUN_BEAM_DEG)).toBeLessThan(4 * (width?.sigma ?? NaN));
    expect(Math.abs(pattern.squint_deg[plane].value)).toBeLessThan(0.1);
  }
  expect(pattern.background_db).toBeCloseTo(-90, 1);
  expect(pattern.directivity_dbi.is_upper_bound).toBe(true);
  expect(pattern.warnings.map(({ code }) => code)).toEqual(['coverage']);
  const { reach_deg = NaN, gain_db = [], sigma_db = [] } = pattern.map ?? {};
  expect([gain_db.length, gain_db[0]?.length, sigma_db[60]?.length, gain_db[30]?.[30]]).toEqual([
    61, 61, 61, 0,
  ]);
  expect(Math.abs(reach_deg - 14 * Math.SQRT2)).toBeLessThan(3);
  // Five times the power beside it.
  const { y_factor: y, g_over_t_db: ratio, system_temperature_k: temperature } = pattern;
  expect(Math.abs((y?.value ?? NaN) - 5)).toBeLessThan(4 * (y?.sigma ?? NaN));
  expect(31 - 10 * Math.log10(temperature?.value ?? NaN)).toBeCloseTo(ratio?.value ?? NaN, 6);
  // A Gaussian beam is below the mask at once.
  expect(pattern.mask?.excess_db.value).toBeLessThan(0);
  expect(pattern.mask?.angle_deg).toBeGreaterThanOrEqual(8);
});

describe('files', () => {
  const text = async (file: string, query = FIXED, id = wholeId) => {
    const answer = await gateway.get(`/api/skyscan/${id}/pattern.${file}?${query}`);
    return { status: answer.status, text: answer.text };
  };

  test('MSI, NSMA and SPLAT files say the same', async () => {
    const [msi, nsma, az, el] = await Promise.all([
      ...['msi', 'nsma', 'splat.az', 'splat.el'].map((file) => text(file)),
    ]);
    const [fromMsi, fromNsma] = [readMsi(msi?.text ?? ''), readNsma(nsma?.text ?? '')];
    const [azimuth, elevation] = [readSplat(az?.text ?? ''), readSplat(el?.text ?? '')];
    expect(fromMsi.gainDbi).toBeCloseTo(ANALYTIC.directivityDbi, 1);
    expect(fromNsma.gainDbi).toBeCloseTo(ANALYTIC.directivityDbi, 1);
    for (const deg of [0, 10, 30, 180, 330]) {
      expect(fromNsma.azimuthDb[deg]).toBeCloseTo(fromMsi.azimuthDb[deg] ?? NaN, 6);
      expect(azimuth.gains.get(deg)).toBeCloseTo(fromMsi.azimuthDb[deg] ?? NaN, 1);
    }
    // 30 degrees down.
    expect(elevation.gains.get(30)).toBeCloseTo(fromMsi.elevationDb[330] ?? NaN, 1);
    const true30Db = 10 * Math.log10(((1 + Math.cos(Math.PI / 6)) / 2) ** 20);
    expect(fromMsi.azimuthDb[30]).toBeCloseTo(true30Db, 0);
  });

  test('a small scan has no complete cuts: CSV has what was measured, others need fill_db', async () => {
    const csv = await text('csv', 'source=sun', sunId);
    expect(csv.text).toMatch(/^plane,angle_deg,gain_db,sigma_db\r\nazimuth,/);
    const refused = await text('msi', 'source=sun', sunId);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('fill_db');
    const filled = readMsi((await text('msi', 'source=sun&fill_db=-30', sunId)).text);
    expect([filled.azimuthDb[0], filled.azimuthDb[180], filled.gainDbi]).toEqual([0, -30, undefined]);
  });

  test('the picture is a PNG of the requested width', async () => {
    const response = await fetch(`${gateway.url}/api/skyscan/${wholeId}/pattern.png?${FIXED}&size=600`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe('image/png');
    expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16)]).toEqual(['PNG', 600]);
  });
});

test.each([
  ['', 422, 'was not scanned around a source: name it'],
  ['source=sun&emitter=x', 422, 'At most one may be given'],
  ['azimuth=10', 422, 'must be given together'],
  ['source=sun&from_hz=1', 422, 'Required with the other end'],
  ['source=sun&diameter_m=x', 422, 'Must be a number in 0.01..1000 m'],
  ['source=moon&flux_sfu=100', 422, 'the flux of the Sun'],
  ['source=sun&flux_sigma_sfu=5', 422, 'flux_sfu, which is not given'],
  ['source=sun&mask=20:-10,5:-20', 422, 'by rising angles'],
  ['source=sun&from_hz=1&to_hz=2', 409, 'has no spectra'],
  ['azimuth=170&elevation=60&corrected=true', 409, 'no reference measurements'],
  ['azimuth=170&elevation=-5', 409, 'below the horizon'],
])('the query "%s" is refused with %d', async (query, status, reason) => {
  const answer = await gateway.get(`/api/skyscan/${sunId}/pattern?${query}`);
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(reason)]);
});
