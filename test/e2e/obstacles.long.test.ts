import { afterAll, beforeAll, expect, test } from 'vitest';
import { createObstacles } from '#shared/sky/obstacles';
import { fastRotor, callApi, untilStatus, type PublishedSession } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

// A hill between two columns, a tower over some cells, and a park pointing below everything.
const horizon = [
  [0, 6],
  [43, 6],
  [45, 40],
  [47, 6],
];
const tower = { az_start: 58, az_end: 62, el_min: 5, el_max: 26 };
const scan = {
  rotor_id: 1,
  az_start: 30,
  az_end: 70,
  el_start: 10,
  el_end: 30,
  step_deg: 10,
  rssi_iterations: 1,
};
const obstacles = createObstacles(
  5,
  horizon.map(([azimuthDeg = 0, elevationDeg = 0]) => ({ azimuthDeg, elevationDeg })),
  [{ azStartDeg: 58, azEndDeg: 62, elMinDeg: 5, elMaxDeg: 26 }],
);

interface State {
  true_pointing: { azimuth: number; elevation: number };
  commands: { command: string; accepted: boolean }[];
}

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  const around = { horizon, keep_out: [tower], park_after_scan: true };
  await callApi(stack, 'POST', '/api/rotors', fastRotor(stack, around));
});

afterAll(async () => {
  await stack.stop();
});

test('a grid with forbidden cells is refused with the reason, and nothing moves', async () => {
  const detail = 'azimuth 60 deg elevation 10 deg is inside the keep-out sector az 58..62 deg el 5..26 deg';
  for (const path of ['start', 'preview'])
    expect(await stack.api('POST', `/api/skyscan/${path}`, scan)).toEqual({
      status: 400,
      body: { detail },
    });
  const low = { ...scan, az_start: 45, az_end: 45, el_start: 38, el_end: 38 };
  expect(await stack.api('POST', '/api/skyscan/start', low)).toEqual({
    status: 400,
    body: { detail: 'elevation 38 deg at azimuth 45 deg is below the horizon mask 40 deg' },
  });
  const { body } = await stack.simulator<State>('GET', '/state');
  expect(body.commands.filter(({ command }) => command.includes('P '))).toEqual([]);
});

test('a scan over the hill is previewed, measured and parked, and never points at a forbidden region', async () => {
  const over = { ...scan, az_end: 50 };
  const preview = await callApi<{ path: [number, number][] }>(stack, 'POST', '/api/skyscan/preview', over);
  expect(preview.path).toContainEqual([40, 40.5]);
  expect(preview.path).toContainEqual([50, 40.5]);

  const seen: State['true_pointing'][] = [];
  let going = true;
  const look = async () => {
    while (going) seen.push((await stack.simulator<State>('GET', '/state')).body.true_pointing);
  };
  const looking = look();
  const session = await callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', over);
  const done = await untilStatus(stack, session.id, 'completed');
  going = false;
  await looking;

  expect(done).toMatchObject({ completed_points: 9, notes: null });
  // The region is only forbidden directly above the park pointing.
  const bad = seen.filter(({ azimuth, elevation }) => {
    const at = { azimuthDeg: azimuth, elevationDeg: elevation + 0.1 };
    return Math.abs(azimuth) > 0.1 && !obstacles.isFree(at, at);
  });
  expect(bad).toEqual([]);
  expect(seen.some(({ elevation }) => elevation > 40)).toBe(true);
  const { body } = await stack.simulator<State>('GET', '/state');
  expect(body.true_pointing).toEqual({ azimuth: 0, elevation: 0 });
});
