import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { startObservatory, type TestObservatory } from '../support/observatory.ts';
import { periodogram } from '../support/periodogram.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'sky-scan-world-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CHANNELS = 1_024;
const RATE_HZ = 2_048_000;
const FREQUENCY_HZ = 145_500_000;
const SITE = { SIM_LATITUDE_DEG: '48', SIM_LONGITUDE_DEG: '11' };
// 0.1 degrees north: 11 km.
const MAST = { name: 'mast', latitude_deg: 48.1, longitude_deg: 11, height_m: 100, eirp_dbm: -14 };
const CARRIER = { center_hz: FREQUENCY_HZ + 300_000, share: 0.5 };
const BURSTS = {
  center_hz: FREQUENCY_HZ - 400_000,
  bandwidth_hz: 20_000,
  share: 0.5,
  duty_cycle: 0.3,
  period_ms: 10,
};
let files = 0;

function fileWith(content: unknown): string {
  const path = join(folder, `${++files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function start(env: Record<string, string>): Promise<TestObservatory> {
  const observatory = await startObservatory(env);
  onTestFinished(() => observatory.close());
  return observatory;
}

async function truth<T>({ controlPort }: TestObservatory, path: string): Promise<T> {
  return (await fetch(`http://127.0.0.1:${controlPort}/truth${path}`)).json() as Promise<T>;
}

test('two sites see the emitters of one world from where they are', async () => {
  const world = fileWith({ emitters: [{ ...MAST, signals: [CARRIER] }] });
  const sites = await Promise.all([
    start({ SIM_WORLD_FILE: world, ...SITE }),
    start({ SIM_WORLD_FILE: world, SIM_LATITUDE_DEG: '48.1', SIM_LONGITUDE_DEG: '11.1' }),
  ]);
  const sources = await Promise.all(
    sites.map((site) => truth<{ name: string; azimuth: number; level_dbm: number }[]>(site, '/sources')),
  );
  expect(sources.map((list) => list.map(({ name }) => name))).toEqual([['mast'], ['mast']]);
  expect(sources.map(([mast]) => Math.round(mast?.azimuth ?? NaN))).toEqual([0, 270]);
  // 11.1 and 7.4 km away.
  expect((sources[1]?.[0]?.level_dbm ?? 0) - (sources[0]?.[0]?.level_dbm ?? 0)).toBeCloseTo(3.5, 1);
});

test('the Sun of a world is where it is at the requested time', async () => {
  const observatory = await start({ SIM_WORLD_FILE: fileWith({ sun: { level_dbm: -75 } }), ...SITE });
  const noon = Date.UTC(2026, 5, 21, 11, 18);
  const [sun] = await truth<{ azimuth: number; elevation: number }[]>(observatory, `/sources?from=${noon}`);
  expect(sun?.elevation).toBeCloseTo(65.4, 0);
  expect(await truth(observatory, `/sources?from=${noon + 43_200_000}`)).toEqual([]);
});

test('the Sun of a seed moves over the site if asked to', async () => {
  const at = async (settings: Record<string, string>, unixMs: number) => {
    const sources = await truth<{ kind: string; elevation: number }[]>(
      await start({ ...SITE, ...settings }),
      `/sources?from=${unixMs}`,
    );
    return sources.find(({ kind }) => kind === 'sun')?.elevation;
  };
  const noon = Date.UTC(2026, 5, 21, 11, 18);
  expect(await at({ SIM_SUN: 'moving' }, noon)).toBeCloseTo(65.4, 0);
  expect(await at({ SIM_SUN: 'moving' }, noon + 43_200_000)).toBeUndefined();
  expect(await at({}, noon + 43_200_000)).toBe(await at({}, noon));
});

test('the samples have the expected spectrum, with bursts', async () => {
  const world = fileWith({ emitters: [{ ...MAST, signals: [CARRIER, BURSTS] }] });
  const observatory = await start({ SIM_WORLD_FILE: world, SIM_DRIFT_DB: '0', ...SITE });
  // The antenna rests at azimuth 0.
  const transforms = 4_000;
  const spectrum = await measure(observatory, transforms);
  const now = Date.now();
  const expected = await observatory.truthSpectrum(0, 0, { from: now - 1_000, to: now });
  const { dongle } = await observatory.state();
  const errors = spectrum.map((dbfs, k) => dbfs + dongle.dbm_offset_db - (expected[k] ?? NaN));
  // The DC offset of the tuner is in the middle.
  errors.splice(CHANNELS / 2 - 2, 5);
  // 6 sigma of the noise, and 0.1 dB of quantisation.
  expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.1 + (6 * 4.34) / Math.sqrt(transforms));
});

test('a beam from a file is that of the antenna', async () => {
  const beam = {
    gain_dbi: 20,
    off_axis_deg: [0, 10, 180],
    roll_deg: [0, 90],
    gain_db: [
      [0, -20, -30],
      [0, -3, -30],
    ],
  };
  const world = fileWith({ emitters: [{ ...MAST, eirp_dbm: 20, signals: [CARRIER] }] });
  const observatory = await start({ SIM_WORLD_FILE: world, SIM_BEAM_FILE: fileWith(beam), ...SITE });
  const settings = { frequency_hz: CARRIER.center_hz, sample_rate_hz: RATE_HZ };
  const level = async (azimuth: number, elevation: number) =>
    (await observatory.truthSpectrum(azimuth, elevation, settings))[CHANNELS / 2] ?? NaN;
  const onAxis = await level(0, 0.4);
  // The mast is right of the axis, then above it.
  expect((await level(-10, 0.4)) - onAxis).toBeCloseTo(-20, 0);
  expect((await level(0, -9.6)) - onAxis).toBeCloseTo(-3, 0);
});

test.each([
  ['a file that does not exist', { SIM_WORLD_FILE: '/nowhere.json' }, /nowhere\.json/],
  ['malformed JSON', { SIM_WORLD_FILE: '{"emitters": ' }, /JSON/],
  ['an emitter without signals', { SIM_WORLD_FILE: { emitters: [{ ...MAST, signals: [] }] } }, /signals/],
  ['an unknown field', { SIM_WORLD_FILE: { moon: {} } }, /moon/],
  [
    'a latitude beyond the pole',
    { SIM_WORLD_FILE: { emitters: [{ ...MAST, latitude_deg: 91, signals: [CARRIER] }] } },
    /latitude_deg/,
  ],
  [
    'an orbit without elements',
    { SIM_WORLD_FILE: { satellites: [{ omm: { OBJECT_NAME: 'X' }, eirp_dbm: 1, signals: [CARRIER] }] } },
    /X: its orbital elements cannot be propagated/,
  ],
  [
    'a beam whose rows are too short',
    { SIM_BEAM_FILE: { gain_dbi: 1, off_axis_deg: [0, 1], roll_deg: [0], gain_db: [[0]] } },
    /gain_db/,
  ],
  [
    'a beam whose angles fall',
    { SIM_BEAM_FILE: { gain_dbi: 1, off_axis_deg: [1, 0], roll_deg: [0], gain_db: [[0, 0]] } },
    /off_axis_deg: must rise/,
  ],
])('refuses %s', async (_, settings, message) => {
  const [[name, content] = ['', '']] = Object.entries<unknown>(settings);
  const path = content === '/nowhere.json' ? content : fileWith(content);
  await expect(startObservatory({ [name]: path })).rejects.toThrow(message);
});

/** Mean power in each channel, dBFS, of consecutive transforms with a Hann window. */
async function measure({ rtlTcpPort }: TestObservatory, transforms: number): Promise<number[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const socket = connect(rtlTcpPort, '127.0.0.1');
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
  });
  const command = (code: number, value: number) => {
    const message = Buffer.alloc(5, code);
    message.writeUInt32BE(value, 1);
    return message;
  };
  socket.write(
    Buffer.concat([command(1, FREQUENCY_HZ), command(2, RATE_HZ), command(3, 1), command(4, 297)]),
  );
  // The first samples are older than the settings.
  const ignored = 12 + 2 * RATE_HZ;
  await until('the samples', () => bytes >= ignored + 2 * CHANNELS * transforms);
  socket.destroy();
  const iq = Buffer.concat(chunks).subarray(ignored, ignored + 2 * CHANNELS * transforms);
  return periodogram(iq, CHANNELS).map((power) => 10 * Math.log10(power));
}
