import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGatewayWorld, gatewayAt, type GatewayWorld } from '../support/gateway-harness.ts';
import { addRotor } from '../support/gateway-scan.ts';
import { mebibytes, startMeasuredProcess, type MeasuredProcess } from '../support/measured-process.ts';
import { until } from '../support/until.ts';

// A list of all sessions has no limit, as published; the gateway's memory does.

const SESSIONS = 100_000;
const MAX_GROWTH_BYTES = 64 * 2 ** 20;

let world: GatewayWorld;
let gateway: MeasuredProcess;
beforeAll(async () => {
  world = await createGatewayWorld({}, undefined, async (env) => {
    gateway = await startMeasuredProcess('api-gateway', env);
    return gatewayAt('127.0.0.1', gateway.port, () => gateway.stop());
  });
});
afterAll(() => world.close());

test(`${SESSIONS} sessions are listed once each, newest first, with bounded memory`, async () => {
  const ids = await seed(await addRotor(world));
  for (let n = 0; n < 3; n++) await world.gateway.get('/api/skyscan/sessions?limit=500');
  const beforeBytes = gateway.rssBytes();
  const startedMs = performance.now();
  const response = await fetch(`${world.gateway.url}/api/skyscan/sessions`);
  expect(response.status).toBe(200);
  let peakBytes = beforeBytes;
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    peakBytes = Math.max(peakBytes, gateway.rssBytes());
  }
  const tookMs = performance.now() - startedMs;
  expect((JSON.parse(text) as { id: number }[]).map(({ id }) => id)).toEqual(ids);
  process.stdout.write(
    `${SESSIONS} sessions: ${mebibytes(text.length)} in ${Math.round(tookMs)} ms, gateway ` +
      `${mebibytes(beforeBytes)} -> at most ${mebibytes(peakBytes)}\n`,
  );
  expect(peakBytes - beforeBytes).toBeLessThan(MAX_GROWTH_BYTES);
});

test('its filters work beyond the first page', async () => {
  const list = async (query: string) =>
    ((await world.gateway.get(`/api/skyscan/sessions?${query}`)).body as { id: number }[]).length;
  expect(await list(`status=cancelled&offset=${SESSIONS - 1_201}`)).toBe(1_201);
  expect(await list(`status=completed`)).toBe(0);
  expect(await list(`rotor_id=999`)).toBe(0);
});

test('a client that reads nothing of the list costs only what is on its way', async () => {
  const beforeBytes = await gateway.heldBytes();
  const leaving = new AbortController();
  const responses = await Promise.all(
    Array.from({ length: 5 }, () =>
      fetch(`${world.gateway.url}/api/skyscan/sessions`, { signal: leaving.signal }),
    ),
  );
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  let held = 0;
  await until('nothing more is read', async () => {
    const last = held;
    held = await gateway.heldBytes();
    return Math.abs(held - last) < 2 ** 20;
  });
  expect(held - beforeBytes).toBeLessThan(MAX_GROWTH_BYTES / 4);
  leaving.abort();
});

/** Creates ended sessions; returns their ids, newest first. */
async function seed(rotorId: number): Promise<number[]> {
  const client = new Client({ connectionString: world.database.url });
  await client.connect();
  const { rows } = await client.query<{ id: number }>(
    `insert into sessions (rotor_id, rotor, az_start, az_end, el_start, el_end, step_deg, rssi_iterations, grid_rows, grid_columns,
       total_points, status, completed_points, started_at, finished_at, handed_over_at, notes)
     select id, to_jsonb(rotors), 0, 10, 0, 10, 1, 1, 11, 11, 121, 'cancelled', 0, now(), now(), now(), 'session ' || n
     from rotors, generate_series(1, $2::int) n where id = $1 returning id`,
    [rotorId, SESSIONS],
  );
  await client.end();
  return rows.map(({ id }) => id).toSorted((a, b) => b - a);
}
