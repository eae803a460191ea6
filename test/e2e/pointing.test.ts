import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '#contract/rest/plan';
import type { Pointing } from '#contract/rest/pointing';
import type { Measurement } from '#contract/measurement';
import { lookAtOrbit, type OrbitalElements } from '#shared/sky/look';
import { separationDeg } from '#shared/sky/pointing';
import { runSkyscan } from '../support/cli.ts';
import { madeUpElements } from '../support/satellite-population.ts';
import { fastRotor, untilStatus } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

// A mount with index errors, under the Sun: calibrated, applied, measured again, and undone.

const MOUNT = { SIM_MOUNT_IA_DEG: '2.3', SIM_MOUNT_IE_DEG: '-0.7' };
// Where it is noon: the Sun is 21 to 69 degrees high.
const PLACE = { latitude_deg: 45, longitude_deg: 15 * (12 - new Date().getUTCHours()) };

const CENTRE_HZ = 1_420_000_000;
/** In the south-east, where the Sun is not. */
const GEO = eastern();

const folder = mkdtempSync(join(tmpdir(), 'sky-scan-pointing-'));
let stack: TestStack;
let id: number;

beforeAll(async () => {
  const world = join(folder, 'world.json');
  const signals = [{ center_hz: CENTRE_HZ, bandwidth_hz: 1e6 }];
  const satellites = [{ omm: GEO, eirp_dbm: 85, signals }];
  writeFileSync(world, JSON.stringify({ sun: { level_dbm: -75 }, satellites }));
  const simulator = {
    ...MOUNT,
    SIM_RESOLUTION_DEG: '0.01',
    SIM_WORLD_FILE: world,
    SIM_LATITUDE_DEG: String(PLACE.latitude_deg),
    SIM_LONGITUDE_DEG: String(PLACE.longitude_deg),
  };
  stack = await startTestStack({ simulator });
  const body = fastRotor(stack, {
    ...{ settle_ms: 0, tolerance_deg: 0.1, read_ms: 5 },
    center_frequency_hz: CENTRE_HZ,
  });
  const rotor = await stack.api<{ id: number }>('POST', '/api/rotors', body);
  id = rotor.body.id;
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The elements of a geostationary satellite that is 10 to 20 degrees high. */
function eastern(): OrbitalElements {
  const [of] = madeUpElements(1, Date.now(), () => 0);
  const place = { latitudeDeg: PLACE.latitude_deg, longitudeDeg: PLACE.longitude_deg, heightM: 0 };
  for (let anomaly = 0; of && anomaly < 360; anomaly++) {
    const elements = { ...of, OBJECT_NAME: 'Relay', MEAN_ANOMALY: anomaly };
    const { azimuthDeg = 0, elevationDeg = 0 } = lookAtOrbit(elements, place)(Date.now())?.pointing ?? {};
    if (azimuthDeg < 180 && elevationDeg > 10 && elevationDeg < 20) return elements;
  }
  throw new Error('no satellite is in the east');
}

/** Where the Sun of the simulator is. */
async function sunNow() {
  const { body } = await stack.simulator<{ azimuth: number; elevation: number }[]>('GET', '/truth/sources');
  const [sun] = body;
  if (!sun) throw new Error('there is no Sun');
  return { name: 'Sun', azimuth_deg: sun.azimuth, elevation_deg: sun.elevation };
}

const pointing = async () => (await stack.api<Pointing>('GET', `/api/rotors/${id}/pointing`)).body;
const calibrate = (body: object) =>
  stack.api<Pointing & { detail: string }>('POST', `/api/rotors/${id}/calibrate-pointing`, body);
const untilDone = () =>
  until('the calibration ends', async () => {
    const state = await pointing();
    return state.job?.status === 'running' ? undefined : state;
  });

test('is refused without a beam width, a place, or a target in reach', async () => {
  const target = { name: 'beacon', azimuth_deg: 100, elevation_deg: 3 };
  const refused = async (body: object) => {
    const answer = await calibrate(body);
    return [answer.status, answer.body.detail];
  };
  expect(await refused({ target })).toEqual([
    409,
    `the beam width of rotor ${id} is unknown: set beam_width_deg (PUT /api/rotors/${id})`,
  ]);
  await stack.api('PUT', `/api/rotors/${id}`, { beam_width_deg: 6 });
  expect(await refused({})).toEqual([
    409,
    expect.stringMatching(/^the direction of the Sun is unknown: set latitude_deg/),
  ]);
  expect(await refused({ target })).toEqual([
    409,
    expect.stringMatching(/^beacon at az 100 el 3 cannot be measured: elevation -4.2 deg is outside 5/),
  ]);
  expect((await calibrate({ target: 'moon' })).status).toBe(422);
  const relay = { satellite: 'relay' };
  expect((await refused({ target: relay }))[1]).toMatch(/^the direction of satellite relay is unknown: set/);
  expect(await pointing()).toEqual({ enabled: false, model: null, observations: [], job: null });
  expect((await stack.api('PUT', `/api/rotors/${id}/pointing`, { enabled: true })).status).toBe(409);
  expect((await stack.api('PUT', '/api/sites/1', PLACE)).status).toBe(200);
  expect((await refused({ target: relay }))[1]).toMatch(/there are no orbital elements, upload them/);
  const mast = { emitter: 'Mast' };
  expect((await refused({ target: mast }))[1]).toMatch(/there are no emitters, upload them/);
  const features = [
    {
      geometry: { type: 'Point', coordinates: [PLACE.longitude_deg + 0.1, 45.1] },
      properties: { name: 'Mast' },
    },
  ];
  const emitters = { type: 'FeatureCollection', features };
  expect((await stack.api('PUT', '/api/emitters', emitters)).status).toBe(200);
  expect(await refused({ target: mast })).toEqual([
    409,
    expect.stringMatching(/^Mast at az 35.\d+ el -0.0\d* cannot be measured: it is below the horizon; /),
  ]);
  expect((await stack.api('PUT', '/api/satellites/elements', [GEO])).status).toBe(200);
  expect(await refused({ target: { satellite: 'rel' } })).toEqual([
    404,
    'satellite "rel" is none of the 1 known ones; similar: Relay',
  ]);
});

test('finds the errors of the mount', async () => {
  const body = { rssi_iterations: 2, kind: 'cross' };
  expect(await calibrate(body)).toMatchObject({ status: 202, body: { job: { status: 'running' } } });
  expect((await calibrate(body)).status).toBe(409);
  const { job, model, observations } = await untilDone();
  expect(job).toMatchObject({ status: 'done', done: 1, failed: 0, problem: null });
  expect(observations.map((each) => each.session_ids.length)).toEqual([2]);
  const terms = Object.fromEntries((model?.terms ?? []).map(({ term, value_deg }) => [term, value_deg]));
  const shrink = Math.cos(((observations[0]?.elevation_deg ?? NaN) * Math.PI) / 180);
  expect(Math.abs((terms['IA'] ?? NaN) - 2.3) * shrink).toBeLessThan(0.06);
  expect(Math.abs((terms['IE'] ?? NaN) + 0.7)).toBeLessThan(0.06);
  expect(model?.terms.flatMap(({ term, sigma_deg }) => (sigma_deg === null ? [] : [term]))).toEqual([
    'IA',
    'IE',
  ]);
});

test('finds the same errors with a satellite, by its name', async () => {
  const { code, err } = await runSkyscan(
    ['point-calibrate', String(id), '--satellite', 'relay', '--size', '9.6', '--json'],
    { env: { SKYSCAN_URL: stack.httpUrl } },
  );
  expect([code, err]).toEqual([0, '']);
  const { observations, model } = await pointing();
  expect(observations[1]).toMatchObject({ target: 'Relay' });
  expect(observations[1]?.elevation_deg).toBeGreaterThan(10);
  expect(model?.rms_deg).toBeLessThan(0.06);
  expect(Math.abs((model?.terms[0]?.value_deg ?? NaN) - 2.3)).toBeLessThan(0.15);
  const path = `/api/rotors/${id}/pointing/observations/${observations[1]?.id}`;
  expect((await stack.api('DELETE', path)).status).toBe(204);
});

test('applied, the Sun is where it is, and the model is part of the session', async () => {
  const { status, body } = await stack.api<Pointing>('PUT', `/api/rotors/${id}/pointing`, { enabled: true });
  expect([status, body.enabled]).toEqual([200, true]);
  const { azimuth_deg, elevation_deg } = await sunNow();
  const scan = await stack.api<{ id: number }>('POST', '/api/skyscan/start', {
    rotor_id: id,
    az_start: azimuth_deg,
    az_end: azimuth_deg,
    el_start: elevation_deg,
    el_end: elevation_deg,
    rssi_iterations: 1,
  });
  await untilStatus(stack, scan.body.id, 'completed');
  const path = `/api/skyscan/${scan.body.id}`;
  const [point] = (await stack.api<Measurement[]>('GET', `${path}/measurements`)).body;
  const reported = point?.readback ?? { azimuth: NaN, elevation: NaN };
  // The beam, not the mount.
  const state = await stack.simulator<{ true_pointing: { azimuth: number; elevation: number } }>(
    'GET',
    '/state',
  );
  for (const { azimuth, elevation } of [reported, state.body.true_pointing])
    expect(
      separationDeg(
        { azimuthDeg: azimuth, elevationDeg: elevation },
        { azimuthDeg: azimuth_deg, elevationDeg: elevation_deg },
      ),
    ).toBeLessThan(0.1);
  const plan = (await stack.api<Plan>('GET', `${path}/plan`)).body;
  expect(plan.pointing_model).toEqual({ id: body.model?.id, created_at: body.model?.created_at });
});

test('with the model in force finds the same errors; one observation can be undone', async () => {
  const { azimuth_deg, elevation_deg } = await sunNow();
  const target = `${azimuth_deg}:${elevation_deg}`;
  const { code, out } = await runSkyscan(
    ['point-calibrate', String(id), '--target', target, '--size', '9.6', '--apply'],
    { env: { SKYSCAN_URL: stack.httpUrl } },
  );
  expect(code).toBe(0);
  expect(out).toMatch(/^TERM {2}DEG .*\nIA {4}2\.[23]/);
  expect(out).toMatch(/The error was \d\.\d+ deg rms, .* The model is enabled\.\n$/);
  const { model, observations, enabled } = await pointing();
  expect([observations.length, enabled]).toEqual([2, true]);
  expect(Math.abs((model?.terms[0]?.value_deg ?? NaN) - 2.3)).toBeLessThan(0.15);
  expect(model?.rms_deg).toBeLessThan(0.05);
  expect(model?.rms_before_deg).toBeGreaterThan(0.9);
  const [bad, good] = observations;
  const path = `/api/rotors/${id}/pointing/observations/${bad?.id}`;
  expect((await stack.api('DELETE', path)).status).toBe(204);
  expect((await stack.api('DELETE', path)).status).toBe(404);
  const after = await pointing();
  expect(after.observations.map((each) => each.id)).toEqual([good?.id]);
  expect(after.model?.id).not.toBe(model?.id);
});

test('can be cancelled with its scan', async () => {
  expect((await calibrate({ rssi_iterations: 1000, repeats: 3 })).status).toBe(202);
  await until('a scan of it runs', async () => (await pointing()).job?.session_ids.length === 1);
  const changed = await stack.api('PUT', `/api/rotors/${id}/pointing`, { enabled: false });
  expect(changed.status).toBe(409);
  const sessions = (await pointing()).job?.session_ids ?? [];
  expect((await stack.api('DELETE', `/api/rotors/${id}/calibrate-pointing`)).status).toBe(204);
  expect((await pointing()).job?.status).toBe('cancelled');
  await untilStatus(stack, sessions[0] ?? NaN, 'cancelled');
  expect((await stack.api('DELETE', `/api/rotors/${id}/pointing`)).status).toBe(204);
  expect(await pointing()).toMatchObject({ enabled: false, model: null, observations: [] });
});
