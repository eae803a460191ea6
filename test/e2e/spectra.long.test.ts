import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Interference, InterferenceSearch } from '#contract/rest/interference';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import type { Spectrum } from '#contract/rest/spectra';
import { CHANNEL_FLAGS } from '#shared/spectrum/channels';
import {
  callApi,
  fastRotor,
  listenToBroker,
  simulatedOffsetDb,
  untilStatus,
  type PublishedSession,
} from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

// Spectra of the simulated sky, from the samples to the API, against the truth of the simulator.

const CHANNELS = 256;
const bands = [
  { center_frequency_hz: 1_420_000_000, bandwidth_hz: 1_000_000 },
  { center_frequency_hz: 1_423_000_000, bandwidth_hz: 1_000_000 },
];
const grid = { az_start: 150, az_end: 210, el_start: 30, el_end: 40, step_deg: 10, rssi_iterations: 10 };
// A sweep takes a third of a second per cell, longer than a busy machine delays samples and
// positions. With this settling time, it is faster than stopping at every cell.
const SPEED_DEG_S = 30;
const ACCELERATION_DEG_S2 = 300;
const SETTLE_MS = 300;
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({
    env: { SEARCH_SESSIONS: 'automatic' },
    simulator: {
      SIM_AZ_SPEED_DEG_S: String(SPEED_DEG_S),
      SIM_AZ_ACCELERATION_DEG_S2: String(ACCELERATION_DEG_S2),
    },
  });
  const dbm_offset_db = await simulatedOffsetDb(stack);
  const slow = {
    az_speed_deg_s: SPEED_DEG_S,
    az_acceleration_deg_s2: ACCELERATION_DEG_S2,
    settle_ms: SETTLE_MS,
    read_ms: 10,
  };
  await callApi(stack, 'POST', '/api/rotors', fastRotor(stack, { dbm_offset_db, ...slow }));
});

afterAll(() => stack.stop());

/** The expected spectrum of the simulated receiver at a pointing, dBm. */
async function truthAt({ azimuth, elevation }: { azimuth: number; elevation: number }, spectrum: Spectrum) {
  const tunerHz = spectrum.first_channel_hz + (spectrum.channels * spectrum.channel_hz) / 2;
  const fields = { azimuth, elevation, channels: CHANNELS, frequency_hz: tunerHz };
  const query = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  const { body } = await stack.simulator<{ mean_db: number[] }>('GET', `/truth/spectrum?${query.join('&')}`);
  return body.mean_db;
}

describe.each(['step', 'on_the_fly'])('a scan with two bands, %s', (scan_mode) => {
  let session: PublishedSession;
  let points: PublishedMeasurement[];
  let broker: Awaited<ReturnType<typeof listenToBroker>>;

  beforeAll(async () => {
    broker = await listenToBroker(`mqtt://127.0.0.1:${stack.addresses.mqttPort}`);
    const body = { rotor_id: 1, ...grid, scan_mode, spectrum: { channels: CHANNELS }, bands };
    session = await callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', body);
    session = await untilStatus(stack, session.id, 'completed');
    points = await callApi(stack, 'GET', `/api/skyscan/${session.id}/measurements`);
  });
  afterAll(() => broker.close());

  const spectrumAt = (seq: number, band: number) =>
    callApi<Spectrum>(stack, 'GET', `/api/skyscan/${session.id}/spectrum?seq=${seq}&band=${band}`);

  test('has a spectrum of each band at every point', async () => {
    expect(points).toHaveLength(14);
    // Swept cells have about 33 reads. A cell that lost samples is measured by stopping.
    const swept = points.filter(({ reads }) => reads > grid.rssi_iterations).length;
    if (scan_mode === 'on_the_fly') expect(swept).toBeGreaterThan(7);
    else expect(swept).toBe(0);
    for (const { seq } of points)
      for (const band of [0, 1]) {
        const spectrum = await spectrumAt(seq, band);
        expect(spectrum).toMatchObject({ seq, band, unit: 'dBm', channels: CHANNELS });
        const centerHz = bands[band]?.center_frequency_hz ?? NaN;
        const lastHz = spectrum.first_channel_hz + CHANNELS * spectrum.channel_hz;
        expect([spectrum.first_channel_hz < centerHz, centerHz < lastHz]).toEqual([true, true]);
      }
  });

  test('agrees with the truth of the simulator', async () => {
    // A sweep reads anywhere in its cell: the level is between the lowest and the highest there.
    const offsetsDeg = scan_mode === 'step' ? [0] : [-5, -2.5, 0, 2.5, 5];
    for (const point of [points[0], points[6], points[13]])
      for (const band of [0, 1]) {
        if (!point) throw new Error('the point is missing');
        const spectrum = await spectrumAt(point.seq, band);
        const { azimuth, elevation } = point.readback;
        const truths = await Promise.all(
          offsetsDeg.map((offset) => truthAt({ azimuth: azimuth + offset, elevation }, spectrum)),
        );
        const errors = Array.from({ length: CHANNELS }, (_, k) => {
          const levels = truths.map((truth) => truth[k] ?? NaN);
          const meanDb = spectrum.mean_db?.[k] ?? NaN;
          return Math.max(0, Math.min(...levels) - meanDb, meanDb - Math.max(...levels));
        })
          .filter((_, k) => ((spectrum.flags[k] ?? 0) & CHANNEL_FLAGS.dc) === 0)
          .toSorted((a, b) => a - b);
        // The noise of 937 transforms is 0.14 dB; the gain drifts by hundredths of a decibel.
        expect(errors[errors.length >> 1]).toBeLessThan(0.3);
      }
  });

  test('the search for interference finds the mean with and without it', async () => {
    const url = `/api/skyscan/${session.id}/interference`;
    await until('the searches of both bands end', async () => {
      const { body } = await stack.api<InterferenceSearch[]>('GET', `${url}/searches`);
      return body.length === 2 && body.every(({ status }) => status === 'done');
    });
    for (const band of [0, 1]) {
      const found = await callApi<Interference[]>(stack, 'GET', `${url}?band=${band}`);
      expect(found.map(({ seq }) => seq)).toEqual(points.map(({ seq }) => seq));
      for (const { mean_dbm, mean_clean_dbm } of found)
        // Interference is at most the carriers of the simulated sky.
        expect([mean_dbm !== null, (mean_clean_dbm ?? NaN) < (mean_dbm ?? NaN) + 0.2]).toEqual([true, true]);
    }
    const rssi = points.map(({ mean_dbm }) => mean_dbm);
    const band0 = await callApi<Interference[]>(stack, 'GET', url);
    // The band without its edges and the DC offset, so a little less than the RSSI.
    band0.forEach(({ mean_dbm }, k) =>
      expect(Math.abs((mean_dbm ?? NaN) - (rssi[k] ?? NaN))).toBeLessThan(1.5),
    );
  });

  test('publishes no spectra over MQTT, but the strongest channels', () => {
    const mine = broker.points.filter(({ session_id }) => session_id === session.id);
    expect(mine.length).toBeGreaterThan(0);
    for (const message of mine) {
      expect(JSON.stringify(message).length).toBeLessThan(3_000);
      expect(message.strongest?.length).toBeLessThanOrEqual(10);
    }
  });
});

test('the receiver behind the bands is checked before the scan', async () => {
  const start = (body: object) => stack.api('POST', '/api/skyscan/start', { rotor_id: 1, ...grid, ...body });
  const narrow = await start({
    spectrum: { channels: 64 },
    bands: [{ center_frequency_hz: 1.42e9, bandwidth_hz: 1e5 }],
  });
  expect([narrow.status, (narrow.body as { detail: string }).detail]).toEqual([
    400,
    'bandwidth 100000 Hz is below 256000 Hz, 8 of the 64 channels of the spectrum',
  ]);
  const wide = await start({ bands: [{ center_frequency_hz: 1.42e9, bandwidth_hz: 3e6 }] });
  expect([wide.status, (wide.body as { detail: string }).detail]).toEqual([
    400,
    'bandwidth 3000000 Hz is above the sample rate of 2048000 Hz',
  ]);
  const away = await start({
    spectrum: {},
    bands: [
      { center_frequency_hz: 1.42e9, bandwidth_hz: 1e6 },
      { center_frequency_hz: 9e9, bandwidth_hz: 1e6 },
    ],
  });
  expect([away.status, (away.body as { detail: string }).detail]).toEqual([
    400,
    'center frequency 9000000000 Hz is outside 24000000..1766000000 Hz of the R820T tuner',
  ]);
});
