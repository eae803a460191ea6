import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '#contract/rest/plan';
import type { Pointing } from '#contract/rest/pointing';
import type { Measurement } from '#contract/measurement';
import { separationDeg } from '#shared/sky/pointing';
import { runSkyscan } from '../support/cli.ts';
import { fastRotor, untilStatus } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

// A mount with index errors, the Sun of the simulated sky, which rests: calibrated, applied,
// measured again, and undone.

const MOUNT = { SIM_MOUNT_IA_DEG: '2.3', SIM_MOUNT_IE_DEG: '-0.7' };

let stack: TestStack;
let id: number;
let sun: { name: string; azimuth_deg: number; elevation_deg: number };

beforeAll(async () => {
  stack = await startTestStack({ simulator: { ...MOUNT, SIM_RESOLUTION_DEG: '0.01' } });
  const sources = await stack.simulator<{ name: string; azimuth: number; elevation: number }[]>(
    'GET',
    '/truth/sources',
  );
  const found = sources.body.find(({ name }) => name === 'Sun');
  sun = { name: 'Sun', azimuth_deg: found?.azimuth ?? NaN, elevation_deg: found?.elevation ?? NaN };
  const body = fastRotor(stack, { settle_ms: 0, tolerance_deg: 0.1, read_ms: 5 });
  const rotor = await stack.api<{ id: number }>('POST', '/api/rotors', body);
  id = rotor.body.id;
});
afterAll(() => stack.stop());

const pointing = async () => (await stack.api<Pointing>('GET', `/api/rotors/${id}/pointing`)).body;
const calibrate = (body: object) =>
  stack.api<Pointing & { detail: string }>('POST', `/api/rotors/${id}/calibrate-pointing`, body);
const untilDone = () =>
  until('the calibration ends', async () => {
    const state = await pointing();
    return state.job?.status === 'running' ? undefined : state;
  });

test('is refused without a beam width, a place, or a target in reach', async () => {
  const fixed = { target: sun, rssi_iterations: 2 };
  expect(await calibrate(fixed)).toMatchObject({
    status: 409,
    body: { detail: `the beam width of rotor ${id} is unknown: set beam_width_deg (PUT /api/rotors/${id})` },
  });
  await stack.api('PUT', `/api/rotors/${id}`, { beam_width_deg: 6 });
  const sunless = await calibrate({});
  expect([sunless.status, sunless.body.detail]).toEqual([
    409,
    expect.stringMatching(/^the direction of the Sun is unknown: set latitude_deg/),
  ]);
  const low = await calibrate({ ...fixed, target: { ...sun, elevation_deg: 3 } });
  expect([low.status, low.body.detail]).toEqual([
    409,
    expect.stringMatching(/^Sun at az .* el 3 cannot be measured: elevation -4.2 deg is outside 5/),
  ]);
  expect((await calibrate({ target: 'moon' })).status).toBe(422);
  expect(await pointing()).toEqual({ enabled: false, model: null, observations: [], job: null });
  const enabled = await stack.api('PUT', `/api/rotors/${id}/pointing`, { enabled: true });
  expect(enabled.status).toBe(409);
});

test('finds the errors of the mount', async () => {
  const body = { target: sun, rssi_iterations: 2, kind: 'cross' };
  expect(await calibrate(body)).toMatchObject({ status: 202, body: { job: { status: 'running' } } });
  expect((await calibrate(body)).status).toBe(409);
  const { job, model, observations } = await untilDone();
  expect(job).toMatchObject({ status: 'done', done: 1, failed: 0, problem: null });
  expect(observations.map((each) => each.session_ids.length)).toEqual([2]);
  const terms = Object.fromEntries((model?.terms ?? []).map(({ term, value_deg }) => [term, value_deg]));
  expect(Math.abs((terms['IA'] ?? NaN) - 2.3)).toBeLessThan(0.1);
  expect(Math.abs((terms['IE'] ?? NaN) + 0.7)).toBeLessThan(0.06);
  expect(model?.terms.flatMap(({ term, sigma_deg }) => (sigma_deg === null ? [] : [term]))).toEqual([
    'IA',
    'IE',
  ]);
});

test('applied, the Sun is where it is, and the model is part of the session', async () => {
  const { status, body } = await stack.api<Pointing>('PUT', `/api/rotors/${id}/pointing`, { enabled: true });
  expect([status, body.enabled]).toEqual([200, true]);
  const { azimuth_deg, elevation_deg } = sun;
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
  const target = `${sun.azimuth_deg}:${sun.elevation_deg}`;
  const { code, out } = await runSkyscan(
    ['point-calibrate', String(id), '--target', target, '--size', '9.6', '--apply'],
    { env: { SKYSCAN_URL: stack.httpUrl } },
  );
  expect(code).toBe(0);
  expect(out).toMatch(/^TERM {2}DEG .*\nIA {4}2\.[23]/);
  expect(out).toMatch(/The error was 1\.\d+ deg rms, .* The model is enabled\.\n$/);
  const { model, observations, enabled } = await pointing();
  expect([observations.length, enabled]).toEqual([2, true]);
  expect(Math.abs((model?.terms[0]?.value_deg ?? NaN) - 2.3)).toBeLessThan(0.1);
  expect(model?.rms_deg).toBeLessThan(0.05);
  expect(model?.rms_before_deg).toBeGreaterThan(1);
  const [bad, good] = observations;
  const path = `/api/rotors/${id}/pointing/observations/${bad?.id}`;
  expect((await stack.api('DELETE', path)).status).toBe(204);
  expect((await stack.api('DELETE', path)).status).toBe(404);
  const after = await pointing();
  expect(after.observations.map((each) => each.id)).toEqual([good?.id]);
  expect(after.model?.id).not.toBe(model?.id);
});

test('can be cancelled with its scan', async () => {
  expect((await calibrate({ target: sun, rssi_iterations: 1000, repeats: 3 })).status).toBe(202);
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
