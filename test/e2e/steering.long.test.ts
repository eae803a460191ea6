import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import {
  fastRotor,
  getSession,
  callApi,
  untilStatus,
  type PublishedSession,
} from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

// Pause, resume, cancel, stop and the queue, through the public API.

const scan = { az_start: 0, az_end: 40, el_start: 20, el_end: 50, step_deg: 5, rssi_iterations: 2 };
let stack: TestStack;
let rotorId: number;

const start = (change: object = {}) =>
  callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', { rotor_id: rotorId, ...scan, ...change });
const act = (id: number, verb: string) => stack.api(`POST`, `/api/skyscan/${id}/${verb}`);
const measured = (id: number, points: number) =>
  until(`${points} points`, async () => (await getSession(stack, id)).completed_points >= points);
const moving = async () => (await stack.simulator<{ moving: boolean }>('GET', '/state')).body.moving;
const cells = async (id: number) => {
  const points = await callApi<{ row: number; column: number }[]>(
    stack,
    'GET',
    `/api/skyscan/${id}/measurements`,
  );
  return new Set(points.map(({ row, column }) => `${row},${column}`)).size;
};

beforeAll(async () => {
  stack = await startTestStack();
  rotorId = (await callApi<{ id: number }>(stack, 'POST', '/api/rotors', fastRotor(stack))).id;
});

afterAll(async () => {
  await stack.stop();
});

describe('steering', () => {
  test('pause stops the rotor, resume continues there, and nothing is measured twice', async () => {
    const { id } = await start();
    await measured(id, 3);
    expect(await act(id, 'pause')).toEqual({ status: 200, body: { status: 'pausing', session_id: id } });
    const paused = await untilStatus(stack, id, 'paused');
    expect(await moving()).toBe(false);
    expect((await act(id, 'pause')).body).toEqual({
      detail: "Cannot pause scan in 'paused' state (must be running)",
    });
    expect((await getSession(stack, id)).completed_points).toBe(paused.completed_points);
    expect(await act(id, 'resume')).toEqual({ status: 200, body: { status: 'resuming', session_id: id } });
    const done = await untilStatus(stack, id, 'completed');
    expect(done).toMatchObject({ completed_points: 63, notes: null });
    expect(await cells(id)).toBe(63);
    for (const [verb, needed] of [
      ['pause', 'must be running'],
      ['resume', 'must be paused'],
      ['cancel', 'must be running, paused, or pending'],
    ] as const)
      expect(await act(id, verb)).toEqual({
        status: 400,
        body: { detail: `Cannot ${verb} scan in 'completed' state (${needed})` },
      });
  });

  test('a second session waits for the first and starts when the first is cancelled', async () => {
    const first = await start();
    const second = await start({ az_end: 5, el_end: 25 });
    await measured(first.id, 2);
    expect((await getSession(stack, second.id)).status).toBe('pending');
    expect(await act(first.id, 'cancel')).toEqual({
      status: 200,
      body: { status: 'cancelling', session_id: first.id },
    });
    const cancelled = await untilStatus(stack, first.id, 'cancelled');
    expect(cancelled.finished_at).not.toBeNull();
    expect(cancelled.completed_points).toBe(await cells(first.id));
    await untilStatus(stack, second.id, 'completed');
  });

  test('stop stops the rotor and pauses the scan with a note', async () => {
    const { id } = await start();
    await measured(id, 2);
    expect((await stack.api('POST', `/api/rotors/${rotorId}/stop`)).status).toBe(200);
    expect(await moving()).toBe(false);
    const paused = await untilStatus(stack, id, 'paused');
    expect(paused.notes).toMatch(/stopped by request/);
    expect(
      (await stack.api('POST', `/api/rotors/${rotorId}/move`, { azimuth: 1, elevation: 20 })).status,
    ).toBe(409);
    await act(id, 'resume');
    await untilStatus(stack, id, 'completed');
    expect(await cells(id)).toBe(63);
  });

  test('of ten identical concurrent requests exactly one succeeds', async () => {
    const { id } = await start();
    await measured(id, 2);
    for (const verb of ['pause', 'resume', 'cancel']) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => act(id, verb)));
      expect(answers.map(({ status }) => status).sort()).toEqual([
        200,
        ...Array.from({ length: 9 }, () => 400),
      ]);
      await untilStatus(
        stack,
        id,
        { pause: 'paused', resume: 'running', cancel: 'cancelled' }[verb] as string,
      );
    }
  });

  test('a rotor with an active scan cannot be changed or deleted', async () => {
    const { id } = await start();
    expect(await stack.api('PUT', `/api/rotors/${rotorId}`, { name: 'other' })).toEqual({
      status: 409,
      body: { detail: 'Cannot update rotor while a scan is active' },
    });
    expect(await stack.api('DELETE', `/api/rotors/${rotorId}`)).toEqual({
      status: 409,
      body: { detail: 'Cannot delete rotor while a scan is active' },
    });
    await act(id, 'cancel');
    await untilStatus(stack, id, 'cancelled');
  });

  test('a fault pauses the scan with a readable note, and nothing is lost', async () => {
    const { id } = await start();
    await measured(id, 2);
    await stack.simulator('POST', '/faults', { stall: true });
    const paused = await untilStatus(stack, id, 'paused');
    expect(paused.notes).toMatch(/stalled at az/);
    await stack.simulator('POST', '/faults', { stall: false });
    await act(id, 'resume');
    await untilStatus(stack, id, 'completed');
    expect(await cells(id)).toBe(63);
  });
});
