import { GridKind } from '#proto/scan_spec';
import { beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { addRotor, startTestScan, type Session } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Both kinds of grid, and the plan of a session.

const HIGH = { az_end: 360, el_start: 30, el_end: 90, step_deg: 30 };
const world = useGatewayWorld();
let rotorId: number;
let names = 0;

beforeEach(async () => {
  rotorId = await addRotor(world, `rotor ${++names}`);
  world.orchestrator.failing.clear();
});

const preview = (change: object) =>
  world.gateway.post('/api/skyscan/preview', { rotor_id: rotorId, ...change });

async function start(change: object = {}): Promise<Session> {
  const small = { az_start: 0, az_end: 4, el_start: 10, el_end: 12, step_deg: 2 };
  const answer = await world.gateway.post('/api/skyscan/start', { rotor_id: rotorId, ...small, ...change });
  expect(answer.status).toBe(201);
  return answer.body as Session;
}

describe('the kind of grid', () => {
  test('is handed over; the default is rectangular', async () => {
    const gridOf = ({ id }: Session) => world.orchestrator.sessions.get(id)?.start.spec?.grid;
    expect(gridOf(await start())).toBe(GridKind.GRID_KIND_RECTANGULAR);
    const equal = await start({ ...HIGH, grid: 'equal_area' });
    expect(gridOf(equal)).toBe(GridKind.GRID_KIND_EQUAL_AREA);
    expect(equal.total_points).toBe(11 + 6 + 1);
    expect(equal).not.toHaveProperty('grid');
  });

  test.each(['start', 'preview'])(
    '%s accepts only the known kinds, those of offsets with a frame',
    async (what) => {
      for (const grid of ['hexagonal', '', null, 1, ['equal_area']]) {
        const { status, body } = await world.gateway.post(`/api/skyscan/${what}`, {
          rotor_id: rotorId,
          grid,
        });
        expect(status).toBe(422);
        expect(body).toMatchObject({
          detail: [
            {
              loc: ['body', 'grid'],
              msg: 'Must be rectangular, equal_area, cross, principal_cuts or spiral',
            },
          ],
        });
      }
      const { status, body } = await world.gateway.post(`/api/skyscan/${what}`, {
        rotor_id: rotorId,
        grid: 'spiral',
      });
      expect([status, body]).toMatchObject([
        422,
        { detail: [{ loc: ['body', 'grid'], msg: 'spiral needs a frame' }] },
      ]);
    },
  );

  test('gives the number of points when there are too many', async () => {
    const huge = { el_start: 0, el_end: 90, step_deg: 0.17 };
    expect((await preview(huge)).body).toMatchObject({
      detail: [{ loc: ['body', 'step_deg'], msg: 'Makes 1122540 points; at most 1000000 are allowed' }],
    });
    const equal = await preview({ ...huge, grid: 'equal_area' });
    expect(equal.status).toBe(200);
    expect((equal.body as Session).total_points).toBeLessThan(1_122_540 * 0.65);
    const finer = await preview({ ...huge, grid: 'equal_area', step_deg: 0.1 });
    expect(finer.status).toBe(422);
    expect((finer.body as { detail: { msg: string }[] }).detail[0]?.msg).toMatch(/^Makes 20\d{5} points/);
  });

  test('determines the row of a stored point and the number of points', async () => {
    const more = { az_end: 20, el_start: 60, el_end: 62, step_deg: 2, grid: 'equal_area' };
    const scan = await startTestScan(world, undefined, rotorId, more);
    await scan.setStatus('running');
    await scan.measure(11);
    await scan.untilStored(11);
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    const { body } = await world.gateway.get(`/api/skyscan/${scan.id}/measurements`);
    const places = (body as { row: number; column: number }[]).map(({ row, column }) => `${row},${column}`);
    expect(places).toEqual(['0,0', '0,1', '0,2', '0,3', '0,4', '0,5', '1,0', '1,1', '1,2', '1,3', '1,4']);
  });

  test('is handed over with the stored cells to an orchestrator that has lost the session', async () => {
    const more = { az_end: 20, el_start: 60, el_end: 62, step_deg: 2, grid: 'equal_area' };
    const scan = await startTestScan(world, undefined, rotorId, more);
    await scan.setStatus('running');
    await scan.measure(8);
    await scan.untilStored(8);
    world.orchestrator.sessions.delete(scan.id);
    await expect
      .poll(() => world.orchestrator.sessions.get(scan.id)?.start.stored, { timeout: 20_000 })
      .toMatchObject({ completedPoints: 8, storedCells: Buffer.from([0b1111_1111, 0]) });
    expect(world.orchestrator.sessions.get(scan.id)?.start.spec?.grid).toBe(GridKind.GRID_KIND_EQUAL_AREA);
  });
});

test('permanent warnings are appended to notes of the user', async () => {
  const fine = { step_deg: 0.4 };
  expect((await start()).notes).toBeNull();
  expect((await start(fine)).notes).toBe('a permanent warning');
  expect((await start({ ...fine, notes: 'first light' })).notes).toBe('first light\na permanent warning');
});

describe('the plan of a session', () => {
  const planOf = async (id: number) => (await world.gateway.get(`/api/skyscan/${id}/plan`)).body;

  test('has the grid, the path and the receiver settings', async () => {
    const reference = { azimuth: 10, elevation: 40, every_min: 5 };
    const { id } = await start({ ...HIGH, grid: 'equal_area', scan_mode: 'on_the_fly', reference });
    await world.gateway.request(`/api/rotors/${rotorId}`, { method: 'PUT', body: { gain_db: 1 } });
    expect(await planOf(id)).toMatchObject({
      session_id: id,
      rotor_name: `rotor ${names}`,
      grid: 'equal_area',
      scan_mode: 'on_the_fly',
      rows: 3,
      columns: 11,
      columns_in_row: [11, 6, 1],
      total_points: 18,
      path: [[0, 30]],
      eta: null,
      elapsed_s: null,
      remaining_s: null,
      center_frequency_hz: 1_420_000_000,
      bandwidth_hz: 2_000_000,
      gain_db: 29.7,
      read_ms: 10,
      reference,
    });
  });

  test('does not request a path unless asked', async () => {
    const { id } = await start();
    const plans = () => world.orchestrator.calls.filter((method) => method === 'planSession').length;
    const before = plans();
    const { body } = await world.gateway.get(`/api/skyscan/${id}/plan?path=false`);
    expect(body).toMatchObject({ session_id: id, path: [], rows: 2, columns_in_row: [3, 3] });
    expect(plans()).toBe(before);
    const refused = await world.gateway.get(`/api/skyscan/${id}/plan?path=no`);
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { detail: [{ loc: ['query', 'path'], msg: 'Must be true or false' }] },
    ]);
  });

  test('of a rectangular scan has rows of equal length', async () => {
    const { id } = await start();
    expect(await planOf(id)).toMatchObject({
      ...{ grid: 'rectangular', scan_mode: 'step', columns_in_row: [3, 3], reference: null },
    });
  });

  test.each(['unavailable', 'out_of_range'] as const)(
    'has no path when the planner returns %s',
    async (kind) => {
      const { id } = await start();
      world.orchestrator.failing.set('planSession', new SkyScanError(kind, 'not now'));
      expect(await planOf(id)).toMatchObject({ session_id: id, path: [], rows: 2 });
    },
  );
});
