import { beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { createInterrupts } from '../../services/cli/interrupts.ts';
import { runSkyscan, type SkyscanOptions } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const world = useGatewayWorld();
let id: string;
let names = 0;
beforeEach(async () => {
  world.driver.failure = undefined;
  world.driver.calls.length = 0;
  const { out } = await rotors('add', `roof ${++names}`, 'min_elevation=10', '--json');
  id = String((JSON.parse(out) as { id: number }).id);
});

const skyscan = (args: string[], options: SkyscanOptions = {}) =>
  runSkyscan(args, { ...options, env: { SKYSCAN_URL: world.gateway.url } });
const rotors = (...args: string[]) => skyscan(['rotors', ...args]);

describe('skyscan rotors', () => {
  test('adds, shows, edits and removes a rotator', async () => {
    const shown = await rotors('show', id);
    expect([shown.code, shown.err]).toEqual([0, '']);
    expect(shown.out).toMatch(new RegExp(`^name +roof ${names}$`, 'm'));
    expect(shown.out).toMatch(/^min_elevation +10$/m);
    const edited = await rotors(
      'edit',
      id,
      'horizon=[[0,8],[90,25]]',
      'dbm_offset_db=-60',
      'host=pi.local',
      '--json',
    );
    expect(JSON.parse(edited.out)).toMatchObject({
      min_elevation: 10,
      horizon: [
        [0, 8],
        [90, 25],
      ],
      dbm_offset_db: -60,
      host: 'pi.local',
    });
    expect((await rotors('remove', id)).out).toBe(`Rotator ${id} deleted.\n`);
    expect(await rotors('show', id)).toEqual({ code: 1, out: '', err: 'skyscan: Rotor not found\n' });
  });

  test('prints every problem that the API reports', async () => {
    const { code, err } = await rotors('edit', id, 'port=0', 'min_elevation=100');
    expect(code).toBe(1);
    expect(err).toContain('port: Must be in 1..65535');
    expect(err).toContain('min_elevation: Must be in -90..90 deg');
    expect((await rotors('add', `roof ${names}`)).err).toBe('skyscan: Rotor with that name already exists\n');
    expect((await rotors('edit', id, 'port')).err).toMatch(/must look like field=value/);
    expect((await rotors('edit', id)).code).toBe(2);
  });

  test('test shows the rotator that responds, and fails when none does', async () => {
    expect(await rotors('test', id)).toMatchObject({ code: 0, out: 'Fake 3000 (hamlib) answers.\n' });
    world.driver.failure = new SkyScanError('unavailable', 'rotctld does not answer', {
      details: { peer: 'rotctld' },
    });
    expect(await rotors('test', id)).toEqual({
      code: 1,
      out: '',
      err: 'skyscan: rotctld does not answer\n',
    });
    expect(JSON.parse((await rotors('test', id, '--json')).out)).toMatchObject({ connected: false });
  });

  test('shows the position, moves, parks and stops', async () => {
    expect((await rotors('position', id)).out).toBe('az 123.4 el 45.6\n');
    expect((await rotors('move', id, '-10', '30.5')).out).toBe(
      `Rotator ${id} is moving to az -10 el 30.5.\n`,
    );
    expect((await rotors('park', id)).out).toBe(`Rotator ${id} is moving to its park position.\n`);
    expect((await rotors('stop', id, '--json')).out).toBe(`{"status":"stopped","rotor_id":${id}}\n`);
    expect(world.driver.calls.map(([method]) => method)).toEqual(['position', 'move', 'park', 'stop']);
  });

  test('turn shows and sets the cable turn', async () => {
    expect((await rotors('turn', id)).out).toBe(
      `Rotator ${id} reports azimuth 12.5 and is in turn 0: azimuth 12.5.\n`,
    );
    expect((await rotors('turn', id, '1')).out).toBe(
      `Rotator ${id} reports azimuth 12.5 and is in turn 1: azimuth 372.5.\n`,
    );
    expect((await rotors('turn', id, '3')).err).toContain('turn 3 is outside -2..2');
  });

  test('move checks the limits of any rotator itself and those of this one in the API', async () => {
    expect((await rotors('move', id, '0', '185')).err).toContain('elevation 185 deg is outside -90..180 deg');
    for (const elevation of ['5', '95'])
      expect((await rotors('move', id, '0', elevation)).err).toContain(
        `elevation ${elevation} deg is outside 10..90 deg`,
      );
    expect(world.driver.calls).toEqual([]);
  });

  test('position --follow shows the position until Ctrl-C', async () => {
    const interrupts = createInterrupts();
    const output = { out: '', err: '' };
    const following = skyscan(['rotors', 'position', id, '--follow'], { interrupts, output });
    await until('the position request', () => world.driver.calls.some(([method]) => method === 'position'));
    const timestamp = '2026-02-14T02:00:00.000Z';
    const setpoint = { azimuth: 20, elevation: 30 };
    const position = { azimuth: 12, elevation: 30, moving: true, setpoint, timestamp };
    await world.publish(`skyscan/rotors/${id}/position`, position, true);
    await until('the position', () => output.out !== '');
    interrupts.fire('SIGINT');
    expect((await following).code).toBe(0);
    expect(output.out).toBe('az 12.0 el 30.0, moving to az 20.0 el 30.0\n');
  });

  test('position --follow of an unknown rotator exits with 1', async () => {
    expect(await rotors('position', '999999', '--follow')).toEqual({
      code: 1,
      out: '',
      err: 'skyscan: Rotor not found\n',
    });
  });
});

test('skyscan receivers prints a table, or JSON with --json', async () => {
  const { code, out } = await skyscan(['receivers']);
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toMatch(/^NAME +TUNER +SAMPLE RATE MHZ +CALIBRATIONS +TROUBLE$/);
  const { body } = await world.gateway.get('/api/receivers');
  expect(JSON.parse((await skyscan(['receivers', '--json'])).out)).toEqual(body);
});
