import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fastRotor, callApi } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: TestStack;
let rotorId: number;

beforeAll(async () => {
  stack = await startTestStack({
    simulator: { SIM_AZ_MIN_DEG: '0', SIM_AZ_MAX_DEG: '100', SIM_EL_MIN_DEG: '0', SIM_EL_MAX_DEG: '60' },
  });
  // A third of the real speed.
  const slow = { az_speed_deg_s: 120, el_speed_deg_s: 80, az_acceleration_deg_s2: 1000, tolerance_deg: 0.05 };
  const rotor = await callApi<{ id: number }>(
    stack,
    'POST',
    '/api/rotors',
    fastRotor(stack, { ...slow, az_min: 0, az_max: 100, park_az: 10, park_el: 20 }),
  );
  rotorId = rotor.id;
});
afterAll(() => stack.stop());

function skyscan(...args: string[]) {
  const child = spawn(process.execPath, ['dist/services/cli/main.js', ...args], {
    env: { PATH: process.env['PATH'], SKYSCAN_URL: stack.httpUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (bytes: Buffer) => (output.out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (output.err += bytes.toString()));
  const ended = once(child, 'close').then(([code]) => code as number);
  return { output, ended, interrupt: () => child.kill('SIGINT') };
}

interface Mount {
  moving: boolean;
  commands: { command: string }[];
}
const mount = async () => (await stack.simulator<Mount>('GET', '/state')).body;

test('Ctrl-C during a move stops the rotator', async () => {
  // A signal between two moves has nothing to stop: interrupt the next run then.
  await until(
    'a move is interrupted',
    async () => {
      const running = skyscan('rotors', 'characterise', String(rotorId));
      await until('moving', async () => (await mount()).moving);
      running.interrupt();
      expect([await running.ended, running.output.err]).toEqual([130, 'Cancelled: the rotator stops.\n']);
      await until('it rests', async () => !(await mount()).moving);
      return (await mount()).commands.at(-1)?.command === 'S';
    },
    120_000,
  );
}, 150_000);

test('an active scan prevents it, and a scan waits for it', async () => {
  const stopped = await until('free', async () => {
    const answer = await stack.api('POST', `/api/rotors/${rotorId}/stop`);
    return answer.status === 200;
  });
  expect(stopped).toBe(true);
  const running = skyscan('rotors', 'characterise', String(rotorId));
  await until('moving', async () => (await mount()).moving);
  const scan = await callApi<{ id: number }>(stack, 'POST', '/api/skyscan/start', {
    rotor_id: rotorId,
    az_start: 20,
    az_end: 30,
    el_start: 20,
    el_end: 30,
    step_deg: 10,
    rssi_iterations: 1,
  });
  const refused = skyscan('rotors', 'characterise', String(rotorId));
  expect([await refused.ended, refused.output.err]).toEqual([
    1,
    'skyscan: Cannot characterise rotor while a scan is active\n',
  ]);
  expect((await stack.api<{ status: string }>('GET', `/api/skyscan/${scan.id}`)).body.status).toBe('pending');
  await callApi(stack, 'POST', `/api/skyscan/${scan.id}/cancel`);
  await callApi(stack, 'POST', `/api/rotors/${rotorId}/stop`);
  expect([await running.ended, running.output.err]).toEqual([1, 'skyscan: stopped by request\n']);
});

test('measures the speeds of the simulated rotator through all services', async () => {
  const running = skyscan('rotors', 'characterise', String(rotorId));
  expect([await running.ended, running.output.err]).toEqual([0, '']);
  expect(running.output.out).toMatch(/speed, deg\/s +3[4-7]\d/);
  const rotor = await callApi<Record<string, number>>(stack, 'GET', `/api/rotors/${rotorId}`);
  const off = (field: string, truth: number) => Math.abs((rotor[field] ?? 0) / truth - 1);
  expect(off('el_speed_deg_s', 240)).toBeLessThan(0.1);
  expect(off('az_acceleration_deg_s2', 3600)).toBeLessThan(0.15);
  expect(rotor['tolerance_deg']).toBe(0.1);
  const found = await callApi<object>(stack, 'GET', `/api/rotors/${rotorId}/characteristics`);
  expect(found).toMatchObject({ applied: { tolerance_deg: 0.1 } });
});
