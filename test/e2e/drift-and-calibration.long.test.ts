import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { fastRotor, callApi, untilStatus, simulatedOffsetDb } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

describe('a receiver that drifts', () => {
  let stack: TestStack;
  beforeAll(async () => {
    // Its gain falls by about 0.06 dB per second.
    stack = await startTestStack({ simulator: { SIM_SEED: '8', SIM_DRIFT_DB: '6' } });
  });
  afterAll(() => stack.stop());

  test('is corrected by a reference: the map is closer to the truth', async () => {
    await callApi(stack, 'POST', '/api/rotors', fastRotor(stack));
    const { id } = await callApi<{ id: number }>(stack, 'POST', '/api/skyscan/start', {
      rotor_id: 1,
      el_start: 20,
      el_end: 60,
      step_deg: 20,
      rssi_iterations: 40,
      reference: { azimuth: 0, elevation: 85 },
    });
    await untilStatus(stack, id, 'completed');
    const path = `/api/skyscan/${id}/measurements`;
    const raw = await callApi<PublishedMeasurement[]>(stack, 'GET', path);
    const corrected = await callApi<PublishedMeasurement[]>(stack, 'GET', `${path}?corrected=true`);
    const references = raw.flatMap(({ reference }) => (reference ? [reference.mean_dbm] : []));
    expect(references).toHaveLength(2);
    const pointings = raw.map(({ readback }) => readback);
    const truth = (await stack.simulator<number[]>('POST', '/truth', pointings)).body;
    const error = (points: PublishedMeasurement[]) =>
      spread(points.map(({ mean_dbm }, i) => mean_dbm - (truth[i] ?? NaN)));
    expect(error(corrected)).toBeLessThan(error(raw) / 3);
  });
});

describe('a receiver that is calibrated', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
    await callApi(stack, 'POST', '/api/rotors', fastRotor(stack));
  });
  afterAll(() => stack.stop());

  const scan = { rotor_id: 1, az_start: 0, az_end: 30, el_start: 40, el_end: 50, step_deg: 10 };
  const measured = async () => {
    const { id } = await callApi<{ id: number }>(stack, 'POST', '/api/skyscan/start', scan);
    await untilStatus(stack, id, 'completed');
    return callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
  };
  const warnings = async () =>
    (await callApi<{ warnings: string[] }>(stack, 'POST', '/api/skyscan/preview', scan)).warnings;

  test('gives true levels', async () => {
    const before = await measured();
    expect(new Set(before.map(({ unit }) => unit))).toEqual(new Set(['dBFS']));
    expect(await warnings()).toEqual([expect.stringMatching(/^levels will be in dBFS: /)]);

    // The sky at this pointing replaces a signal generator.
    await callApi(stack, 'POST', '/api/rotors/1/move', { azimuth: 10, elevation: 40 });
    const at = () => callApi<{ azimuth: number; elevation: number }>(stack, 'GET', '/api/rotors/1/position');
    const pointing = await until('the antenna has arrived', async () => {
      const { azimuth, elevation } = await at();
      return Math.abs(azimuth - 10) < 0.2 && Math.abs(elevation - 40) < 0.2
        ? { azimuth, elevation }
        : undefined;
    });
    const [level_dbm] = (await stack.simulator<number[]>('POST', '/truth', [pointing])).body;
    const body = { level_dbm, gain_db: 30 };
    const calibration = await callApi<{ dbm_offset_db: number; gain_db: number }>(
      stack,
      'POST',
      '/api/receivers/default/calibrate',
      body,
    );
    expect(calibration.gain_db).toBe(29.7);
    expect(Math.abs(calibration.dbm_offset_db - (await simulatedOffsetDb(stack)))).toBeLessThan(0.15);

    expect(await warnings()).toEqual([]);
    const after = await measured();
    expect(new Set(after.map(({ unit }) => unit))).toEqual(new Set(['dBm']));
    const truth = (
      await stack.simulator<number[]>(
        'POST',
        '/truth',
        after.map(({ readback }) => readback),
      )
    ).body;
    after.forEach(({ mean_dbm, flags }, i) => {
      expect(flags).toEqual([]);
      expect(Math.abs(mean_dbm - (truth[i] ?? NaN))).toBeLessThan(0.5);
    });
  });

  test('is not calibrated while a scan measures with it', async () => {
    const long = { ...scan, rssi_iterations: 200 };
    const { id } = await callApi<{ id: number }>(stack, 'POST', '/api/skyscan/start', long);
    await untilStatus(stack, id, 'running');
    const body = { level_dbm: -50, gain_db: 29.7 };
    expect(await stack.api('POST', '/api/receivers/default/calibrate', body)).toEqual({
      status: 409,
      body: {
        detail: `receiver default is in use by session ${id}; pause the session or wait until it ends`,
      },
    });
    await callApi(stack, 'POST', `/api/skyscan/${id}/cancel`);
    await untilStatus(stack, id, 'cancelled');
  });
});

/** Standard deviation. */
function spread(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
