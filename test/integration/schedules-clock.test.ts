import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newRotorSchema } from '#contract/rest/rotors';
import { scheduleRequestSchema } from '#contract/rest/schedules';
import { SkyScanError } from '#shared/base/errors';
import type { ScheduleParts } from '../../services/api-gateway/schedules/parts.ts';
import { queueDueRuns } from '../../services/api-gateway/schedules/queue-due-runs.ts';
import { startWaitingRuns } from '../../services/api-gateway/schedules/start-waiting-runs.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { migrateWhenReachable } from '../../services/api-gateway/store/migrate.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { insertRotor } from '../../services/api-gateway/store/rotors.ts';
import { insertSchedule } from '../../services/api-gateway/store/schedules/schedules.ts';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.ts';

// Schedules of two gateways over days, with a clock of the test and a real database.

const SCAN = { az_start: 0, az_end: 9, el_start: 10, el_end: 10, step_deg: 1, rssi_iterations: 1 };
const logger = pino({ level: 'silent' });
let database: TestDatabase;
let rotorId: number;
let db: Database;

beforeAll(async () => {
  database = await createMigratedDatabase();
  const events = { onWaiting: () => undefined, mayRefuse: () => true };
  await migrateWhenReachable([database.url], logger, new AbortController().signal, events);
  db = createDatabase([database.url], logger);
  rotorId = (await insertRotor(db, newRotorSchema.parse({ name: 'scheduled' }))).id;
});
afterEach(async () => {
  await endScans();
  await db.query('delete from schedules');
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

let nowMs: number;
const parts = (): ScheduleParts => ({
  db,
  orchestratorOf: () =>
    ({
      probe: () => Promise.resolve({ receiverGainDb: undefined, notes: [] }),
    }) as unknown as ReturnType<ScheduleParts['orchestratorOf']>,
  handOver: { submitAll: () => Promise.resolve() },
  nudge: () => undefined,
  resolveFrame: () => Promise.reject(new Error('no scan has a frame')),
  placeOf: () => Promise.resolve({ latitudeDeg: 52.5, longitudeDeg: 13.4, heightM: 0 }),
  logger,
  nowMs: () => nowMs,
});
let first: ScheduleParts;
let second: ScheduleParts;
beforeAll(() => {
  [first, second] = [parts(), parts()];
});

/** Both gateways look at the schedules at once; then the scans end. */
async function look(): Promise<void> {
  await Promise.all([queueDueRuns(first), queueDueRuns(second)]);
  await Promise.all([startWaitingRuns(first), startWaitingRuns(second)]);
}
const endScans = () => db.query(`update sessions set status = 'cancelled' where status = 'pending'`);

/** Returns the id. */
async function store(change: object, at: string, next: string): Promise<number> {
  nowMs = Date.parse(at);
  const request = scheduleRequestSchema.parse({
    name: 'Night',
    trigger: { kind: 'cron', expression: '0 3 * * *' },
    time_zone: 'Europe/Berlin',
    scan: { rotor_id: rotorId, ...SCAN },
    ...change,
  });
  return insertSchedule(db, request, { next_run_at: new Date(next), checked_at: new Date(at) });
}
const stored = (id: number) =>
  db.query<{ due_at: Date; status: string; missed: number; problem: string | null; session_id: number }>(
    'select due_at, status, missed, problem, session_id from schedule_runs where schedule_id = $1 order by due_at',
    [id],
  );

test('every night around both time changes runs once, at 03:00 local time', async () => {
  const days = 6;
  for (const [from, next] of [
    ['2027-03-25T12:00:00Z', '2027-03-26T02:00:00Z'],
    ['2027-10-28T12:00:00Z', '2027-10-29T01:00:00Z'],
  ] as const) {
    const id = await store({}, from, next);
    for (let minute = 0; minute < days * 1_440; minute += 30) {
      nowMs = Date.parse(from) + minute * 60_000;
      await look();
      await endScans();
    }
    const runs = await stored(id);
    expect(runs.map(({ due_at }) => due_at.toLocaleString('sv', { timeZone: 'Europe/Berlin' }))).toEqual(
      Array.from({ length: days }, (_, day) => {
        const date = new Date(Date.parse(from) + (day + 1) * 86_400_000).toISOString().slice(0, 10);
        return `${date} 03:00:00`;
      }),
    );
    expect(new Set(runs.map(({ session_id }) => session_id)).size).toBe(days);
    expect(runs.every(({ status }) => status === 'started')).toBe(true);
  }
});

test('after a downtime: none, or the latest; what was missed is counted', async () => {
  const night = '2027-01-02T02:00:00Z';
  const none = await store({}, '2027-01-01T12:00:00Z', night);
  const latest = await store({ catch_up: 'latest' }, '2027-01-01T12:00:00Z', night);
  nowMs = Date.parse('2027-01-05T12:00:00Z');
  await look();
  expect(await stored(none)).toMatchObject([{ status: 'missed', missed: 4 }]);
  expect(await stored(latest)).toMatchObject([
    { status: 'missed', missed: 3, problem: 'Sky Scan was not running' },
    { status: 'started', due_at: new Date('2027-01-05T02:00:00Z') },
  ]);
});

test('a clock that was years ahead loses no run and repeats none', async () => {
  const id = await store({}, '2027-01-01T12:00:00Z', '2027-01-02T02:00:00Z');
  nowMs = Date.parse('2027-01-02T02:00:01Z');
  await look();
  await endScans();
  nowMs = Date.parse('2031-01-01T00:00:00Z');
  await look();
  nowMs = Date.parse('2027-01-02T01:59:00Z');
  await look();
  nowMs = Date.parse('2027-01-02T02:00:30Z');
  await look();
  nowMs = Date.parse('2027-01-03T02:00:30Z');
  await look();
  const runs = (await stored(id)).filter(({ status }) => status === 'started');
  expect(runs.map(({ due_at }) => due_at.toISOString())).toEqual([
    '2027-01-02T02:00:00.000Z',
    '2027-01-03T02:00:00.000Z',
  ]);
});

test('quiet hours, local time', async () => {
  const id = await store(
    {
      trigger: { kind: 'interval', hours: 1, from: '2027-01-01T00:00:00Z' },
      quiet_hours: { from: '22:00', to: '06:00' },
    },
    '2027-01-01T19:30:00Z',
    '2027-01-01T20:00:00Z',
  );
  for (let hour = 20; hour < 31; hour++) {
    nowMs = Date.parse('2027-01-01T00:00:00Z') + hour * 3_600_000;
    await look();
    await endScans();
  }
  const runs = await stored(id);
  const started = runs.filter(({ status }) => status === 'started').map(({ due_at }) => due_at.getUTCHours());
  // 20:00 UTC is 21:00 in Berlin.
  expect(started).toEqual([20, 5, 6]);
  expect(runs.filter(({ status }) => status === 'skipped').map(({ problem }) => problem)).toEqual(
    Array<string>(8).fill('quiet hours until 06:00'),
  );
});

test('a gateway that cannot reach the hardware keeps the run for the other one', async () => {
  const id = await store({}, '2027-01-01T12:00:00Z', '2027-01-02T02:00:00Z');
  nowMs = Date.parse('2027-01-02T02:00:00Z');
  const cutOff: ScheduleParts = {
    ...first,
    orchestratorOf: () =>
      ({
        probe: () => Promise.reject(new SkyScanError('unavailable', 'Cannot connect to scan-orchestrator')),
      }) as unknown as ReturnType<ScheduleParts['orchestratorOf']>,
  };
  await queueDueRuns(cutOff);
  await startWaitingRuns(cutOff);
  expect(await stored(id)).toMatchObject([
    { status: 'waiting', problem: 'Cannot connect to scan-orchestrator' },
  ]);
  nowMs += 5_000;
  await startWaitingRuns(second);
  expect(await stored(id)).toMatchObject([{ status: 'started', problem: null }]);
});
