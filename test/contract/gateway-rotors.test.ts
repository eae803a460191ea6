import { beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { addRotor, startTestScan } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const world = useGatewayWorld();
let rotorId: number;
let names = 0;

beforeEach(async () => {
  rotorId = await addRotor(world, `rotor ${++names}`);
});

describe('rotors', () => {
  test('have the published defaults and additional ones', async () => {
    const { body } = await world.gateway.get(`/api/rotors/${rotorId}`);
    const { id, name, created_at, ...rest } = body as Record<string, unknown>;
    expect([id, name]).toEqual([rotorId, `rotor ${names}`]);
    expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(rest).toEqual({
      rotor_type: 'azel',
      site_id: 1,
      host: '127.0.0.1',
      horizon: [],
      keep_out: [],
      port: 4533,
      min_elevation: 5,
      max_elevation: 90,
      az_min: -180,
      az_max: 450,
      park_az: 0,
      park_el: 0,
      park_after_scan: false,
      tolerance_deg: 1,
      settle_ms: 200,
      az_speed_deg_s: 6,
      el_speed_deg_s: 3,
      az_acceleration_deg_s2: 20,
      el_acceleration_deg_s2: 9,
      site: 'default',
      rssi_source: 'sdr',
      center_frequency_hz: 1_420_000_000,
      bandwidth_hz: 2_000_000,
      gain_db: 29.7,
      read_ms: 10,
      dbm_offset_db: null,
      receiver: 'default',
      frequency_correction_ppm: 0,
      bias_tee: false,
      beam_width_deg: null,
      beam: null,
      avoid_sun: true,
      trust_limits: true,
    });
  });

  test('cannot be changed or deleted while they move; stop also works for a deleted rotor', async () => {
    const { driver, gateway } = world;
    driver.inUse.add(rotorId);
    const changed = await gateway.request(`/api/rotors/${rotorId}`, {
      method: 'PUT',
      body: { port: 4534 },
    });
    expect([changed.status, changed.body]).toEqual([
      409,
      { detail: 'Cannot update rotor while it is moving' },
    ]);
    const deleted = await gateway.request(`/api/rotors/${rotorId}`, { method: 'DELETE' });
    expect([deleted.status, deleted.body]).toEqual([
      409,
      { detail: 'Cannot delete rotor while it is moving' },
    ]);
    expect((await gateway.get(`/api/rotors/${rotorId}`)).body).toMatchObject({ port: 4533 });
    driver.inUse.delete(rotorId);
    expect((await gateway.request(`/api/rotors/${rotorId}`, { method: 'DELETE' })).status).toBe(204);
    // A move that was requested before the record was deleted.
    driver.inUse.add(rotorId);
    const stopped = await gateway.post(`/api/rotors/${rotorId}/stop`);
    expect([stopped.status, stopped.body]).toEqual([200, { status: 'stopped', rotor_id: rotorId }]);
    expect(driver.calls.at(-1)).toEqual(['stop', rotorId]);
    driver.inUse.delete(rotorId);
    expect((await gateway.post(`/api/rotors/${rotorId}/stop`)).status).toBe(404);
  });

  test('changed limits reach rotor-driver before the response', async () => {
    const { driver, gateway } = world;
    const allowed = () => driver.allowed.find(({ id }) => id === rotorId);
    expect(allowed()?.limits?.elMinDeg).toBe(5);
    await gateway.request(`/api/rotors/${rotorId}`, {
      method: 'PUT',
      body: { min_elevation: 20, avoid_sun: false },
    });
    expect(allowed()).toMatchObject({ limits: { elMinDeg: 20 }, avoidSun: false });
    await gateway.request(`/api/rotors/${rotorId}`, { method: 'DELETE' });
    expect(allowed()).toBeUndefined();
  });

  test('are updated only in the given fields and validated as a whole', async () => {
    const { gateway } = world;
    const put = (body: object) => gateway.request(`/api/rotors/${rotorId}`, { method: 'PUT', body });
    const before = (await gateway.get(`/api/rotors/${rotorId}`)).body as object;
    expect((await put({ port: 4534, dbm_offset_db: -12.5 })).body).toEqual({
      ...before,
      port: 4534,
      dbm_offset_db: -12.5,
    });
    const refused = await put({ max_elevation: 4 });
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { detail: [{ loc: ['body', 'max_elevation'] }] },
    ]);
  });

  test('have unique names and can be deleted', async () => {
    const { gateway } = world;
    const taken = await gateway.post('/api/rotors', { name: `rotor ${names}` });
    expect([taken.status, taken.body]).toEqual([409, { detail: 'Rotor with that name already exists' }]);
    const other = (await gateway.post('/api/rotors', { name: 'other' })).body as { id: number };
    const renamed = await gateway.request(`/api/rotors/${other.id}`, {
      method: 'PUT',
      body: { name: `rotor ${names}` },
    });
    expect(renamed.status).toBe(409);
    const gone = await gateway.request(`/api/rotors/${other.id}`, { method: 'DELETE' });
    expect([gone.status, gone.text]).toEqual([204, '']);
    const unknown = await gateway.get(`/api/rotors/${other.id}`);
    expect([unknown.status, unknown.body]).toEqual([404, { detail: 'Rotor not found' }]);
  });

  test('are not moved or parked in a forbidden region', async () => {
    const { gateway, driver } = world;
    const url = `/api/rotors/${rotorId}`;
    const keepOut = { az_start: 90, az_end: 120, el_min: 30, el_max: 60 };
    const horizon = [
      [0, 10],
      [90, 25],
      [180, 10],
    ];
    const change = { horizon, keep_out: [keepOut] };
    expect((await gateway.request(url, { method: 'PUT', body: change })).body).toMatchObject(change);
    const asked = driver.calls.length;
    for (const [azimuth, elevation, detail] of [
      [45, 12, 'elevation 12 deg at azimuth 45 deg is below the horizon mask 17.5 deg'],
      [405, 12, 'elevation 12 deg at azimuth 405 deg is below the horizon mask 17.5 deg'],
      [
        100,
        40,
        'azimuth 100 deg elevation 40 deg is inside the keep-out sector az 90..120 deg el 30..60 deg',
      ],
    ]) {
      const refused = await gateway.post(`${url}/move`, { azimuth, elevation });
      expect([refused.status, refused.body]).toEqual([400, { detail }]);
    }
    expect(driver.calls).toHaveLength(asked);
    const parked = await gateway.request(url, { method: 'PUT', body: { park_az: 100, park_el: 40 } });
    expect([parked.status, parked.body]).toMatchObject([
      422,
      {
        detail: [
          {
            loc: ['body', 'park_az'],
            msg: 'Must be outside the keep-out sector az 90..120 deg el 30..60 deg',
          },
        ],
      },
    ]);
    const message = 'there is no route from az 0 el 0 to az 45 el 20: the horizon mask 40 deg is in the way';
    driver.failure = new SkyScanError('out_of_range', message);
    const noRoute = await gateway.post(`${url}/move`, { azimuth: 45, elevation: 20 });
    expect([noRoute.status, noRoute.body]).toEqual([400, { detail: message }]);
    driver.failure = undefined;
  });

  test('of mounts that turn over move beyond the zenith, where the beam may be', async () => {
    const { gateway } = world;
    const body = { name: 'turns over', max_elevation: 180, park_el: 90, horizon: [[0, 10]] };
    const { id } = (await gateway.post('/api/rotors', body)).body as { id: number };
    const moveTo = async (elevation: number) =>
      (await gateway.post(`/api/rotors/${id}/move`, { azimuth: 90, elevation })).body;
    expect(await moveTo(150)).toEqual({ status: 'moving', rotor_id: id, azimuth: 90, elevation: 150 });
    expect(await moveTo(181)).toEqual({ detail: 'elevation 181 deg is outside 5..180 deg' });
    const onSky = 'elevation 175 deg at azimuth 90 deg (on the sky: az 270 el 5)';
    expect(await moveTo(175)).toEqual({ detail: `${onSky} is below the horizon mask 10 deg` });
    await gateway.request(`/api/rotors/${id}`, { method: 'DELETE' });
  });

  test('refuse moves while they scan, but can always be stopped', async () => {
    const { gateway, orchestrator, driver, publish } = world;
    const id = (await startTestScan(world, undefined, rotorId)).id;
    const put = await gateway.request(`/api/rotors/${rotorId}`, { method: 'PUT', body: { port: 1 } });
    expect([put.status, put.body]).toEqual([409, { detail: 'Cannot update rotor while a scan is active' }]);
    const gone = await gateway.request(`/api/rotors/${rotorId}`, { method: 'DELETE' });
    expect([gone.status, gone.body]).toEqual([409, { detail: 'Cannot delete rotor while a scan is active' }]);
    await publish(`skyscan/sessions/${id}/status`, orchestrator.setStatus(id, 'running'));
    await until(
      'running',
      async () => ((await gateway.get(`/api/skyscan/${id}`)).body as { status: string }).status === 'running',
    );
    for (const path of ['move', 'park']) {
      const body = path === 'move' ? { azimuth: 10, elevation: 20 } : undefined;
      const refused = await gateway.post(`/api/rotors/${rotorId}/${path}`, body);
      expect([refused.status, refused.body]).toEqual([
        409,
        { detail: 'Cannot move rotor while a scan is active' },
      ]);
    }
    const stopped = await gateway.post(`/api/rotors/${rotorId}/stop`);
    expect([stopped.status, stopped.body]).toEqual([200, { status: 'stopped', rotor_id: rotorId }]);
    expect(driver.calls.at(-1)).toEqual(['stop', rotorId]);
  });

  test('can be moved, parked, queried and tested', async () => {
    const { gateway, driver } = world;
    const url = `/api/rotors/${rotorId}`;
    const known = { connected: true, model: 'Fake 3000', dialect: 'hamlib' };
    expect((await gateway.get(`${url}/test`)).body).toEqual({
      ...known,
      limits: null,
      resolution_deg: null,
      attempts: ['+p: answered after 3 ms'],
      trust_limits: true,
    });
    driver.remarks = ['it is outside'];
    driver.reportedLimits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
    driver.resolutionDeg = 0.01;
    expect((await gateway.get(`${url}/test`)).body).toEqual({
      ...known,
      limits: { az_min: -180, az_max: 450, el_min: 0, el_max: 90 },
      resolution_deg: 0.01,
      attempts: ['+p: answered after 3 ms'],
      remarks: ['it is outside'],
      trust_limits: true,
    });
    expect((await gateway.get(`${url}/position`)).body).toEqual({
      azimuth: 123.4,
      elevation: 45.6,
      rotor_name: `rotor ${names}`,
      timestamp: '2026-02-14T02:00:00.250Z',
    });
    const move = await gateway.post(`${url}/move`, { azimuth: -10.5, elevation: 20 });
    expect([move.status, move.body]).toEqual([
      200,
      { status: 'moving', rotor_id: rotorId, azimuth: -10.5, elevation: 20 },
    ]);
    const low = await gateway.post(`${url}/move`, { azimuth: 0, elevation: 4 });
    expect([low.status, low.body]).toEqual([400, { detail: 'elevation 4 deg is outside 5..90 deg' }]);
    expect((await gateway.post(`${url}/park`)).body).toEqual({ status: 'parking', rotor_id: rotorId });
    expect(driver.calls.slice(-2)).toEqual([
      ['move', rotorId],
      ['park', rotorId],
    ]);
    expect((await gateway.get(`${url}/turn`)).body).toEqual({
      turn: 0,
      known: true,
      possible: [0, 1],
      azimuth: 12.5,
      reported_azimuth: 12.5,
    });
    expect((await gateway.post(`${url}/turn`, { turn: 1 })).body).toMatchObject({ turn: 1, azimuth: 372.5 });
    expect((await gateway.post(`${url}/turn`, { turn: 1.5 })).status).toBe(422);
    const silent = new SkyScanError('timeout', 'rotctld at 127.0.0.1:4533 does not answer', {
      details: { peer: 'rotctld' },
    });
    driver.failure = silent;
    expect((await gateway.get(`${url}/test`)).body).toEqual({
      connected: false,
      reason: 'rotctld at 127.0.0.1:4533 does not answer',
      attempts: [],
    });
    driver.failure = undefined;
    driver.trouble = 'rotctld at 127.0.0.1:4533 refused the connection';
    expect((await gateway.get(`${url}/test`)).body).toEqual({
      connected: false,
      reason: driver.trouble,
      attempts: ['+p: answered after 3 ms'],
    });
    driver.trouble = undefined;
    driver.failure = silent;
    const away = await gateway.get(`${url}/position`);
    expect([away.status, away.body]).toEqual([503, { detail: 'Cannot connect to rotctld' }]);
    expect(away.headers['sky-scan-reason']).toBe('rotctld at 127.0.0.1:4533 does not answer');
    driver.failure = new SkyScanError('busy', 'held by session 3');
    const held = await gateway.post(`${url}/move`, { azimuth: 0, elevation: 10 });
    expect([held.status, held.body]).toEqual([409, { detail: 'Cannot move rotor: held by session 3' }]);
    driver.failure = new SkyScanError('unsupported', 'rotctld refused to move: the rotator cannot do that');
    const unable = await gateway.post(`${url}/move`, { azimuth: 0, elevation: 10 });
    expect([unable.status, unable.body]).toEqual([
      503,
      { detail: 'rotctld refused to move: the rotator cannot do that' },
    ]);
    driver.failure = undefined;
  });
});
