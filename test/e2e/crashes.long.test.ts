import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import {
  fastRotor,
  getSession,
  callApi,
  untilStatus,
  type PublishedSession,
} from '../support/stack-client.ts';
import { until } from '../support/until.ts';
import { LARGE_BLOCKS, startTestStack, type TestStack } from '../support/stack.ts';

// kill -9 of any process during a scan: every point is stored once, and the scan continues
// automatically.

const scan = { az_start: 0, az_end: 45, el_start: 20, el_end: 30, step_deg: 5, rssi_iterations: 2 };
const TOTAL = 30;
let stack: TestStack;
let rotorId: number;

beforeAll(async () => {
  stack = await startTestStack({ env: LARGE_BLOCKS });
  rotorId = (await callApi<{ id: number }>(stack, 'POST', '/api/rotors', fastRotor(stack))).id;
});

afterAll(async () => {
  await stack.stop();
});

async function scanUntil(points: number): Promise<number> {
  const { id } = await callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', {
    rotor_id: rotorId,
    ...scan,
  });
  await until(`${points} points`, async () => (await getSession(stack, id)).completed_points >= points);
  return id;
}

async function expectComplete(id: number): Promise<void> {
  const session = await until('the end of the scan', async () => {
    const now = await stack.api<PublishedSession>('GET', `/api/skyscan/${id}`);
    return now.status === 200 && ['completed', 'paused', 'cancelled'].includes(now.body.status) && now.body;
  });
  expect(session).toMatchObject({ status: 'completed', completed_points: TOTAL, notes: null });
  const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
  expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: TOTAL }, (_, i) => i + 1));
  expect(new Set(points.map(({ row, column }) => `${row},${column}`)).size).toBe(TOTAL);
}

describe('kill -9 during a scan', () => {
  test.each([
    'api-gateway',
    'scan-orchestrator',
    'rotor-driver',
    'sdr-sampler',
    'mqtt-broker',
    'simulator',
    'postgres',
  ] as const)('of %s loses nothing and repeats nothing', async (name) => {
    const id = await scanUntil(8);
    await stack.kill(name);
    await expectComplete(id);
  });

  test('of the orchestrator stops the rotor', async () => {
    const id = await scanUntil(8);
    await stack.down('scan-orchestrator');
    await until('the rotor has stopped', async () => {
      const { body } = await stack.simulator<{ moving: boolean }>('GET', '/state');
      return !body.moving;
    });
    await stack.up('scan-orchestrator');
    await expectComplete(id);
  });

  test('a broker outage for the whole scan loses nothing', async () => {
    const id = await scanUntil(5);
    await stack.down('mqtt-broker');
    await until('the orchestrator has measured everything', () =>
      stack.log('scan-orchestrator').includes(`session ${id} is completed`),
    );
    await stack.up('mqtt-broker');
    await expectComplete(id);
  });

  test('a database outage gives 503, and everything is stored afterwards', async () => {
    const id = await scanUntil(5);
    await stack.down('postgres');
    const refused = await until('a refusal', async () => {
      const answer = await stack.api<{ detail: string }>('GET', `/api/skyscan/${id}`);
      return answer.status === 503 && answer.body;
    });
    expect(typeof refused.detail).toBe('string');
    await until('the orchestrator has measured everything', () =>
      stack.log('scan-orchestrator').includes(`session ${id} is completed`),
    );
    await stack.up('postgres');
    await expectComplete(id);
  });

  test('the orchestrator forgets an ended session once all of it is stored', async () => {
    const id = await scanUntil(1);
    await untilStatus(stack, id, 'completed');
    await stack.kill('scan-orchestrator');
    expect((await stack.api('POST', `/api/skyscan/${id}/pause`)).body).toEqual({
      detail: "Cannot pause scan in 'completed' state (must be running)",
    });
  });
});
