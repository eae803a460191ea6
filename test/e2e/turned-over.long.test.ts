import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AntennaPattern } from '#contract/rest/patterns';
import type { PublishedMeasurement, ScanPreview, Session } from '#contract/rest/sessions';
import { lookAtPlace } from '#shared/sky/look';
import { beamDirection, separationDeg } from '#shared/sky/pointing';
import { callApi, fastRotor, getSession, untilStatus } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

// A mount with elevations from 0 to 180 degrees around a mast on the horizon, through all services.

const SITE = { latitudeDeg: 45, longitudeDeg: 10, heightM: 20 };
const MAST = { latitudeDeg: 45.1, longitudeDeg: 10, heightM: 60 };
const { azimuthDeg: MAST_AZ, elevationDeg: MAST_EL } = lookAtPlace(SITE, MAST).pointing;
const CENTER_HZ = 433_000_000;

/** -3 dB at 7 degrees, and lobes of -10 dB at 19 to 30 degrees: to the right and above. */
const BEAM = {
  gain_dbi: 15,
  off_axis_deg: [0, 3.5, 7, 10.5, 14, 19, 30, 45, 180],
  roll_deg: [0, 45, 90, 135, 180, 225, 270, 315],
  gain_db: [-10, -20, -10, -32, -32, -32, -32, -32].map((lobeDb) => [
    0,
    -0.75,
    -3,
    -6.75,
    -12,
    Math.max(-22, lobeDb),
    lobeDb,
    -38,
    -45,
  ]),
};

interface Position {
  azimuth: number;
  elevation: number;
}

const folder = mkdtempSync(join(tmpdir(), 'sky-scan-turned-over-'));
let stack: TestStack;
let rotorId: number;

beforeAll(async () => {
  const fileWith = (name: string, content: object) => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const emitter = {
    name: 'mast',
    latitude_deg: MAST.latitudeDeg,
    longitude_deg: MAST.longitudeDeg,
    height_m: MAST.heightM,
    eirp_dbm: 20,
    signals: [{ center_hz: CENTER_HZ + 200_000 }],
  };
  stack = await startTestStack({
    simulator: {
      SIM_WORLD_FILE: fileWith('world.json', { emitters: [emitter] }),
      SIM_BEAM_FILE: fileWith('beam.json', BEAM),
      SIM_RESOLUTION_DEG: '0.01',
      SIM_EL_MAX_DEG: '180',
      SIM_LATITUDE_DEG: String(SITE.latitudeDeg),
      SIM_LONGITUDE_DEG: String(SITE.longitudeDeg),
      SIM_HEIGHT_M: String(SITE.heightM),
    },
  });
  const change = {
    min_elevation: 0,
    max_elevation: 180,
    settle_ms: 0,
    tolerance_deg: 0.1,
    read_ms: 5,
    center_frequency_hz: CENTER_HZ,
  };
  rotorId = (await callApi<{ id: number }>(stack, 'POST', '/api/rotors', fastRotor(stack, change))).id;
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

const request = (change: object) => ({
  rotor_id: rotorId,
  frame: { source: { azimuth: MAST_AZ, elevation: MAST_EL } },
  ...change,
});
const preview = (change: object) =>
  callApi<ScanPreview>(stack, 'POST', '/api/skyscan/preview', request(change));

test('reaches the whole sphere, except behind obstacles', async () => {
  const sphere = { az_start: -180, az_end: 165, el_start: -90, el_end: 90, step_deg: 15 };
  const whole = await preview(sphere);
  expect(whole.total_points).toBe(24 * 13);
  expect(whole.unreachable_points).toBeLessThan(0.05 * whole.total_points);
  const hill = { horizon: [[0, 20]] };
  await callApi(stack, 'PUT', `/api/rotors/${rotorId}`, hill);
  const above = await preview({ ...sphere, frame: { source: { azimuth: MAST_AZ, elevation: 40 } } });
  // A fifth of the pointings to the front, and as many beyond the zenith.
  expect(above.unreachable_points).toBeGreaterThan(0.15 * above.total_points);
  await callApi(stack, 'PUT', `/api/rotors/${rotorId}`, { horizon: [] });
});

test('a scan without a frame ends at the zenith', async () => {
  const { status, body } = await stack.api<{ detail: unknown }>('POST', '/api/skyscan/preview', {
    rotor_id: rotorId,
    el_start: 80,
    el_end: 100,
  });
  expect([status, body.detail]).toMatchObject([422, [{ loc: ['body', 'el_end'] }]]);
});

test('moves beyond the zenith around the sector of the sky that the beam must not enter', async () => {
  // Beyond the zenith it is at azimuths of 20 to 60 and elevations from 110.
  const keep_out = [{ az_start: 200, az_end: 240, el_min: 0, el_max: 70 }];
  await callApi(stack, 'PUT', `/api/rotors/${rotorId}`, { keep_out });
  const seen: Position[] = [];
  const moveTo = async (azimuth: number, elevation: number) => {
    await callApi(stack, 'POST', `/api/rotors/${rotorId}/move`, { azimuth, elevation });
    const isThere = async () => {
      const { body } = await stack.simulator<{ true_pointing: Position }>('GET', '/state');
      seen.push(body.true_pointing);
      return Math.hypot(body.true_pointing.azimuth - azimuth, body.true_pointing.elevation - elevation) < 0.1;
    };
    await expect.poll(isThere, { interval: 5 }).toBe(true);
  };
  await moveTo(0, 150);
  await moveTo(80, 150);
  expect(seen.length).toBeGreaterThan(20);
  for (const { azimuth, elevation } of seen)
    expect(azimuth > 20 && azimuth < 60 && elevation > 110).toBe(false);
  const read = await callApi<Position>(stack, 'GET', `/api/rotors/${rotorId}/position`);
  expect([read.azimuth, read.elevation]).toEqual([expect.closeTo(80, 1), expect.closeTo(150, 1)]);
  expect(
    await stack.api('POST', `/api/rotors/${rotorId}/move`, { azimuth: 40, elevation: 130 }),
  ).toMatchObject({
    status: 400,
    body: {
      detail:
        'azimuth 40 deg elevation 130 deg (on the sky: az 220 el 50) is inside the keep-out sector az 200..240 deg el 0..70 deg',
    },
  });
  await callApi(stack, 'PUT', `/api/rotors/${rotorId}`, { keep_out: [] });
});

test('measures the pattern with its lobes on the right sides', async () => {
  const square = { az_start: -30, az_end: 30, el_start: -30, el_end: 30, step_deg: 5, rssi_iterations: 1 };
  const { id } = await callApi<Session>(stack, 'POST', '/api/skyscan/start', request(square));
  await untilStatus(stack, id, 'completed');
  expect(await getSession(stack, id)).toMatchObject({ completed_points: 169, total_points: 169 });
  const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
  const beyond = points.filter(({ readback }) => readback.elevation > 90);
  // All rows with the beam below the mast.
  expect(beyond.length).toBe(6 * 13);
  for (const { row, column, readback } of points) {
    const beam = beamDirection({ azimuthDeg: readback.azimuth, elevationDeg: readback.elevation });
    const apartDeg = separationDeg(beam, { azimuthDeg: MAST_AZ, elevationDeg: MAST_EL });
    const [x, y] = [5 * (column - 6), 5 * (row - 6)].map((deg) => (deg * Math.PI) / 180);
    const expectedDeg = (Math.acos(Math.cos(x ?? NaN) * Math.cos(y ?? NaN)) * 180) / Math.PI;
    expect(Math.abs(apartDeg - expectedDeg)).toBeLessThan(0.2);
  }
  const pattern = await callApi<AntennaPattern>(stack, 'GET', `/api/skyscan/${id}/pattern`);
  for (const plane of ['azimuth', 'elevation'] as const) {
    expect(Math.abs((pattern.hpbw_deg[plane]?.value ?? 0) - 14)).toBeLessThan(1);
    expect(Math.abs(pattern.squint_deg[plane].value)).toBeLessThan(0.5);
    const gainDb = (deg: number) =>
      pattern.cuts[plane].find(({ angle_deg }) => Math.abs(angle_deg - deg) < 0.75)?.gain_db;
    expect(Math.abs((gainDb(25) ?? NaN) + 10)).toBeLessThan(2);
    expect(gainDb(-25)).toBeLessThan(-15);
  }
});
