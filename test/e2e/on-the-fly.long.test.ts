import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import type { SpectrumSummary } from '#contract/rest/spectra';
import { getSession, callApi, simulatedOffsetDb, watchSession } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { addRotor, untilStatusWithRetry, expectComplete, startScan } from '../support/whole-scan.ts';

// On-the-fly scans through all services, on a simulated rotator that takes a second per row.

const SPEED = { az: 40, el: 40, azAcceleration: 200, elAcceleration: 200 };
const PLAY_DEG = 1;
const SIMULATOR = {
  SIM_AZ_SPEED_DEG_S: String(SPEED.az),
  SIM_EL_SPEED_DEG_S: String(SPEED.el),
  SIM_AZ_ACCELERATION_DEG_S2: String(SPEED.azAcceleration),
  SIM_EL_ACCELERATION_DEG_S2: String(SPEED.elAcceleration),
  SIM_BACKLASH_DEG: String(PLAY_DEG),
  SIM_DRIFT_DB: '0',
};
const ROTOR = {
  az_speed_deg_s: SPEED.az,
  el_speed_deg_s: SPEED.el,
  az_acceleration_deg_s2: SPEED.azAcceleration,
  el_acceleration_deg_s2: SPEED.elAcceleration,
  settle_ms: 300,
};
// The geostationary belt crosses this part of the simulated sky.
const SCAN = { az_start: 160, az_end: 200, el_start: 28, el_end: 36, step_deg: 2, scan_mode: 'on_the_fly' };
const COLUMNS = 21;
const TOTAL = 5 * COLUMNS;
let stack: TestStack;
let rotorId: number;

beforeAll(async () => {
  stack = await startTestStack({ simulator: SIMULATOR });
  rotorId = await addRotor(stack, { ...ROTOR, dbm_offset_db: await simulatedOffsetDb(stack) });
});

afterAll(async () => {
  await stack.stop();
});

/** Starts a scan and waits until it is in the middle of its second row. */
async function inSecondRow(change: object = {}): Promise<number> {
  const id = await startScan(stack, rotorId, { ...SCAN, ...change });
  await until('the first row', async () => (await getSession(stack, id)).completed_points >= COLUMNS);
  await until('the second row', async () => {
    const { body } = await stack.simulator<{ moving: boolean; readback: { azimuth: number } }>(
      'GET',
      '/state',
    );
    return body.moving && body.readback.azimuth > 170 && body.readback.azimuth < 190;
  });
  return id;
}

async function completed(id: number): Promise<number> {
  return (await getSession(stack, id)).completed_points;
}

describe('an on-the-fly scan', () => {
  test('measures every point once at its stated pointing, and shows the true sky', async () => {
    const id = await startScan(stack, rotorId, SCAN);
    const viewer = watchSession(stack, String(id));
    await expectComplete(stack, id, TOTAL);
    const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
    const errorsDb: number[] = [];
    for (const { readback, setpoint, mean_dbm, reads } of points) {
      expect(reads).toBeGreaterThanOrEqual(2);
      expect(Math.abs(readback.azimuth - setpoint.azimuth)).toBeLessThanOrEqual(1);
      const { azimuth, elevation } = readback;
      const { body } = await stack.simulator<{ dbm: number }>(
        'GET',
        // The rows are scanned upwards, so the elevation axis keeps its play.
        `/truth?azimuth=${azimuth}&elevation=${elevation - PLAY_DEG / 2}`,
      );
      errorsDb.push(Math.abs(mean_dbm - body.dbm));
    }
    // A cell is two degrees wide, and its level is the mean over it. Late timestamps on a busy
    // machine spoil single cells.
    const sorted = errorsDb.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThan(0.5);
    expect((await viewer.closed).code).toBe(1000);
    expect(viewer.messages.filter(({ point }) => point).length).toBe(TOTAL);
    expect(await getSession(stack, id)).not.toHaveProperty('scan_mode');
  });

  test('pauses at once within a row, sweeps that row again, and can be cancelled within a row', async () => {
    const id = await inSecondRow();
    await callApi(stack, 'POST', `/api/skyscan/${id}/pause`);
    await untilStatusWithRetry(stack, id, 'paused');
    expect((await completed(id)) % COLUMNS).toBe(0);
    await callApi(stack, 'POST', `/api/skyscan/${id}/resume`);
    await expectComplete(stack, id, TOTAL);

    const other = await inSecondRow();
    await callApi(stack, 'POST', `/api/skyscan/${other}/cancel`);
    await untilStatusWithRetry(stack, other, 'cancelled');
    const { body } = await stack.simulator<{ moving: boolean }>('GET', '/state');
    expect(body.moving).toBe(false);
    expect((await completed(other)) % COLUMNS).toBe(0);
  });

  test.each(['scan-orchestrator', 'rotor-driver', 'sdr-sampler', 'api-gateway'] as const)(
    'survives kill -9 of %s within a row',
    async (name) => {
      const id = await inSecondRow({ spectrum: { channels: 64 } });
      await stack.kill(name);
      await expectComplete(stack, id, TOTAL);
      const spectrum = await callApi<SpectrumSummary>(
        stack,
        'GET',
        `/api/skyscan/${id}/spectrum?summary=true`,
      );
      expect(spectrum.points).toBe(TOTAL);
    },
  );
});
