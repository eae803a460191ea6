import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Problem } from '#contract/rest/errors';
import type { Site } from '#contract/rest/sites';
import { startFakeOrchestrator, type FakeOrchestrator } from '../support/gateway-orchestrator.ts';
import { startFakeRotorDriver, type FakeRotorDriver } from '../support/gateway-rotor-driver.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const world = useGatewayWorld();
const get = (path: string) => world.gateway.get(path);
const post = (path: string, body?: unknown) => world.gateway.post(path, body);
const send = (method: string, path: string, body?: unknown) =>
  world.gateway.request(path, { method, ...(body !== undefined && { body }) });

/** Refuses connections. */
const CLOSED = '127.0.0.1:1';

/** A second site with services of its own. */
let hill: { id: number; orchestrator: FakeOrchestrator; driver: FakeRotorDriver };
let names = 0;

beforeAll(async () => {
  const [orchestrator, driver] = await Promise.all([
    startFakeOrchestrator('hill'),
    startFakeRotorDriver('hill'),
  ]);
  const answer = await post('/api/sites', {
    name: 'hill',
    latitude_deg: 51.4779,
    longitude_deg: 0,
    height_m: 47,
    orchestrator_address: orchestrator.address,
    rotor_driver_address: driver.address,
  });
  expect([answer.status, answer.headers['location']]).toEqual([201, '/api/sites/2']);
  hill = { id: (answer.body as Site).id, orchestrator, driver };
});
afterAll(() => Promise.all([hill.orchestrator.close(), hill.driver.close()]));

async function addRotor(siteId?: number): Promise<number> {
  const answer = await post('/api/rotors', { name: `rotor ${++names}`, ...(siteId && { site_id: siteId }) });
  expect(answer.status).toBe(201);
  return (answer.body as { id: number }).id;
}

const problemsOf = (answer: { body: unknown }) =>
  (answer.body as { detail: Problem[] }).detail.map(({ loc, msg }) => [loc.join('.'), msg]);
const idsOf = (answer: { body: unknown }) => (answer.body as { id: number }[]).map(({ id }) => id);

describe('/api/sites', () => {
  test('lists the local site, and sites with their places and addresses', async () => {
    const { body } = await get('/api/sites');
    const created_at = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
    expect(body).toEqual([
      {
        id: 1,
        name: 'local',
        latitude_deg: null,
        longitude_deg: null,
        height_m: null,
        orchestrator_address: null,
        rotor_driver_address: null,
        created_at,
      },
      {
        id: 2,
        name: 'hill',
        latitude_deg: 51.4779,
        longitude_deg: 0,
        height_m: 47,
        orchestrator_address: hill.orchestrator.address,
        rotor_driver_address: hill.driver.address,
        created_at,
      },
    ]);
    expect((await get('/api/sites/2')).body).toEqual((body as Site[])[1]);
  });

  test.each<[string, object, [string, RegExp][]]>([
    ['no name', {}, [['body.name', /required/]]],
    ['a name with spaces', { name: 'a b' }, [['body.name', /^Must be 1 to 40 of A-Z a-z 0-9 _ -$/]]],
    ['a name of 41 letters', { name: 'x'.repeat(41) }, [['body.name', /^Must be 1 to 40/]]],
    ['half a place', { name: 'x', latitude_deg: 1 }, [['body.longitude_deg', /together with latitude_deg/]]],
    [
      'a latitude',
      { name: 'x', latitude_deg: 91, longitude_deg: 0 },
      [['body.latitude_deg', /-90\.\.90 deg/]],
    ],
    ['a height', { name: 'x', height_m: 9_001 }, [['body.height_m', /-500\.\.9000 m/]]],
    [
      'one address of two',
      { name: 'x', orchestrator_address: 'pi:50051' },
      [['body.rotor_driver_address', /^Must be host:port; without both addresses the site dials in$/]],
    ],
    [
      'an address without port',
      { name: 'x', orchestrator_address: 'pi', rotor_driver_address: 'pi:99999' },
      [
        ['body.orchestrator_address', /host:port/],
        ['body.rotor_driver_address', /host:port/],
      ],
    ],
    ['an unknown field', { name: 'x', host: 'pi' }, [['body.host', /Unknown field/]]],
  ])('refuses %s', async (_name, body, expected) => {
    const answer = await post('/api/sites', body);
    expect(answer.status).toBe(422);
    const problems = problemsOf(answer);
    expect(problems.map(([where]) => where)).toEqual(expected.map(([where]) => where));
    for (const [index, [, message]] of expected.entries()) expect(problems[index]?.[1]).toMatch(message);
    expect(idsOf(await get('/api/sites'))).toEqual([1, 2]);
  });

  test('refuses a name that is taken', async () => {
    const addresses = { orchestrator_address: CLOSED, rotor_driver_address: CLOSED };
    const answer = await post('/api/sites', { name: 'hill', ...addresses });
    expect([answer.status, answer.body]).toEqual([409, { detail: 'Site with that name already exists' }]);
    const renamed = await send('PUT', '/api/sites/1', { name: 'hill' });
    expect(renamed.status).toBe(409);
  });

  test.each(['0', '3', '99999999999', 'x', '%00', '-1'])('%s is a 404', async (id) => {
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect((await send(method, `/api/sites/${id}`, method === 'PUT' ? {} : undefined)).status).toBe(404);
  });

  test('changes the given fields only; a site has both addresses or none', async () => {
    const place = { latitude_deg: -33.9, longitude_deg: 18.5 };
    const { body } = await send('PUT', '/api/sites/1', place);
    expect(body).toMatchObject({ name: 'local', ...place });
    expect((await send('PUT', '/api/sites/1', { latitude_deg: null })).status).toBe(422);
    const none = await send('PUT', '/api/sites/2', { orchestrator_address: null });
    expect(problemsOf(none)).toEqual([
      ['body.orchestrator_address', 'Must be host:port; without both addresses the site dials in'],
    ]);
    await send('PUT', '/api/sites/1', { latitude_deg: null, longitude_deg: null });
  });

  test('deletes a site without rotors; never the local one', async () => {
    const addresses = { orchestrator_address: CLOSED, rotor_driver_address: CLOSED };
    const { body } = await post('/api/sites', { name: 'valley', ...addresses });
    const { id } = body as Site;
    const rotorId = await addRotor(id);
    const used = await send('DELETE', `/api/sites/${id}`);
    expect([used.status, used.body]).toEqual([409, { detail: 'Cannot delete site while it has rotors' }]);
    await send('DELETE', `/api/rotors/${rotorId}`);
    expect((await send('DELETE', `/api/sites/${id}`)).status).toBe(204);
    expect((await get(`/api/sites/${id}`)).status).toBe(404);
    const local = await send('DELETE', '/api/sites/1');
    expect([local.status, local.body]).toEqual([
      409,
      { detail: 'Cannot delete site 1, which is the local one' },
    ]);
  });
});

describe('a rotor of a site', () => {
  let here: number;
  let there: number;
  beforeEach(async () => {
    here = await addRotor();
    there = await addRotor(hill.id);
    world.driver.calls.length = 0;
    hill.driver.calls.length = 0;
  });

  test('is driven by the services of its site', async () => {
    const pointing = { azimuth: 10, elevation: 20 };
    for (const command of ['move', 'park', 'stop'])
      expect(
        (await post(`/api/rotors/${there}/${command}`, command === 'move' ? pointing : undefined)).status,
      ).toBe(200);
    expect((await get(`/api/rotors/${there}/position`)).status).toBe(200);
    expect(hill.driver.calls).toEqual(['move', 'park', 'stop', 'position'].map((name) => [name, there]));
    expect(world.driver.calls).toEqual([]);
  });

  test('is permitted at its site only, also after it is moved to another one', async () => {
    const isAllowed = () =>
      [world.driver, hill.driver].map(({ allowed }) => allowed.some(({ id }) => id === there));
    expect(isAllowed()).toEqual([false, true]);
    expect((await send('PUT', `/api/rotors/${there}`, { site_id: 1 })).status).toBe(200);
    expect(isAllowed()).toEqual([true, false]);
    await post(`/api/rotors/${there}/stop`);
    expect(world.driver.calls).toEqual([['stop', there]]);
  });

  test('is listed by site', async () => {
    expect(idsOf(await get(`/api/rotors?site_id=${hill.id}`))).toContain(there);
    expect(idsOf(await get(`/api/rotors?site_id=${hill.id}`))).not.toContain(here);
    expect(idsOf(await get('/api/rotors?site_id=1'))).not.toContain(there);
    expect(idsOf(await get('/api/rotors'))).toEqual(expect.arrayContaining([here, there]));
    expect((await get('/api/rotors?site_id=77')).body).toEqual([]);
    expect((await get('/api/rotors?site_id=0')).status).toBe(422);
  });

  test('is refused for a site that does not exist', async () => {
    const unknown = ['body.site_id', 'Must be the id of a site (GET /api/sites)'];
    const created = await post('/api/rotors', { name: 'nowhere', site_id: 77 });
    expect([created.status, problemsOf(created)]).toEqual([422, [unknown]]);
    const moved = await send('PUT', `/api/rotors/${here}`, { site_id: 77 });
    expect([moved.status, problemsOf(moved)]).toEqual([422, [unknown]]);
    expect((await get(`/api/rotors/${here}`)).body).toMatchObject({ site_id: 1 });
    for (const site_id of [0, 1.5, '1', null, 2_147_483_648])
      expect((await post('/api/rotors', { name: 'nowhere', site_id })).status).toBe(422);
  });

  test('that was deleted in a move can still be stopped', async () => {
    expect((await send('DELETE', `/api/rotors/${there}`)).status).toBe(204);
    hill.driver.inUse.add(there);
    expect((await post(`/api/rotors/${there}/stop`)).status).toBe(200);
    expect(hill.driver.calls).toEqual([['stop', there]]);
    hill.driver.inUse.delete(there);
    expect((await post(`/api/rotors/${there}/stop`)).status).toBe(404);
  });

  test('can be used through a gateway that did not add the site', async () => {
    const other = await world.startGateway({ GATEWAY_ID: 'other' });
    const [orchestrator, driver] = await Promise.all([
      startFakeOrchestrator('lake'),
      startFakeRotorDriver('lake'),
    ]);
    try {
      const addresses = { orchestrator_address: orchestrator.address, rotor_driver_address: driver.address };
      const { body } = await post('/api/sites', { name: 'lake', ...addresses });
      const rotorId = await addRotor((body as Site).id);
      await until('the other gateway knows the site', async () => {
        const { status } = await other.get(`/api/rotors/${rotorId}/position`);
        return status === 200;
      });
      expect(driver.calls.at(-1)).toEqual(['position', rotorId]);
    } finally {
      await other.close();
      await Promise.all([orchestrator.close(), driver.close()]);
    }
  });
});

describe('a session', () => {
  test('belongs to the site of its rotor: hand-over, actions, points and lists', async () => {
    const rotorId = await addRotor(hill.id);
    const scan = await startTestScan({ ...world, orchestrator: hill.orchestrator }, undefined, rotorId);
    await until('it is handed over', () => hill.orchestrator.started.includes(scan.id));
    expect(world.orchestrator.started).not.toContain(scan.id);
    await scan.setStatus('running');
    await scan.measure(3);
    await scan.untilStored(3);
    expect(await scan.seqs()).toEqual(upTo(3));
    expect((await get(`/api/skyscan/${scan.id}/plan`)).body).toMatchObject({ site_id: hill.id });
    expect(idsOf(await get(`/api/skyscan/sessions?site_id=${hill.id}`))).toContain(scan.id);
    expect(idsOf(await get('/api/skyscan/sessions?site_id=1'))).not.toContain(scan.id);
    expect((await post(`/api/skyscan/${scan.id}/cancel`)).status).toBe(200);
    await scan.untilStatus('cancelled');
    expect(world.orchestrator.calls).not.toContain('cancel');
  });

  test('takes no points from another site', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.untilStatus('running');
    const point = world.orchestrator.measure(scan.id);
    const topic = `skyscan/sessions/${scan.id}/points`;
    await world.publish(topic, { ...point, site: 'hill' });
    await world.publish(topic, {
      ...point,
      measurement: { ...point.measurement, mean_dbm: -1 },
      site: 'hill',
    });
    await until('both are dropped', async () =>
      (await get('/metrics')).text.includes('skyscan_mqtt_messages_dropped_total{reason="other site"} 2'),
    );
    expect(await scan.seqs()).toEqual([]);
    await world.publish(topic, point);
    await scan.untilStored(1);
  });

  test('blocks changes of the services of its site, not of its place', async () => {
    const scan = await startTestScan(world);
    const answer = await send('PUT', '/api/sites/1', { name: 'home' });
    expect([answer.status, answer.body]).toEqual([
      409,
      { detail: 'Cannot change name or addresses of a site while a scan is active' },
    ]);
    const place = { latitude_deg: 1, longitude_deg: 2 };
    expect((await send('PUT', '/api/sites/1', place)).body).toMatchObject(place);
    await send('PUT', '/api/sites/1', { latitude_deg: null, longitude_deg: null });
    await post(`/api/skyscan/${scan.id}/cancel`);
  });
});

describe('receivers, calibrations and the sky', () => {
  test('are those of the site in the query', async () => {
    hill.orchestrator.receivers.splice(1);
    const ofHill = `site_id=${hill.id}`;
    expect((await get(`/api/receivers?${ofHill}`)).body).toMatchObject([
      { site_id: hill.id, name: 'default' },
    ]);
    const calibration = await post(`/api/receivers/default/calibrate?${ofHill}`, {
      level_dbm: -50,
      gain_db: 30,
    });
    expect(calibration.headers['location']).toMatch(
      /^\/api\/receivers\/default\/calibrations\/\d+\?site_id=2$/,
    );
    expect(idsOf(await get(`/api/receivers/default/calibrations?${ofHill}`))).toHaveLength(1);
    expect((await get('/api/receivers/default/calibrations')).body).toEqual([]);
    const address = calibration.headers['location'] as string;
    expect((await get(address.replace(/\?.*/, ''))).status).toBe(404);
    expect((await get(address)).body).toMatchObject({ site_id: hill.id, receiver: 'default' });
    expect((await send('DELETE', address)).status).toBe(204);
  });

  test('of a site that does not exist are a 404', async () => {
    for (const path of ['/api/receivers', '/api/receivers/default', '/api/sky']) {
      const answer = await get(`${path}?site_id=77`);
      expect([answer.status, answer.body]).toEqual([404, { detail: 'Site not found' }]);
      expect((await get(`${path}?site_id=x`)).status).toBe(422);
    }
  });

  test('Sun and Moon are seen from the place of the site', async () => {
    const noon = 'at=2026-06-21T12:01:50Z';
    expect((await get(`/api/sky?site_id=${hill.id}&${noon}`)).body).toMatchObject({
      site: { latitude_deg: 51.4779, longitude_deg: 0 },
      sun: { elevation: expect.closeTo(61.96, 1) as number },
    });
    expect((await get(`/api/sky?${noon}`)).body).toMatchObject({ site: null, sun: null });
  });
});

describe('services of another site', () => {
  test('refuse requests, and /health names both sites', async () => {
    // `marsh` has the addresses of the services of `hill`.
    const addresses = {
      orchestrator_address: hill.orchestrator.address,
      rotor_driver_address: hill.driver.address,
    };
    const { body } = await post('/api/sites', { name: 'marsh', ...addresses });
    const rotorId = await addRotor((body as Site).id);
    hill.driver.calls.length = 0;
    const moved = await post(`/api/rotors/${rotorId}/move`, { azimuth: 10, elevation: 20 });
    expect([moved.status, moved.body]).toEqual([
      503,
      { detail: 'rotor-driver serves site hill, not marsh (SITE_NAME)' },
    ]);
    const started = await post('/api/skyscan/start', { rotor_id: rotorId });
    expect([started.status, started.body]).toEqual([
      503,
      { detail: 'scan-orchestrator serves site hill, not marsh (SITE_NAME)' },
    ]);
    expect(hill.driver.calls).toEqual([]);
    expect(hill.driver.allowed.map(({ id }) => id)).not.toContain(rotorId);
    const { status, dependencies, states } = (await get('/health')).body as {
      status: string;
      dependencies: Record<string, string>;
      states: Record<string, string>;
    };
    expect([status, dependencies['site marsh'], states['site marsh']]).toEqual([
      'degraded',
      'scan-orchestrator serves site hill, not marsh (SITE_NAME)',
      'impaired',
    ]);
    expect(Object.keys(dependencies)).not.toContain('site hill');
  });

  test('at the addresses of the gateway are reported as dependencies', async () => {
    const gateway = await world.startGateway({
      GATEWAY_ID: 'misled',
      ORCHESTRATOR_ADDRESS: hill.orchestrator.address,
      ROTOR_DRIVER_ADDRESS: hill.driver.address,
    });
    try {
      await until('the problem is reported', async () => {
        const { dependencies } = (await gateway.get('/health')).body as {
          dependencies: Record<string, string>;
        };
        return (
          dependencies['orchestrator'] === 'scan-orchestrator serves site hill, not local (SITE_NAME)' &&
          dependencies['rotor_driver'] === 'rotor-driver serves site hill, not local (SITE_NAME)'
        );
      });
    } finally {
      await gateway.close();
    }
  });
});

test('a site that does not answer slows no other', async () => {
  const addresses = { orchestrator_address: CLOSED, rotor_driver_address: CLOSED };
  const { body } = await post('/api/sites', { name: 'silent', ...addresses });
  const silent = (body as Site).id;
  const rotorThere = await addRotor(silent);
  const unreachable = await get(`/api/rotors/${rotorThere}/position`);
  expect([unreachable.status, unreachable.body]).toEqual([
    503,
    { detail: expect.stringMatching(/^Cannot connect to rotor-driver: 127\.0\.0\.1:1 refused/) as string },
  ]);
  const scan = await startTestScan(world);
  await scan.setStatus('running');
  await scan.measure(2);
  await scan.untilStored(2);
  await until('/health names the site', async () => {
    const { dependencies } = (await get('/health')).body as { dependencies: Record<string, string> };
    return dependencies['site silent']?.startsWith('Cannot connect to ');
  });
  await post(`/api/skyscan/${scan.id}/cancel`);
});
