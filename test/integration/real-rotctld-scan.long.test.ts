import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import {
  listenToBroker,
  callApi,
  untilStatus,
  simulatedOffsetDb,
  type PublishedSession,
} from '../support/stack-client.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { until } from '../support/until.ts';
import { rankCorrelation } from '../support/rank-correlation.ts';
import { startRealRotctld, type RealRotctld } from '../support/rotctld-real.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

// Hamlib's rotctld with its dummy rotator (6 deg/s on both axes, stops exactly on target); the
// simulated dongle receives from the pointing that rotctld reports.

const SPEED_DEG_PER_S = 6;
const TOLERANCE_DEG = 0.5;
const SETTLE_MS = 100;
const READ_MS = 10;
const scan = { az_start: 0, az_end: 28, el_start: 20, el_end: 26, step_deg: 2, rssi_iterations: 10 };
const POINTS = 60;

describeWithPrograms(['rotctld'], 'a scan with the real rotctld', () => {
  let rotctld: RealRotctld;
  let stack: TestStack;

  beforeAll(async () => {
    rotctld = await startRealRotctld();
    stack = await startTestStack({ rotctld: `127.0.0.1:${rotctld.port}` });
    const answer = await callApi<{ id: number }>(stack, 'POST', '/api/rotors', {
      name: 'dummy',
      port: rotctld.port,
      tolerance_deg: TOLERANCE_DEG,
      settle_ms: SETTLE_MS,
      az_speed_deg_s: SPEED_DEG_PER_S,
      el_speed_deg_s: SPEED_DEG_PER_S,
      az_acceleration_deg_s2: 3_600,
      el_acceleration_deg_s2: 3_600,
      read_ms: READ_MS,
      dbm_offset_db: await simulatedOffsetDb(stack),
    });
    expect(answer.id).toBe(1);
    // Move to the first cell before the timed scan.
    await callApi(stack, 'POST', '/api/rotors/1/move', { azimuth: scan.az_start, elevation: scan.el_start });
    await until('the first cell', async () => (await rotctld.position()).elevationDeg === scan.el_start);
  });

  afterAll(async () => {
    await stack.stop();
    await rotctld.kill();
  });

  test('stores all of its 60 points once, in order, on target, with the simulated sky in them', async ({
    annotate,
  }) => {
    const broker = await listenToBroker(`mqtt://127.0.0.1:${stack.addresses.mqttPort}`);
    const { id } = await callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', {
      rotor_id: 1,
      ...scan,
    });
    await untilStatus(stack, id, 'completed');
    const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
    expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: POINTS }, (_, i) => i + 1));
    expect(new Set(points.map(({ setpoint }) => `${setpoint.azimuth} ${setpoint.elevation}`)).size).toBe(
      POINTS,
    );
    for (const { setpoint, readback } of points) {
      expect(Math.abs(setpoint.azimuth - readback.azimuth)).toBeLessThanOrEqual(TOLERANCE_DEG);
      expect(Math.abs(setpoint.elevation - readback.elevation)).toBeLessThanOrEqual(TOLERANCE_DEG);
    }
    const setpoints = points.map(({ setpoint }) => setpoint);
    const truth = (await stack.simulator<number[]>('POST', '/truth', setpoints)).body;
    expect(
      rankCorrelation(
        points.map(({ mean_dbm }) => mean_dbm),
        truth,
      ),
    ).toBeGreaterThanOrEqual(0.95);

    const ended = await until('the last status', () =>
      broker.statuses.find(({ status }) => status === 'completed'),
    );
    await broker.close();
    const wallMs = Date.parse(String(ended.finished_at)) - Date.parse(String(ended.started_at));
    const hopsMs = (POINTS - 1) * (scan.step_deg / SPEED_DEG_PER_S) * 1000;
    const boundMs = hopsMs + POINTS * (SETTLE_MS + scan.rssi_iterations * READ_MS);
    const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
    await annotate(
      `wall ${seconds(wallMs)}, bound ${seconds(boundMs)}, ratio ${(wallMs / boundMs).toFixed(3)}`,
    );
    // A time below the bound would mean that it measured while moving; an upper limit would need a
    // quiet machine.
    expect(wallMs).toBeGreaterThan(boundMs * 0.99);
  });
});
