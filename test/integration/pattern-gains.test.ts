import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { patternComparisonSchema } from '#contract/rest/pattern-comparison';
import { patternSchema } from '#contract/rest/patterns';
import { rotorSchema } from '#contract/rest/rotors';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { startAnalyst } from '../support/analyst.ts';
import { scanOver, type FixedScan } from '../support/analytic-antenna.ts';
import type { Gateway } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { gaussianPair, seededRandom } from '../support/samples.ts';
import { addMap, type StoredMap } from '../support/stored-map.ts';
import { bandOf, spectrumOf } from '../support/stored-spectra.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Stored sessions at two gains, or with a background that changes, sky-analyst, and the API.

const SOURCE = 'azimuth=0&elevation=40';
const STEP_DEG = 1;
const COLUMNS = 53;
/** Levels of the higher gain are 17 dB higher. */
const FACTOR = 0.02;
const CLIP = 0.05;
const PLAN: FixedScan = {
  gainAt: ([x, , z]) => Math.exp((-4 * Math.LN2 * (x * x + z * z)) / (Math.PI / 30) ** 2),
  source: { azimuthDeg: 0, elevationDeg: 40 },
  azimuths: [-26, 26],
  elevations: [20, 60],
  stepDeg: STEP_DEG,
  noiseDb: 0.05,
};

const CHANNELS = bandOf(40);
const CARRIER = 20;
const RANGE = `from_hz=${CHANNELS.firstChannelHz + (CARRIER - 0.5) * 1_000}&to_hz=${CHANNELS.firstChannelHz + (CARRIER + 0.5) * 1_000}`;

const world = useGatewayWorld();
let gateway: Gateway;
let analyst: Awaited<ReturnType<typeof startAnalyst>>;
let [lowId, highId, sameGainId, otherRotorId, otherTuningId, unclippedId, groundId] = [0, 0, 0, 0, 0, 0, 0];

beforeAll(async () => {
  await startTestScan(world);
  analyst = await startAnalyst();
  const rotorOf = async (name: string) =>
    rotorSchema.parse((await world.gateway.post('/api/rotors', { name })).body).id;
  const [rotorId, otherId] = [await rotorOf('dish'), await rotorOf('other dish')];
  const add = (map: StoredMap['map'], gain_db: number, more: Partial<StoredMap> = {}) =>
    addMap(world.database.url, { map, columns: COLUMNS, rotorId, rotor: { gain_db }, ...more });
  const high = scanOver({ ...PLAN, seed: 2, background: 1e-6 });
  high.level.forEach((level, k) => {
    high.clipped[k] = level > CLIP ? 1 : 0;
    high.level[k] = Math.min(level, CLIP) / FACTOR;
  });
  const low = scanOver({ ...PLAN, background: 1e-3 });
  lowId = await add(low, 10);
  unclippedId = await add(low, 27);
  highId = await add(high, 27);
  sameGainId = await add(high, 10);
  otherRotorId = await add(high, 27, { rotorId: otherId });
  otherTuningId = await add(high, 27, { rotor: { gain_db: 27, center_frequency_hz: 1_000_000_000 } });
  groundId = await add(low, 10);
  await addGround(groundId);
  gateway = await world.startGateway({ SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` });
});
afterAll(async () => {
  await gateway.close();
  await analyst.close();
});

/** Spectra whose noise rises towards the ground; one channel has the carrier of the source. */
async function addGround(id: number): Promise<void> {
  const scan = scanOver({ ...PLAN, noiseDb: 0 });
  const random = seededRandom(5);
  const db = createDatabase([world.database.url], pino({ level: 'silent' }));
  const points = Array.from(scan.level, (gain, k) => {
    const ground = 0.003 * (1 + 2 * Math.exp(-((scan.elevationDeg[k] ?? NaN) - 20) / 10));
    const levelOf = (channel: number) =>
      10 * Math.log10(ground + (channel === CARRIER ? gain : 0)) - 90 + 0.05 * gaussianPair(random)[0];
    return {
      seq: k + 1,
      spectra: [spectrumOf(CHANNELS, k + 1, (_, __, channel) => levelOf(channel), ['mean'])],
    };
  });
  await db.transaction((tx) => insertSpectra(tx, id, points));
  await db.close();
}

async function patternOf(query: string) {
  const answer = await gateway.get(`/api/skyscan/${lowId}/pattern?${SOURCE}&${query}`);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return patternSchema.parse(answer.body);
}

test('a session with more gain shows levels below the floor of the other one', async () => {
  const [one, both] = [await patternOf(''), await patternOf(`high_gain_session=${highId}`)];
  expect(one.gain_join).toBeNull();
  const { gain_join: join } = both;
  expect(join?.session_id).toBe(highId);
  expect(Math.abs((join?.factor_db.value ?? NaN) - 10 * Math.log10(FACTOR))).toBeLessThan(
    4 * (join?.factor_db.sigma ?? NaN),
  );
  expect(join?.overlap_db).toBeGreaterThan(10);
  expect((join?.low_gain_points ?? NaN) + (join?.high_gain_points ?? NaN)).toBe(both.points);
  expect(both.warnings.map(({ code }) => code)).toEqual(['coverage']);
  const sigmaAt = ({ cuts }: typeof both, deg: number) =>
    cuts.azimuth.find(({ angle_deg }) => angle_deg === deg)?.sigma_db ?? NaN;
  expect(sigmaAt(both, 0)).toBeLessThan(0.1);
  // 40 dB below the peak; the floor of the lower gain is at -30 dB.
  expect(sigmaAt(one, 11)).toBeGreaterThan(3 * sigmaAt(both, 11));
  // The peak is that of the lower gain.
  const [width, same] = [both.hpbw_deg.azimuth, one.hpbw_deg.azimuth];
  expect(Math.abs((width?.value ?? NaN) / (same?.value ?? NaN) - 1)).toBeLessThan(0.01);
});

test('files and comparisons have it as well; of a comparison, the first session', async () => {
  const query = `${SOURCE}&high_gain_session=${highId}`;
  const csv = await gateway.get(`/api/skyscan/${lowId}/pattern.csv?${query}`);
  expect(csv.status).toBe(200);
  expect(csv.text).not.toBe((await gateway.get(`/api/skyscan/${lowId}/pattern.csv?${SOURCE}`)).text);
  const compared = await gateway.get(
    `/api/skyscan/${lowId}/pattern/comparison?${query}&with_session=${lowId}`,
  );
  const { figures } = patternComparisonSchema.parse(compared.body);
  const width = figures.find(({ name }) => name === 'hpbw_azimuth');
  expect(width?.difference?.value).not.toBe(0);
});

test.each([
  [() => '0', 422, 'Must be a whole number in 1..'],
  [() => '999999', 422, 'Session 999999 does not exist'],
  [() => lowId, 409, 'they are the same session'],
  [() => sameGainId, 409, 'its gain of 10 dB is not above 10 dB'],
  [() => otherRotorId, 409, 'it has rotor '],
  [() => unclippedId, 409, 'no point of the higher gain is clipped'],
  [() => otherTuningId, 409, 'its frequency is 1000000000 Hz, not '],
])('a session that cannot be joined is refused (%#)', async (id, status, reason) => {
  const answer = await gateway.get(
    `/api/skyscan/${lowId}/pattern?${SOURCE}&high_gain_session=${String(id())}`,
  );
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(reason)]);
});

test('neighbouring channels show the background of each point', async () => {
  const ask = async (query: string) => {
    const answer = await gateway.get(`/api/skyscan/${groundId}/pattern?${SOURCE}&${RANGE}${query}`);
    expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
    return patternSchema.parse(answer.body);
  };
  const [own, blind] = [await ask(''), await ask('&neighbours=false')];
  expect([own, blind].map((each) => each.is_background_of_channels)).toEqual([true, false]);
  const highestAside = ({ cuts }: typeof own) => {
    const at = cuts.elevation.find(({ angle_deg }) => angle_deg === 15)?.gain_db ?? NaN;
    const same = cuts.elevation.find(({ angle_deg }) => angle_deg === -15)?.gain_db ?? NaN;
    return Math.max(at, same);
  };
  // Both are far from the beam: nothing is received there.
  expect(highestAside(own)).toBeLessThan(-33);
  expect(highestAside(blind)).toBeGreaterThan(-28);
});

test.each([
  ['neighbours=true', 'need from_hz and to_hz'],
  [`neighbours=true&${RANGE}&background_db=-120`, 'or background_db or high_gain_session are given'],
])('neighbours that cannot be used are refused: %s', async (query, reason) => {
  const answer = await gateway.get(`/api/skyscan/${groundId}/pattern?${SOURCE}&${query}`);
  expect([answer.status, answer.text]).toEqual([409, expect.stringContaining(reason)]);
});
