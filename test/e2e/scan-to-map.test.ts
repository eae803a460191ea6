import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { until } from '../support/until.ts';
import {
  fastRotor,
  listenToBroker,
  callApi,
  untilStatus,
  simulatedOffsetDb,
  watchSession,
  type PublishedSession,
} from '../support/stack-client.ts';
import { rankCorrelation } from '../support/rank-correlation.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

// A whole scan from the first request to the map, through all services; only the hardware is
// simulated.

const STEP_DEG = 8;
const scan = {
  rotor_id: 1,
  az_start: 0,
  az_end: 360,
  el_start: 18,
  el_end: 65,
  step_deg: STEP_DEG,
  rssi_iterations: 4,
};
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});

afterAll(async () => {
  await stack.stop();
});

describe('a scan of the simulated sky', () => {
  let session: PublishedSession;
  let viewer: ReturnType<typeof watchSession>;
  let broker: Awaited<ReturnType<typeof listenToBroker>>;
  let measurements: PublishedMeasurement[];

  beforeAll(async () => {
    await callApi(
      stack,
      'POST',
      '/api/rotors',
      fastRotor(stack, { dbm_offset_db: await simulatedOffsetDb(stack) }),
    );
    broker = await listenToBroker(`mqtt://127.0.0.1:${stack.addresses.mqttPort}`);
    session = await callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', scan);
    viewer = watchSession(stack, String(session.id));
    session = await untilStatus(stack, session.id, 'completed');
    measurements = await callApi<PublishedMeasurement[]>(
      stack,
      'GET',
      `/api/skyscan/${session.id}/measurements`,
    );
  });

  afterAll(async () => {
    await broker.close();
  });

  test('stores every cell of the grid exactly once, in the order of measurement', () => {
    expect(session).toMatchObject({
      total_points: 270,
      completed_points: 270,
      progress_pct: 100,
      notes: null,
    });
    expect(measurements.map(({ seq }) => seq)).toEqual(Array.from({ length: 270 }, (_, i) => i + 1));
    expect(new Set(measurements.map(({ row, column }) => `${row},${column}`)).size).toBe(270);
  });

  test('measures at the setpoints, within the tolerance', () => {
    for (const { setpoint, readback } of measurements) {
      expect(Math.abs(setpoint.azimuth - readback.azimuth)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(setpoint.elevation - readback.elevation)).toBeLessThanOrEqual(0.5);
    }
  });

  test('makes a true map: ranks match the truth, and the strongest source is at its place', async () => {
    const setpoints = measurements.map(({ setpoint }) => setpoint);
    const truth = (await stack.simulator<number[]>('POST', '/truth', setpoints)).body;
    const levels = measurements.map(({ mean_dbm }) => mean_dbm);
    for (const { min_dbm, median_dbm, max_dbm } of measurements)
      expect([min_dbm, median_dbm ?? NaN, max_dbm].toSorted((a, b) => a - b)).toEqual([
        min_dbm,
        median_dbm,
        max_dbm,
      ]);
    expect(rankCorrelation(levels, truth)).toBeGreaterThanOrEqual(0.95);
    const strongest = (values: number[]) =>
      setpoints[values.indexOf(Math.max(...values))] as (typeof setpoints)[number];
    const [seen, real] = [strongest(levels), strongest(truth)];
    expect(Math.abs(seen.azimuth - real.azimuth)).toBeLessThanOrEqual(STEP_DEG);
    expect(Math.abs(seen.elevation - real.elevation)).toBeLessThanOrEqual(STEP_DEG);
    levels.forEach((level, i) => expect(Math.abs(level - (truth[i] as number))).toBeLessThan(1));
  });

  test('shows viewers, subscribers and /data the same points in the same order', async () => {
    expect(await viewer.closed).toEqual({ code: 1000, reason: expect.any(String) as string });
    const data = await callApi<Record<string, unknown>[]>(stack, 'GET', `/api/skyscan/${session.id}/data`);
    const seen = viewer.messages.flatMap(({ point }) => (point ? [point] : []));
    expect(viewer.messages[0]?.point).toBeNull();
    expect(viewer.messages.at(-1)).toMatchObject({ status: 'completed', point: null, completed: 270 });
    // The viewer connected during the scan and has every point since then.
    expect(seen).toEqual(data.slice(-seen.length));
    expect(seen.length).toBeGreaterThan(260);
    expect(Object.keys(data[0] ?? {}).sort()).toEqual(
      ['azimuth', 'elevation', 'measured_at', 'rssi_average', 'rssi_current', 'rssi_reads'].sort(),
    );
    await until('the last point on the broker', () => broker.points.length >= 270);
    expect(broker.points.map(({ point }) => point)).toEqual(data);
    // A temporary fault is published with the same status.
    const statuses = broker.statuses.map(({ status }) => status);
    expect(statuses.filter((status, i) => status !== statuses[i - 1])).toEqual([
      'pending',
      'running',
      'completed',
    ]);
  });

  test('lets a viewer reconnect without missing a point', async () => {
    const late = watchSession(stack, `${session.id}?after=265&detail=full`);
    expect((await late.closed).code).toBe(1000);
    const points = late.messages.flatMap(({ point }) => (point ? [point] : []));
    expect(points).toHaveLength(5);
    expect(points.map(({ seq }) => seq)).toEqual([266, 267, 268, 269, 270]);
  });

  test('never moved the rotator outside its limits', async () => {
    const { body } = await stack.simulator<{ limits_crossed: number }>('GET', '/state');
    expect(body.limits_crossed).toBe(0);
  });
});
