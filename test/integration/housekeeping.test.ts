import { connectAsync } from 'mqtt';
import { pino } from 'pino';
import { beforeAll, beforeEach, afterAll, expect, test } from 'vitest';
import { deleteScheduled } from '../../services/api-gateway/housekeeping/delete-scheduled.ts';
import { removeRemains } from '../../services/api-gateway/housekeeping/remove-remains.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { listRuns } from '../../services/api-gateway/store/schedules/runs.ts';
import { startAedes } from '../support/gateway-broker.ts';
import { openSocket } from '../support/gateway-sockets.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { storeSchedule } from '../support/schedule-world.ts';
import { storeSky } from '../support/stored-anomalies.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const world = useGatewayWorld();
const logger = pino({ level: 'silent' });
const never = new AbortController().signal;
let db: Database;

beforeAll(() => {
  db = createDatabase([world.database.url], logger);
});
afterAll(() => db.close());
beforeEach(() => db.query('delete from schedules'));

const remove = (id: number) => world.gateway.request(`/api/skyscan/${id}`, { method: 'DELETE' });
const count = async (sql: string) =>
  (await db.query<{ n: number }>(`select count(*)::int as n from ${sql}`))[0]?.n;
const pointsOf = (id: number) => count(`points where session_id = ${id}`);
const exists = async (id: number) => (await count(`sessions where id = ${id}`)) === 1;
const isPurged = (id: number) =>
  until(
    `session ${id} is purged`,
    async () => (await count(`deleted_sessions where id = ${id} and purged_at is not null`)) === 1,
  );

async function endedScan() {
  const scan = await startTestScan(world);
  await scan.setStatus('running');
  await scan.measure(10);
  await scan.setStatus('completed');
  await scan.untilStatus('completed');
  return scan;
}

/** The retained status of a session. */
async function retainedStatus(id: number): Promise<string | undefined> {
  const client = await connectAsync(world.broker.url, { protocolVersion: 4 });
  try {
    let text: string | undefined;
    client.on('message', (topic, payload, { retain }) => {
      if (retain && topic.endsWith('/status')) text = payload.toString();
    });
    await client.subscribeAsync(`skyscan/sessions/${id}/status`, { qos: 1 });
    // A retained message precedes what is published after the subscription.
    const echo = new Promise((resolve) => client.on('message', (topic) => topic === 'echo' && resolve(true)));
    await client.subscribeAsync('echo');
    await client.publishAsync('echo', 'now', { qos: 1 });
    await echo;
    return text;
  } finally {
    await client.endAsync(true);
  }
}

async function addBaseline(rotorId: number, sessionId: number, status: string): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    `insert into baselines (site_id, rotor_id, name) values (1, $1, 'Usual night') returning id`,
    [rotorId],
  );
  await db.query('insert into baseline_sessions (baseline_id, session_id, status) values ($1, $2, $3)', [
    row?.id,
    sessionId,
    status,
  ]);
  return row?.id ?? 0;
}

test('DELETE removes the session with its points, and its retained status', async () => {
  const scan = await endedScan();
  expect(await retainedStatus(scan.id)).toContain('completed');
  expect(await remove(scan.id)).toMatchObject({ status: 204 });
  expect((await world.gateway.get(`/api/skyscan/${scan.id}`)).status).toBe(404);
  await isPurged(scan.id);
  expect(await pointsOf(scan.id)).toBe(0);
  await until('the status is cleared', async () => (await retainedStatus(scan.id)) === undefined);
  expect((await remove(scan.id)).status).toBe(404);
});

test('DELETE refuses a scan that has not ended, and what a baseline uses', async () => {
  const scan = await startTestScan(world);
  expect(await remove(scan.id)).toMatchObject({
    status: 409,
    body: { detail: "Cannot delete scan in 'pending' state (must be completed or cancelled)" },
  });
  await scan.setStatus('running');
  await scan.setStatus('cancelled');
  await scan.untilStatus('cancelled');
  const baseline = await addBaseline(scan.rotorId, scan.id, 'waiting');
  expect(await remove(scan.id)).toMatchObject({
    status: 409,
    body: { detail: "Cannot delete scan: it belongs to the baseline 'Usual night'" },
  });
  await db.query(`update baseline_sessions set status = 'excluded' where baseline_id = $1`, [baseline]);
  expect((await remove(scan.id)).status).toBe(204);
});

test('a baseline that adds the session meanwhile keeps it', async () => {
  const scan = await endedScan();
  let deletion: ReturnType<typeof remove> | undefined;
  await db.transaction(async (tx) => {
    const [row] = await tx.query<{ id: number }>(
      `insert into baselines (site_id, rotor_id, name) values (1, $1, 'Growing') returning id`,
      [scan.rotorId],
    );
    await tx.query(
      `insert into baseline_sessions (baseline_id, session_id, status) values ($1, $2, 'waiting')`,
      [row?.id, scan.id],
    );
    deletion = remove(scan.id);
    await until('the deletion waits', async () => (await count(`pg_locks where not granted`)) === 1);
  });
  expect((await deletion)?.status).toBe(409);
  expect(await exists(scan.id)).toBe(true);
});

test('a viewer that is still reading gets a proper end', async () => {
  const scan = await startTestScan(world);
  await scan.setStatus('running');
  await scan.measure(3);
  await scan.untilStored(3);
  const viewer = await openSocket(`${world.gateway.wsUrl}/ws/skyscan/${scan.id}`);
  await db.query(`update sessions set status = 'cancelled' where id = $1`, [scan.id]);
  expect((await remove(scan.id)).status).toBe(204);
  expect(await viewer.closed).toEqual({ code: 4404, reason: 'Scan session not found' });
  world.orchestrator.sessions.delete(scan.id);
});

test('a session that the orchestrator still has does not come back, and is forgotten there', async () => {
  const scan = await startTestScan(world);
  await scan.setStatus('running');
  await scan.measure(3);
  await scan.untilStored(3);
  await world.orchestrator.stop();
  // The gateway does not hear of its end.
  await db.query(`update sessions set status = 'cancelled' where id = $1`, [scan.id]);
  expect((await remove(scan.id)).status).toBe(204);
  await scan.setStatus('cancelled');
  await world.orchestrator.restart();
  await until('it is forgotten', () => !world.orchestrator.sessions.has(scan.id));
  expect(await exists(scan.id)).toBe(false);
  await until('its status is cleared', async () => (await retainedStatus(scan.id)) === undefined);
  expect(await pointsOf(scan.id)).toBe(0);
});

test('the retained status is cleared when the broker is back', async () => {
  const scan = await endedScan();
  const { port } = new URL(world.broker.url);
  await world.broker.close();
  expect((await remove(scan.id)).status).toBe(204);
  await isPurged(scan.id);
  expect(await count(`deleted_sessions where id = ${scan.id} and cleared_at is null`)).toBe(1);
  world.broker = await startAedes(Number(port));
  await until(
    'it is cleared',
    async () => (await count(`deleted_sessions where id = ${scan.id} and cleared_at is not null`)) === 1,
  );
});

test('a schedule keeps the session of an alert until the alert is cleared', async () => {
  const schedule = await storeSchedule(db);
  const ids: number[] = [];
  for (const day of [1, 2, 3]) ids.push(await schedule.addSession(`2027-01-0${day}T03:00:00Z`));
  const [, alerted = 0, newest = 0] = ids;
  const [alert] = await db.query<{ id: number }>(
    `insert into alerts (rule_id, schedule_id, baseline_id, kind, title, session_id, raised_at, last_seen_at)
     values (1, $1, $2, 'new', 'New source', $3, now(), now()) returning id`,
    [schedule.id, (await storeSky(db, schedule.rotor.id)).baselineId, alerted],
  );
  await db.query(`update schedules set request = request || '{"keep": {"last": 1}}' where id = $1`, [
    schedule.id,
  ]);
  const left = async () => {
    await deleteScheduled(db, logger, never);
    const rows = await db.query<{ id: number }>('select id from sessions where id = any($1) order by id', [
      ids,
    ]);
    return rows.map(({ id }) => id);
  };
  expect(await left()).toEqual([alerted, newest]);
  await db.query(`update alerts set status = 'acknowledged' where id = $1`, [alert?.id]);
  expect(await left()).toEqual([alerted, newest]);
  await db.query(`update alerts set status = 'cleared', cleared_at = now() where id = $1`, [alert?.id]);
  expect(await left()).toEqual([newest]);
});

test('a schedule keeps the last sessions, one per day before, and never those of a baseline', async () => {
  const schedule = await storeSchedule(db);
  const ids: number[] = [];
  for (const day of [1, 2, 3])
    for (const hour of ['03', '12', '21'])
      ids.push(await schedule.addSession(`2027-01-0${day}T${hour}:00:00Z`));
  const [first = 0, inBaseline = 0, third = 0, fourth = 0, fifth = 0, ...last] = ids;
  await addBaseline(schedule.rotor.id, inBaseline, 'included');
  await db.query(
    `update schedules set request = request || '{"keep": {"last": 4, "then": "one_per_day"}}' where id = $1`,
    [schedule.id],
  );
  await Promise.all([deleteScheduled(db, logger, never), deleteScheduled(db, logger, never)]);
  await deleteScheduled(db, logger, never);
  const left = await db.query<{ id: number }>('select id from sessions where id = any($1) order by id', [
    ids,
  ]);
  expect(left.map(({ id }) => id)).toEqual([first, inBaseline, fourth, ...last]);
  const runs = (await listRuns(db, schedule.id, 100)).toReversed();
  expect(runs.map(({ session_id, removed_session_id }) => session_id ?? -(removed_session_id ?? 0))).toEqual([
    first,
    inBaseline,
    -third,
    fourth,
    -fifth,
    ...last,
  ]);
  const { body } = await world.gateway.get(`/api/schedules/${schedule.id}/runs`);
  expect((body as object[]).at(-3)).toMatchObject({
    status: 'started',
    session_id: null,
    removed_session_id: third,
    removed_at: expect.stringMatching(/Z$/) as string,
  });
});

test('a gateway that ends in the middle leaves the rest to the next one', async () => {
  const schedule = await storeSchedule(db, {}, { az_end: 100, el_end: 60 });
  const id = await schedule.addSession('2027-01-01T00:00:00Z');
  // So that they are several batches.
  await db.query('update points set seq = -10 * seq where session_id = $1', [id]);
  await db.query('update points set seq = -seq where session_id = $1', [id]);
  const total = 101 * 51;
  await db.transaction(async (tx) => {
    await tx.query('delete from sessions where id = $1', [id]);
    // Claimed, so that the gateway of this test leaves it alone.
    await tx.query(
      `insert into deleted_sessions (id, site_id, claimed_until) values ($1, 1, now() + interval '1 hour')`,
      [id],
    );
  });
  const ending = new AbortController();
  const query = db.query.bind(db);
  const killed: Database = {
    ...db,
    async query(sql, values) {
      const rows = await query(sql, values);
      if (sql.startsWith('delete from points') && values?.[0] === id) ending.abort();
      return rows as never;
    },
  };
  await world.gateway.close();
  await db.query('update deleted_sessions set claimed_until = null where id = $1', [id]);
  await removeRemains(killed, ending.signal);
  const left = await pointsOf(id);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(total);
  world.gateway = await world.startGateway();
  await isPurged(id);
  expect(await pointsOf(id)).toBe(0);
});
