import { ScanMode } from '#proto/scan_spec';
import { beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { publishedPoint } from '../support/gateway-points.ts';
import { addRotor } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const SESSION_FIELDS = [
  'id',
  'rotor_id',
  'status',
  'az_start',
  'az_end',
  'el_start',
  'el_end',
  'step_deg',
  'rssi_iterations',
  'total_points',
  'completed_points',
  'progress_pct',
  'started_at',
  'finished_at',
  'notes',
];
const SMALL = { az_start: 0, az_end: 4, el_start: 10, el_end: 12, step_deg: 2, rssi_iterations: 3 };
const SMALL_SPEC = {
  azStartDeg: 0,
  azEndDeg: 4,
  elStartDeg: 10,
  elEndDeg: 12,
  stepDeg: 2,
  rssiIterations: 3,
};

interface Session {
  id: number;
  status: string;
  completed_points: number;
}

const world = useGatewayWorld();
let rotorId: number;

beforeEach(async () => {
  rotorId = await addRotor(world);
  world.orchestrator.failing.clear();
});

async function startSession(change: object = {}): Promise<number> {
  const answer = await world.gateway.post('/api/skyscan/start', { rotor_id: rotorId, ...SMALL, ...change });
  expect(answer.status).toBe(201);
  return (answer.body as Session).id;
}

async function session(id: number): Promise<Session> {
  return (await world.gateway.get(`/api/skyscan/${id}`)).body as Session;
}

describe('start', () => {
  test('returns 201 with the session, its defaults and its Location', async () => {
    const answer = await world.gateway.post('/api/skyscan/start', { rotor_id: rotorId });
    expect(answer.status).toBe(201);
    const { id, ...rest } = answer.body as Session;
    expect(answer.headers['location']).toBe(`/api/skyscan/${id}`);
    expect(Object.keys(answer.body as object)).toEqual(SESSION_FIELDS);
    expect(rest).toEqual({
      rotor_id: rotorId,
      status: 'pending',
      az_start: 0,
      az_end: 360,
      el_start: 18,
      el_end: 65,
      step_deg: 2,
      rssi_iterations: 10,
      total_points: 4320,
      completed_points: 0,
      progress_pct: 0,
      started_at: null,
      finished_at: null,
      notes: null,
    });
    expect(world.orchestrator.sessions.get(id)?.start.rotor?.port).toBe(4533);
  });

  test('hands over the scan mode; the default is step', async () => {
    const modeOf = (id: number) => world.orchestrator.sessions.get(id)?.start.spec?.mode;
    expect(modeOf(await startSession({}))).toBe(ScanMode.SCAN_MODE_STEP);
    const id = await startSession({ scan_mode: 'on_the_fly' });
    expect(modeOf(id)).toBe(ScanMode.SCAN_MODE_ON_THE_FLY);
    expect(Object.keys(await session(id))).toEqual(SESSION_FIELDS);
  });

  test.each(['start', 'preview'])('%s refuses any other mode', async (what) => {
    for (const scan_mode of ['fast', null, 1]) {
      const { status, body } = await world.gateway.post(`/api/skyscan/${what}`, {
        rotor_id: rotorId,
        scan_mode,
      });
      expect(status).toBe(422);
      expect(body).toMatchObject({
        detail: [{ loc: ['body', 'scan_mode'], msg: 'Must be step or on_the_fly' }],
      });
    }
  });

  test('hands over notes', async () => {
    const id = await startSession({ notes: 'after the storm' });
    expect(await session(id)).toMatchObject({ notes: 'after the storm' });
    expect(world.orchestrator.sessions.get(id)?.start.notes).toBe('after the storm');
  });

  test.each([
    [
      'rotctld is unavailable',
      'unavailable',
      { message: 'refused', peer: 'rotctld' },
      503,
      'Cannot connect to rotctld',
    ],
    [
      'rotctld is silent',
      'timeout',
      { message: 'no answer', peer: 'rotctld' },
      503,
      'Cannot connect to rotctld',
    ],
    [
      'the receiver is unavailable',
      'unavailable',
      { message: 'Cannot connect to the receiver: busy', peer: 'receiver' },
      503,
      'Cannot connect to the receiver: busy',
    ],
    [
      'the orchestrator shuts down, independent of its message text',
      'unavailable',
      { message: 'Cannot connect to rotctld: shutting down' },
      503,
      'Cannot connect to scan-orchestrator',
    ],
    ['the rotor cannot measure', 'unsupported', { message: 'no caps' }, 400, 'Rotor does not support RSSI'],
    [
      'the grid is too low',
      'out_of_range',
      { message: 'elevation 1 deg is outside 5..90 deg' },
      400,
      'elevation 1 deg is outside 5..90 deg',
    ],
    [
      'the orchestrator has an internal error',
      'internal',
      { message: 'x is undefined' },
      503,
      'scan-orchestrator has failed; see its log',
    ],
  ] as const)('refuses and creates nothing when %s', async (_, kind, failure, status, detail) => {
    const { message, ...details } = failure;
    world.orchestrator.failing.set('probe', new SkyScanError(kind, message, { details }));
    const before = (await world.gateway.get('/api/skyscan/sessions')).body as Session[];
    const answer = await world.gateway.post('/api/skyscan/start', { rotor_id: rotorId });
    expect([answer.status, answer.body]).toEqual([status, { detail }]);
    const reason = detail === 'Cannot connect to rotctld' ? message : undefined;
    expect(answer.headers['sky-scan-reason']).toBe(reason);
    expect((await world.gateway.get('/api/skyscan/sessions')).body).toEqual(before);
  });

  test('refuses a rotor without an RSSI source and an unknown rotor', async () => {
    await world.gateway.request(`/api/rotors/${rotorId}`, { method: 'PUT', body: { rssi_source: 'none' } });
    const none = await world.gateway.post('/api/skyscan/start', { rotor_id: rotorId });
    expect([none.status, none.body]).toEqual([400, { detail: 'Rotor does not support RSSI' }]);
    for (const id of [999_999, 2_147_483_648, 9e15]) {
      const unknown = await world.gateway.post('/api/skyscan/start', { rotor_id: id });
      expect([unknown.status, unknown.body]).toEqual([404, { detail: 'Rotor not found' }]);
    }
  });

  test('previews without motion and names what is unavailable', async () => {
    const { gateway, orchestrator } = world;
    const uncalibrated = expect.stringMatching(/^levels will be in dBFS: /) as string;
    const preview = await gateway.post('/api/skyscan/preview', { rotor_id: rotorId, ...SMALL });
    expect([preview.status, preview.body]).toEqual([
      200,
      {
        rows: 2,
        columns: 3,
        total_points: 6,
        expected_duration_s: 6,
        path: [[0, 10]],
        warnings: ['a warning', uncalibrated],
        band_plan: null,
      },
    ]);
    orchestrator.failing.set(
      'probe',
      new SkyScanError('unavailable', 'refused', { details: { peer: 'rotctld' } }),
    );
    const away = await gateway.post('/api/skyscan/preview', { rotor_id: rotorId, ...SMALL });
    expect(away.body).toMatchObject({
      warnings: ['a warning', 'Cannot connect to rotctld: refused', uncalibrated],
    });
  });
});

describe('a session', () => {
  test('progresses from pending to completed, point by point', async () => {
    const { gateway, orchestrator, publish } = world;
    const id = await startSession();
    await publish(`skyscan/sessions/${id}/status`, orchestrator.setStatus(id, 'running'));
    for (let seq = 1; seq <= 6; seq++)
      await publish(`skyscan/sessions/${id}/points`, orchestrator.measure(id));
    await publish(`skyscan/sessions/${id}/status`, orchestrator.setStatus(id, 'completed'));
    await until('completed', async () => (await session(id)).status === 'completed');
    expect(await session(id)).toEqual({
      id,
      rotor_id: rotorId,
      status: 'completed',
      ...SMALL,
      total_points: 6,
      completed_points: 6,
      progress_pct: 100,
      started_at: '2026-02-14T02:00:15',
      finished_at: '2026-02-14T02:00:16',
      notes: null,
    });
    const data = await gateway.get(`/api/skyscan/${id}/data`);
    expect(data.body).toEqual([1, 2, 3, 4, 5, 6].map((seq) => publishedPoint(SMALL_SPEC, seq)));
    await until('the orchestrator forgets it', () => !orchestrator.sessions.has(id));
  });

  test('responds to pause, resume and cancel as published', async () => {
    const { gateway, orchestrator, publish } = world;
    const id = await startSession();
    const act = async (action: string) => {
      const { status, body } = await gateway.post(`/api/skyscan/${id}/${action}`);
      return [status, body];
    };
    expect(await act('pause')).toEqual([
      400,
      { detail: "Cannot pause scan in 'pending' state (must be running)" },
    ]);
    await publish(`skyscan/sessions/${id}/status`, orchestrator.setStatus(id, 'running'));
    expect(await act('resume')).toEqual([
      400,
      { detail: "Cannot resume scan in 'running' state (must be paused)" },
    ]);
    expect(await act('pause')).toEqual([200, { status: 'pausing', session_id: id }]);
    expect(await act('resume')).toEqual([200, { status: 'resuming', session_id: id }]);
    expect(await act('cancel')).toEqual([200, { status: 'cancelling', session_id: id }]);
    await until('cancelled', async () => (await session(id)).status === 'cancelled');
    expect(await act('cancel')).toEqual([
      400,
      { detail: "Cannot cancel scan in 'cancelled' state (must be running, paused, or pending)" },
    ]);
  });

  test('is listed newest first and can be filtered', async () => {
    const [first, second] = [await startSession(), await startSession()];
    const ids = async (query: string) =>
      ((await world.gateway.get(`/api/skyscan/sessions${query}`)).body as Session[]).map(({ id }) => id);
    expect((await ids('')).slice(0, 2)).toEqual([second, first]);
    expect(await ids(`?rotor_id=${rotorId}`)).toEqual([second, first]);
    expect(await ids(`?rotor_id=${rotorId}&limit=1&offset=1`)).toEqual([first]);
    expect(await ids(`?rotor_id=${rotorId}&status=completed`)).toEqual([]);
  });
});

test('health reports ok on both paths', async () => {
  for (const path of ['/health', '/api/health']) {
    const { status, body } = await world.gateway.get(path);
    expect([status, body]).toEqual([
      200,
      {
        status: 'ok',
        service: 'api-gateway',
        dependencies: { database: 'ok', mqtt: 'ok', orchestrator: 'ok', rotor_driver: 'ok' },
        states: { database: 'ok', mqtt: 'ok', orchestrator: 'ok', rotor_driver: 'ok' },
      },
    ]);
  }
});
