import { expect } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { fastRotor, getSession, callApi, type PublishedSession } from './stack-client.ts';
import type { TestStack } from './stack.ts';
import { until } from './until.ts';

/** Scans of a fixed size through the public API, and the check that every point is stored once. */

const GRID = { az_start: 0, az_end: 45, el_start: 20, el_end: 45, step_deg: 5, rssi_iterations: 2 };
export const TOTAL = 60;

/** Sends a request that must succeed; repeats it while a restarted service is unavailable (503). */
export async function callApiWhenReady<T>(
  stack: Pick<TestStack, 'api'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await until(`${method} ${path}`, async () => {
    const now = await stack.api<T>(method, path, body);
    return now.status !== 503 && now;
  });
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Registers a fast rotor and returns its id. */
export async function addRotor(stack: TestStack, change: object = {}): Promise<number> {
  return (await callApiWhenReady<{ id: number }>(stack, 'POST', '/api/rotors', fastRotor(stack, change))).id;
}

export async function startScan(stack: TestStack, rotorId: number, change: object = {}): Promise<number> {
  const body = { rotor_id: rotorId, ...GRID, ...change };
  return (await callApiWhenReady<PublishedSession>(stack, 'POST', '/api/skyscan/start', body)).id;
}

export function untilPoints(stack: TestStack, id: number, points: number): Promise<unknown> {
  return until(`${points} points`, async () => (await getSession(stack, id)).completed_points >= points);
}

/** Waits for a status and ignores failed responses. */
export function untilStatusWithRetry(
  stack: TestStack,
  id: number,
  status: string,
): Promise<PublishedSession> {
  return until(
    `session ${id} ${status}`,
    async () => {
      const now = await stack.api<PublishedSession>('GET', `/api/skyscan/${id}`);
      return now.status === 200 && now.body.status === status && now.body;
    },
    90_000,
  );
}

/** Waits for the end of a scan and expects every cell of the grid once. */
export async function expectComplete(stack: TestStack, id: number, total = TOTAL): Promise<PublishedSession> {
  const session = await untilStatusWithRetry(stack, id, 'completed');
  expect(session.completed_points).toBe(total);
  const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
  expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  expect(new Set(points.map(({ row, column }) => `${row},${column}`)).size).toBe(total);
  return session;
}
