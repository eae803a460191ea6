import { beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { addRotor, startTestScan, upTo, type TestScan } from '../support/gateway-scan.ts';
import { openSocket } from '../support/gateway-sockets.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Sessions whose orchestrator adds points to the grid.

const world = useGatewayWorld();
beforeEach(() => world.orchestrator.failing.clear());

const GRID = 10;
const ADDED = Array.from({ length: 13 }, (_, i) => ({ azimuthDeg: 4 + i / 10, elevationDeg: 10 }));
const TOTAL = GRID + ADDED.length;
// Azimuths 0, 2, ... 18.
const SCAN = { step_deg: 2, az_end: 18, refine: { step_deg: 1 } };

const startScan = async (): Promise<TestScan> => {
  const scan = await startTestScan(world, undefined, undefined, SCAN);
  await scan.setStatus('running');
  return scan;
};
const refine = (scan: TestScan) => world.orchestrator.refine(scan.id, ADDED, 'Refined 1 detection.');
const statusTopic = (scan: TestScan) => `skyscan/sessions/${scan.id}/status`;
const pointTopic = (scan: TestScan) => `skyscan/sessions/${scan.id}/points`;

async function expectWhole(scan: TestScan): Promise<void> {
  await scan.setStatus('completed');
  await scan.untilStatus('completed');
  expect(await scan.session()).toMatchObject({ total_points: TOTAL, completed_points: TOTAL });
  expect(await scan.seqs()).toEqual(upTo(TOTAL));
  const { body } = await world.gateway.get(`/api/skyscan/${scan.id}/measurements`);
  const places = (body as { row: number; column: number }[]).map(({ row, column }) => row * GRID + column);
  expect(places).toEqual(Array.from({ length: TOTAL }, (_, cell) => cell));
}

describe('a session that is refined', () => {
  test('grows when its orchestrator reports it, and completes with all points', async () => {
    const scan = await startScan();
    const socket = await openSocket(`${world.gateway.wsUrl}/ws/skyscan/${scan.id}`);
    await scan.measure(GRID);
    await scan.untilStored(GRID);
    expect(await scan.session()).toMatchObject({ status: 'running', total_points: GRID });
    await world.publish(statusTopic(scan), refine(scan), true);
    await until('it has grown', async () => (await scan.session()).total_points === TOTAL);
    expect(await scan.session()).toMatchObject({ notes: 'Refined 1 detection.', completed_points: GRID });
    await scan.measure(ADDED.length);
    await expectWhole(scan);
    await socket.closed;
    const totals = socket.messages.map(({ total }) => total);
    expect(totals.toSorted((a, b) => a - b)).toEqual(totals);
    expect(new Set(totals)).toEqual(new Set([GRID, TOTAL]));
  });

  test('grows once, however its messages are repeated and reordered', async () => {
    const scan = await startScan();
    const { orchestrator, publish } = world;
    const before = orchestrator.setStatus(scan.id, 'running');
    const grid = Array.from({ length: GRID }, () => orchestrator.measure(scan.id));
    const grown = refine(scan);
    const added = ADDED.map(() => orchestrator.measure(scan.id));
    const messages = [
      ...added.slice(3),
      grown,
      ...grid.toReversed(),
      grown,
      before,
      ...added,
      ...grid,
      before,
      grown,
    ];
    for (const message of messages)
      await publish('seq' in message ? pointTopic(scan) : statusTopic(scan), message, !('seq' in message));
    await scan.untilStored(TOTAL);
    expect(await scan.session()).toMatchObject({ total_points: TOTAL, status: 'running' });
    for (const message of messages)
      await publish('seq' in message ? pointTopic(scan) : statusTopic(scan), message, !('seq' in message));
    await expectWhole(scan);
  });

  test('grows without any message, also after an outage of its orchestrator', async () => {
    const scan = await startScan();
    await scan.measure(4);
    const { orchestrator } = world;
    await orchestrator.stop();
    for (let i = 4; i < GRID; i++) orchestrator.measure(scan.id);
    refine(scan);
    for (let i = 0; i < 5; i++) orchestrator.measure(scan.id);
    await orchestrator.restart();
    await scan.untilStored(GRID + 5);
    await scan.measure(ADDED.length - 5);
    await expectWhole(scan);
  });

  test('grows when the points could first not be fetched', async () => {
    const scan = await startScan();
    await scan.measure(GRID);
    const { orchestrator } = world;
    orchestrator.calls.length = 0;
    orchestrator.failing.set('getRefinement', new SkyScanError('unavailable', 'busy'));
    await world.publish(statusTopic(scan), refine(scan), true);
    await until('they are asked for', () => orchestrator.calls.includes('getRefinement'));
    expect(await scan.session()).toMatchObject({ total_points: GRID, status: 'running' });
    orchestrator.failing.clear();
    await scan.measure(ADDED.length);
    await expectWhole(scan);
  });

  test('refuses points that were not added', async () => {
    const scan = await startScan();
    await scan.measure(GRID);
    await world.publish(statusTopic(scan), refine(scan), true);
    await until('it has grown', async () => (await scan.session()).total_points === TOTAL);
    const { orchestrator, publish } = world;
    const point = orchestrator.measure(scan.id);
    const setpoint = { azimuth: 17, elevation: 10 };
    await publish(pointTopic(scan), { ...point, measurement: { ...point.measurement, setpoint } });
    await until(
      'the point of the journal is stored',
      async () => (await scan.session()).completed_points > GRID,
    );
    const { body } = await world.gateway.get(`/api/skyscan/${scan.id}/measurements?after_seq=${GRID}`);
    expect(body).toMatchObject([{ row: 1, column: 0, setpoint: { azimuth: 4, elevation: 10 } }]);
  });

  test('does not grow after its end', async () => {
    const scan = await startScan();
    await scan.measure(GRID);
    await scan.setStatus('cancelled');
    await scan.untilStatus('cancelled');
    await world.publish(statusTopic(scan), { ...statusOf(scan), total: TOTAL }, true);
    expect(await scan.session()).toMatchObject({ total_points: GRID, status: 'cancelled' });
  });

  const statusOf = (scan: TestScan) => ({
    session_id: scan.id,
    status: 'running',
    point: null,
    progress_pct: 50,
    completed: GRID,
    revision: 99,
    notes: null,
    started_at: null,
    finished_at: null,
    eta: null,
  });
});

describe('an orchestrator that has lost its disk', () => {
  test('gets the levels of a grid that is still to be refined', async () => {
    const scan = await startScan();
    await scan.measure(3);
    await scan.untilStored(3);
    world.orchestrator.sessions.delete(scan.id);
    await until('it has it again', () => world.orchestrator.sessions.has(scan.id));
    const { start } = world.orchestrator.sessions.get(scan.id) ?? {};
    expect(start?.spec?.refine).toEqual({ thresholdSigma: 3.5, stepDeg: 1, maxPoints: 1_000 });
    expect(start?.stored?.levelsDb).toEqual([-92.4, -92.4, -92.4].map(Math.fround));
    expect(start?.stored?.refinement).toBeUndefined();
  });

  test('gets the points that were added, and the stored ones of them', async () => {
    const scan = await startScan();
    await scan.measure(GRID);
    await world.publish(statusTopic(scan), refine(scan), true);
    await until('it has grown', async () => (await scan.session()).total_points === TOTAL);
    await scan.measure(3);
    await scan.untilStored(GRID + 3);
    world.orchestrator.sessions.delete(scan.id);
    await until('it has it again', () => world.orchestrator.sessions.has(scan.id));
    const { start } = world.orchestrator.sessions.get(scan.id) ?? {};
    expect(start?.stored).toMatchObject({
      completedPoints: GRID + 3,
      storedCells: Buffer.from([0xff, 0b0001_1111, 0]),
      levelsDb: [],
      refinement: { points: ADDED, note: 'Refined 1 detection.' },
    });
  });
});

describe('a request', () => {
  let rotors = 0;
  const preview = async (rotor: object, scan: object) => {
    const answer = await world.gateway.post('/api/rotors', { name: `beam ${++rotors}`, ...rotor });
    const { id: rotorId } = answer.body as { id: number };
    return world.gateway.post('/api/skyscan/preview', {
      rotor_id: rotorId,
      step_deg: 4.2,
      el_end: 60,
      ...scan,
    });
  };
  const BEAM = { beam_width_deg: 6 };

  test('is previewed with the range of its points and its duration', async () => {
    const { body, status } = await preview(BEAM, { refine: { max_points: 200 } });
    expect(status).toBe(200);
    const { total_points: points } = body as { total_points: number };
    expect((body as { refine: object }).refine).toEqual({
      points_min: points,
      points_max: points + 200,
      duration_s_min: points,
      duration_s_max: points + 60,
    });
    expect((await preview(BEAM, {})).body).not.toHaveProperty('refine');
  });

  test.each([
    [BEAM, { threshold: 1.9 }, ['refine', 'threshold'], 'Must be in 2..20 sigma'],
    [BEAM, { threshold: 20.1 }, ['refine', 'threshold'], 'Must be in 2..20 sigma'],
    [
      BEAM,
      { max_points: 10, time_budget_s: 60 },
      ['refine', 'time_budget_s'],
      'Must not be set together with max_points',
    ],
    [BEAM, { max_points: 0 }, ['refine', 'max_points'], 'Must be in 1..5000'],
    [BEAM, { step: 1 }, ['refine', 'step'], 'Unknown field'],
    [BEAM, { step_deg: 0.5 }, ['refine', 'step_deg'], /^Must be at least 1 deg, the tolerance of rotor \d+$/],
    [BEAM, { step_deg: 4.3 }, ['refine', 'step_deg'], '4.3 deg is above the step of the grid, 4.2 deg'],
    [
      {},
      {},
      ['refine', 'step_deg'],
      /^Must be set: the beam width of rotor \d+ is unknown \(beam_width_deg\)$/,
    ],
    [
      { beam_width_deg: 4 },
      {},
      ['step_deg'],
      'Must be at most the beam width of 4 deg to be refined, better 2.8 deg',
    ],
  ])('for a rotor %j with %j gets 422', async (rotor, settings, path, msg) => {
    const { status, body } = await preview(rotor, { refine: settings });
    expect(status).toBe(422);
    const matching: unknown = typeof msg === 'string' ? msg : expect.stringMatching(msg);
    expect((body as { detail: object[] }).detail).toEqual([
      expect.objectContaining({ loc: ['body', ...path], msg: matching }),
    ]);
  });

  test('of a schedule names the field within the scan', async () => {
    const rotorId = await addRotor(world);
    const { status, body } = await world.gateway.post('/api/schedules', {
      name: 'nightly',
      scan: { rotor_id: rotorId, refine: {} },
      trigger: { kind: 'cron', expression: '0 3 * * *' },
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({ detail: [{ loc: ['body', 'scan', 'refine', 'step_deg'] }] });
  });
});
