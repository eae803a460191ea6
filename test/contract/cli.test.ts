import { beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { createInterrupts } from '../../services/cli/interrupts.ts';
import { runSkyscan, type SkyscanOptions } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const KEY = 'a-key-for-tests-only';
const AXIS = {
  speedDegPerS: 6.2,
  accelerationDegPerS2: 18.5,
  startDelayMs: 90,
  resolutionDeg: 0.1,
  overshootDeg: 0,
  backlashDeg: 0,
  settleMs: 340,
};
const FOUND = {
  azimuth: AXIS,
  elevation: { ...AXIS, speedDegPerS: 2.5, accelerationDegPerS2: undefined },
  roundTripMs: 60,
  measuredAtMs: Date.UTC(2026, 1, 14),
  remarks: ['elevation: what could not be seen'],
};

const world = useGatewayWorld({ API_KEYS: KEY });
let rotorId: string;
let names = 0;

beforeEach(async () => {
  world.driver.failure = undefined;
  world.driver.characteristics = undefined;
  const { body } = await world.gateway.request('/api/rotors', {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}` },
    body: { name: `roof ${++names}` },
  });
  rotorId = String((body as { id: number }).id);
});

const skyscan = (args: string[], options: SkyscanOptions = {}) =>
  runSkyscan(args, {
    ...options,
    env: { SKYSCAN_URL: world.gateway.url, SKYSCAN_API_KEY: KEY, ...options.env },
  });

describe('skyscan rotors', () => {
  test('list prints a table, or JSON with --json', async () => {
    const { code, out, err } = await skyscan(['rotors', 'list']);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')[0]).toMatch(/^ID\s+NAME\s+ROTCTLD\s+SPEED DEG\/S\s+ACCELERATION DEG\/S2\s+SITE$/);
    expect(out).toContain(`roof ${names}  127.0.0.1:4533  6, 3         20, 9                1\n`);
    expect(out).not.toContain('\u001b');
    const json = JSON.parse((await skyscan(['rotors', 'list', '--json'])).out) as { name: string }[];
    expect(json.at(-1)?.name).toBe(`roof ${names}`);
  });

  test('characterise shows its progress on a terminal and ends with a table', async () => {
    world.driver.characteristics = FOUND;
    const { code, out, err } = await skyscan(['rotors', 'characterise', rotorId], { isTTY: true });
    expect(code).toBe(0);
    expect(err).toContain('50 %  azimuth: first move  az 123.4 el 45.6');
    expect(out).toBe(
      [
        '                      AZIMUTH  ELEVATION',
        'speed, deg/s          6.2      2.5',
        'acceleration, deg/s2  18.5     -',
        'start delay, ms       90       90',
        'resolution, deg       0.1      0.1',
        'overshoot, deg        0        0',
        'backlash, deg         0        0',
        'settling, ms          340      340',
        '',
        'A position query takes 60 ms.',
        '',
        "Changed in the rotator's configuration:",
        '  az_speed_deg_s = 6.2',
        '  el_speed_deg_s = 2.5',
        '  az_acceleration_deg_s2 = 18.5',
        '  settle_ms = 340',
        '',
        'Remarks:',
        '  elevation: what could not be seen',
        '',
      ].join('\n'),
    );
    const piped = await skyscan(['rotors', 'characterise', rotorId, '--json']);
    expect(piped.err).toBe('');
    const lines = piped.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines.map((line) => Object.keys(line)[0])).toEqual(['fraction', 'fraction', 'result']);
  });

  test('Ctrl-C cancels it and prints a message', async () => {
    const interrupts = createInterrupts();
    const running = skyscan(['rotors', 'characterise', rotorId], { interrupts });
    await until('it runs', () => world.driver.characterising === 1);
    interrupts.fire('SIGINT');
    expect(await running).toEqual({ code: 130, out: '', err: 'Cancelled: the rotator stops.\n' });
    await until('cancelled', () => world.driver.characterising === 0);
  });

  test('errors during the measurement are printed as the API reports them', async () => {
    const running = skyscan(['rotors', 'characterise', rotorId]);
    await until('it runs', () => world.driver.characterising === 1);
    world.driver.endCharacterising(new SkyScanError('lease_lost', 'stopped by request'));
    expect(await running).toEqual({ code: 1, out: '', err: 'skyscan: stopped by request\n' });
  });
});

describe('exit codes', () => {
  test.each<[string, string[], Record<string, string>, number, RegExp]>([
    ['an unknown rotor', ['rotors', 'characterise', '999999'], {}, 1, /^skyscan: Rotor not found\n$/],
    ['a wrong key', ['rotors', 'list'], { SKYSCAN_API_KEY: 'another-key-altogether' }, 1, /^skyscan: .*key/i],
    [
      'no server',
      ['rotors', 'list'],
      { SKYSCAN_URL: 'http://127.0.0.1:1' },
      3,
      /cannot reach Sky Scan at http/,
    ],
    ['a wrong address', ['rotors', 'list'], { SKYSCAN_URL: 'ftp://x' }, 2, /SKYSCAN_URL/],
    ['an id that is not a number', ['rotors', 'characterise', 'roof'], {}, 2, /must be the id of a rotator/],
    ['an unknown command', ['rotor'], {}, 2, /unknown command/],
    ['an unknown option', ['rotors', 'list', '--loud'], {}, 2, /unknown option/],
  ])('%s', async (_what, args, env, code, message) => {
    const result = await skyscan(args, { env });
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).toMatch(message);
  });

  test('are listed by --help, which needs no server', async () => {
    const { code, out } = await skyscan(['--help'], { env: { SKYSCAN_URL: 'nonsense' } });
    expect(code).toBe(0);
    expect(out).toContain('130  cancelled with Ctrl-C');
    expect((await skyscan(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
