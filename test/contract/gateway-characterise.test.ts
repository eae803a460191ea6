import { beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { startTestScan } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const AXIS = {
  speedDegPerS: 6.2345678,
  accelerationDegPerS2: 18.5,
  startDelayMs: 90.04,
  resolutionDeg: 0.1,
  overshootDeg: 0,
  backlashDeg: 0.25,
  settleMs: 340.2,
};
const FOUND = {
  azimuth: AXIS,
  elevation: { ...AXIS, speedDegPerS: 2.5, accelerationDegPerS2: undefined, resolutionDeg: 2 },
  roundTripMs: 60.123456,
  measuredAtMs: Date.UTC(2026, 1, 14, 2, 0, 0, 250),
  remarks: [
    'elevation: its acceleration is too fast for the readback or the link: the configured one is kept',
  ],
};
const PUBLISHED_AXIS = {
  speed_deg_s: 6.235,
  acceleration_deg_s2: 18.5,
  start_delay_ms: 90.04,
  resolution_deg: 0.1,
  overshoot_deg: 0,
  backlash_deg: 0.25,
  settle_ms: 340.2,
};
const PUBLISHED = {
  azimuth: PUBLISHED_AXIS,
  elevation: { ...PUBLISHED_AXIS, speed_deg_s: 2.5, acceleration_deg_s2: null, resolution_deg: 2 },
  round_trip_ms: 60.12,
  measured_at: '2026-02-14T02:00:00.250Z',
  remarks: FOUND.remarks,
  applied: {
    az_speed_deg_s: 6.235,
    el_speed_deg_s: 2.5,
    az_acceleration_deg_s2: 18.5,
    settle_ms: 341,
    tolerance_deg: 2,
  },
};
const PROGRESS = { fraction: 0, step: 'azimuth: first move', azimuth: 123.4, elevation: 45.6 };

const world = useGatewayWorld();
let url: string;
let rotorId: number;
let names = 0;

beforeEach(async () => {
  world.driver.failure = undefined;
  world.driver.characteristics = undefined;
  const created = await world.gateway.post('/api/rotors', { name: `measured ${++names}` });
  rotorId = (created.body as { id: number }).id;
  url = `/api/rotors/${rotorId}`;
});

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('characterisation', () => {
  test('streams its progress, the result, and the changed settings', async () => {
    world.driver.characteristics = FOUND;
    const answer = await world.gateway.post(`${url}/characterise`);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/x-ndjson']);
    expect(lines(answer.text)).toEqual([PROGRESS, { ...PROGRESS, fraction: 0.5 }, { result: PUBLISHED }]);
    expect((await world.gateway.get(url)).body).toMatchObject({
      ...PUBLISHED.applied,
      el_acceleration_deg_s2: 9,
      name: `measured ${names}`,
    });
    const stored = await world.gateway.get(`${url}/characteristics`);
    expect([stored.status, stored.body]).toEqual([200, PUBLISHED]);
    const listed = { rotor_id: rotorId, ...PUBLISHED };
    expect((await world.gateway.get(`/api/characteristics?rotor_id=${rotorId}`)).body).toEqual([listed]);
    expect((await world.gateway.get('/api/characteristics')).body).toContainEqual(listed);
    // The second time nothing changes.
    const again = lines((await world.gateway.post(`${url}/characterise`)).text).at(-1);
    expect(again).toEqual({ result: { ...PUBLISHED, applied: {} } });
  });

  test('a rotor that was never measured has no characteristics', async () => {
    const never = await world.gateway.get(`${url}/characteristics`);
    expect([never.status, never.body]).toEqual([404, { detail: 'Rotor has not been characterised yet' }]);
    const listed = await world.gateway.get(`/api/characteristics?rotor_id=${rotorId}`);
    expect([listed.status, listed.body]).toEqual([200, []]);
    expect((await world.gateway.get('/api/characteristics')).body).not.toContainEqual(
      expect.objectContaining({ rotor_id: rotorId }),
    );
    for (const path of ['characteristics', 'characterise']) {
      const method = path === 'characterise' ? 'POST' : 'GET';
      const unknown = await world.gateway.request(`/api/rotors/999999/${path}`, { method });
      expect([unknown.status, unknown.body]).toEqual([404, { detail: 'Rotor not found' }]);
      const wrong = await world.gateway.request(`${url}/${path}`, { method: 'PUT' });
      expect(wrong.status).toBe(405);
    }
  });

  const scanning = 'Cannot characterise rotor while a scan is active';
  test.each([
    [
      new SkyScanError('busy', 'the rotor is held by session 3', { details: { sessionId: 3 } }),
      409,
      scanning,
    ],
    [
      new SkyScanError('busy', 'the rotor is held by session control'),
      409,
      'the rotor is held by session control',
    ],
    [
      new SkyScanError('busy', 'the rotor is executing a manual move'),
      409,
      'the rotor is executing a manual move',
    ],
    [
      new SkyScanError('timeout', 'rotctld at 127.0.0.1:4533 does not answer', {
        details: { peer: 'rotctld' },
      }),
      503,
      'Cannot connect to rotctld',
    ],
    [new SkyScanError('out_of_range', 'neither axis has room'), 400, 'neither axis has room'],
  ])('a refusal by rotor-driver sets the HTTP status: %s', async (failure, status, detail) => {
    world.driver.failure = failure;
    const refused = await world.gateway.post(`${url}/characterise`);
    expect([refused.status, refused.body]).toEqual([status, { detail }]);
  });

  test.each(['pending', 'running', 'paused'] as const)('is refused while a scan is %s', async (state) => {
    const scan = await startTestScan(world, undefined, rotorId);
    if (state !== 'pending') await scan.setStatus(state);
    await until(state, async () => {
      const { body } = await world.gateway.get(`/api/skyscan/${scan.id}`);
      return (body as { status: string }).status === state;
    });
    const before = world.driver.calls.length;
    const refused = await world.gateway.post(`${url}/characterise`);
    expect([refused.status, refused.body]).toEqual([409, { detail: scanning }]);
    expect(world.driver.calls.length).toBe(before);
  });

  test('a stop ends it with an error as the last line', async () => {
    const answer = world.gateway.post(`${url}/characterise`);
    await until('it runs', () => world.driver.characterising === 1);
    world.driver.endCharacterising(new SkyScanError('lease_lost', 'stopped by request'));
    expect(lines((await answer).text)).toEqual([PROGRESS, { detail: 'stopped by request' }]);
    expect((await world.gateway.get(`${url}/characteristics`)).status).toBe(404);
  });

  test('closing the connection cancels it', async () => {
    const leaving = new AbortController();
    const response = await fetch(`${world.gateway.url}${url}/characterise`, {
      method: 'POST',
      signal: leaving.signal,
    });
    expect(response.status).toBe(200);
    await until('it runs', () => world.driver.characterising === 1);
    leaving.abort();
    await until('cancelled', () => world.driver.characterising === 0);
  });

  test('the client receives a result that cannot be stored', async () => {
    const answer = world.gateway.post(`${url}/characterise`);
    await until('it runs', () => world.driver.characterising === 1);
    expect((await world.gateway.request(url, { method: 'DELETE' })).status).toBe(204);
    world.driver.endCharacterising(FOUND);
    const { applied: _applied, ...measured } = PUBLISHED;
    expect(lines((await answer).text).at(-1)).toEqual({
      detail: 'Rotor not found: the measurement is not stored',
      measured,
    });
  });
});
