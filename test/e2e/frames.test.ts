import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AntennaPattern } from '#contract/rest/patterns';
import type { Plan } from '#contract/rest/plan';
import type { PublishedMeasurement, ScanPreview, Session } from '#contract/rest/sessions';
import { createDirectionAt } from '#shared/sky/frame';
import { separationDeg } from '#shared/sky/pointing';
import { callApi, fastRotor, getSession, untilStatus } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

// Scans around the Sun of the simulator and around a mast, through all services.

// Where it is noon: the Sun is 21 to 69 degrees high.
const PLACE = { latitude_deg: 45, longitude_deg: 15 * (12 - new Date().getUTCHours()) };
const SUN = createDirectionAt({
  kind: 'sun',
  place: { latitudeDeg: PLACE.latitude_deg, longitudeDeg: PLACE.longitude_deg, heightM: 0 },
});
const TOLERANCE_DEG = 0.1;
const SQUARE = { az_start: -8, az_end: 8, el_start: -8, el_end: 8, step_deg: 2, rssi_iterations: 4 };

const folder = mkdtempSync(join(tmpdir(), 'sky-scan-frames-'));
let stack: TestStack;
let rotorId: number;

beforeAll(async () => {
  const world = join(folder, 'world.json');
  writeFileSync(world, JSON.stringify({ sun: { level_dbm: -75 } }));
  const simulator = {
    SIM_WORLD_FILE: world,
    SIM_RESOLUTION_DEG: '0.01',
    SIM_LATITUDE_DEG: String(PLACE.latitude_deg),
    SIM_LONGITUDE_DEG: String(PLACE.longitude_deg),
  };
  stack = await startTestStack({ simulator });
  const rotor = { settle_ms: 0, tolerance_deg: TOLERANCE_DEG, read_ms: 5 };
  rotorId = (await callApi<{ id: number }>(stack, 'POST', '/api/rotors', fastRotor(stack, rotor))).id;
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

const request = (change: object) => ({ rotor_id: rotorId, ...SQUARE, ...change });
const start = (change: object) => callApi<Session>(stack, 'POST', '/api/skyscan/start', request(change));
const preview = (change: object) =>
  callApi<ScanPreview>(stack, 'POST', '/api/skyscan/preview', request(change));
async function refusal(change: object): Promise<[number, unknown]> {
  const { status, body } = await stack.api<{ detail: unknown }>(
    'POST',
    '/api/skyscan/preview',
    request(change),
  );
  return [status, body.detail];
}

test('needs the place of the site for the Sun', async () => {
  expect(await refusal({ frame: { source: 'sun' } })).toEqual([
    409,
    'the direction of the Sun is unknown: set latitude_deg and longitude_deg of the site (PUT /api/sites/{site_id}), or SITE_LATITUDE_DEG and SITE_LONGITUDE_DEG',
  ]);
  await callApi(stack, 'PUT', '/api/sites/1', { ...PLACE });
});

test('a scan around the Sun follows it, and its pattern is known without a query', async () => {
  const planned = await preview({ frame: { source: 'sun' } });
  expect(planned).toMatchObject({ rows: 9, columns: 9, total_points: 81, unreachable_points: 0 });
  const { id } = await start({ frame: { source: 'sun' } });
  await untilStatus(stack, id, 'completed');
  expect(await getSession(stack, id)).toMatchObject({ completed_points: 81, az_start: -8, notes: null });
  const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
  for (const { row, column, readback, measured_at } of points) {
    if (row !== 4 && column !== 4) continue;
    const at = { azimuthDeg: readback.azimuth, elevationDeg: readback.elevation };
    const expectedDeg = 2 * Math.hypot(row - 4, column - 4);
    const apartDeg = separationDeg(at, SUN(Date.parse(measured_at)));
    expect(Math.abs(apartDeg - expectedDeg)).toBeLessThan(2 * TOLERANCE_DEG);
  }
  const plan = await callApi<Plan>(stack, 'GET', `/api/skyscan/${id}/plan`);
  expect(plan.frame).toEqual({ source: 'sun', name: 'the Sun' });
  const pattern = await callApi<AntennaPattern>(stack, 'GET', `/api/skyscan/${id}/pattern`);
  expect(pattern.source).toBe('the Sun');
  // The beam of the simulator.
  expect(Math.abs((pattern.hpbw_deg.azimuth?.value ?? 0) - 6)).toBeLessThan(0.4);
  expect(Math.abs(pattern.squint_deg.azimuth.value)).toBeLessThan(TOLERANCE_DEG);
  for (const path of ['map.png', 'sources'])
    expect(await stack.api('GET', `/api/skyscan/${id}/${path}`)).toMatchObject({
      status: 409,
      body: {
        detail: expect.stringMatching(/^Session \d+ was scanned around the Sun: it has no map/) as string,
      },
    });
});

test('principal cuts through the Sun have the widths of the beam in both planes', async () => {
  const { id } = await start({ frame: { source: 'sun' }, grid: 'principal_cuts', step_deg: 1 });
  await untilStatus(stack, id, 'completed');
  const { hpbw_deg, coverage } = await callApi<AntennaPattern>(stack, 'GET', `/api/skyscan/${id}/pattern`);
  for (const width of [hpbw_deg.azimuth, hpbw_deg.elevation])
    expect(Math.abs((width?.value ?? 0) - 6)).toBeLessThan(0.5);
  expect([hpbw_deg.major, coverage]).toEqual([null, 0]);
});

test('a scan around a mast measures the part in reach and reports the rest', async () => {
  const frame = { source: { azimuth: 200, elevation: 8 } };
  const planned = await preview({ frame, grid: 'cross' });
  expect(planned).toMatchObject({ rows: 2, columns: 9, total_points: 18 });
  const reason = 'elevation 0 deg is outside 5..90 deg';
  expect(planned.unreachable_points).toBe(3);
  expect(planned.warnings).toContain(`3 of 18 points are expected to be out of reach: ${reason}`);
  const { id } = await start({ frame, grid: 'cross' });
  await untilStatus(stack, id, 'completed');
  const session = await getSession(stack, id);
  expect(session).toMatchObject({ completed_points: 15, total_points: 18 });
  expect(session.notes).toContain(`3 of 18 points were out of reach: ${reason}`);
  expect(await stack.api('GET', `/api/skyscan/${id}/pattern`)).toMatchObject({
    status: 409,
    body: {
      detail: expect.stringContaining(
        'has the grid cross, whose lines are not in the planes of the antenna',
      ) as string,
    },
  });
});

test('refuses a grid that never meets its source, and a source below the horizon', async () => {
  expect(await refusal({ frame: { source: { azimuth: 10, elevation: 30 } }, az_start: 5 })).toEqual([
    400,
    expect.stringMatching(/^the grid never meets the source: its nearest point is 5 deg from it/),
  ]);
  expect(await refusal({ frame: { source: { azimuth: 10, elevation: 2 } } })).toEqual([
    400,
    'the grid never meets az 10 el 2: elevation 2 deg is outside 5..90 deg',
  ]);
  const longitude_deg = PLACE.longitude_deg > 0 ? PLACE.longitude_deg - 180 : PLACE.longitude_deg + 180;
  await callApi(stack, 'PUT', '/api/sites/1', { ...PLACE, longitude_deg });
  expect(await refusal({ frame: { source: 'sun' } })).toEqual([
    400,
    expect.stringMatching(/^the Sun is below the horizon: its elevation is -\d+/),
  ]);
});
