import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { alertRuleRequestSchema } from '#contract/rest/alerts';
import { newRotorSchema } from '#contract/rest/rotors';
import { evaluateComparisons } from '../../services/api-gateway/alerts/evaluate-comparisons.ts';
import { evaluateSchedules } from '../../services/api-gateway/alerts/evaluate-schedules.ts';
import { changeRule, insertRule, listRules } from '../../services/api-gateway/store/alerts/rules.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { migrateWhenReachable } from '../../services/api-gateway/store/migrate.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { insertRotor } from '../../services/api-gateway/store/rotors.ts';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.ts';
import { storeEntry, storeSky, type StoredSky } from '../support/stored-anomalies.ts';

// Rules on comparisons and runs in a real database, by two gateways.

const logger = pino({ level: 'silent' });
const never = new AbortController().signal;
let database: TestDatabase;
let first: Database;
let second: Database;
let rotorId: number;
let sky: StoredSky;
let nowMs: number;

beforeAll(async () => {
  database = await createMigratedDatabase();
  const events = { onWaiting: () => undefined, mayRefuse: () => true };
  await migrateWhenReachable([database.url], logger, never, events);
  first = createDatabase([database.url], logger);
  second = createDatabase([database.url], logger);
  rotorId = (await insertRotor(first, newRotorSchema.parse({ name: 'watching' }))).id;
});
beforeEach(async () => {
  nowMs = Date.now();
  sky = await storeSky(first, rotorId);
});
afterEach(() =>
  first.query(
    `with gone as (delete from baselines), rules as (delete from alert_rules where id > 1), alerts as (delete from alerts)
     delete from schedules`,
  ),
);
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await database.drop();
});

/** Both gateways apply the rules at once. */
async function evaluate(): Promise<void> {
  const at = () => nowMs;
  const work = () => [evaluateComparisons(first, at, never), evaluateComparisons(second, at, never)];
  // The one that finds the other one at work leaves it to it.
  await Promise.all(work());
  await Promise.all(work());
}

const alerts = () =>
  first.query<{ id: number; status: string; kind: string; azimuth_deg: number; sessions_seen: number }>(
    'select id, status, kind, azimuth_deg, sessions_seen, title, session_id from alerts order by id',
  );
const events = async (alertId: number) =>
  (
    await first.query<{ event: string }>('select event from alert_events where alert_id = $1 order by id', [
      alertId,
    ])
  ).map(({ event }) => event);

describe('comparisons', () => {
  test('a rule exists from the start, for all changes', async () => {
    const [rule] = await listRules(first);
    expect(rule?.request).toEqual(alertRuleRequestSchema.parse({ name: 'All changes' }));
  });

  test('a source across north is raised, followed and cleared, each session counting once for two gateways', async () => {
    const azimuths = [359.5, 0.5, 359, 1, 359.5, 0];
    for (const azimuth of azimuths) await sky.session([{ azimuth, z: 6 }]);
    for (let i = 0; i < 3; i++) await sky.session();
    await evaluate();
    const [alert, ...more] = await alerts();
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ status: 'cleared', kind: 'new', azimuth_deg: 0, sessions_seen: 6 });
    expect(await events(alert?.id ?? 0)).toEqual(['raised', 'seen', 'seen', 'seen', 'seen', 'cleared']);
    const [left] = await first.query<{ count: number }>(
      'select count(*)::int as count from comparisons where evaluated_at is null',
    );
    expect(left?.count).toBe(0);
  });

  test('thirty sessions by two gateways: every session is in the history once', async () => {
    for (let i = 0; i < 30; i++) await sky.session([{ azimuth: 100 }, { azimuth: 200, kind: 'brighter' }]);
    await evaluate();
    const found = await alerts();
    expect(found.map(({ sessions_seen }) => sessions_seen)).toEqual([30, 30]);
    const counted = await first.query<{ sessions: number; all: number }>(
      `select count(distinct session_id)::int as sessions, count(*)::int as all from alert_events group by alert_id`,
    );
    expect(counted).toEqual(Array(2).fill({ sessions: 30, all: 30 }));
  });

  test('a session waits for an earlier one that is compared; one that comes too late changes nothing', async () => {
    const early = await sky.session([], { comparison: 'running' });
    const late = await sky.session([{ azimuth: 100 }]);
    await evaluate();
    expect(await alerts()).toEqual([]);
    await first.query(`update comparisons set status = 'failed' where session_id = $1`, [early]);
    await evaluate();
    expect(await alerts()).toMatchObject([{ status: 'open', session_id: late }]);
    await first.query(`update comparisons set status = 'done' where session_id = $1`, [early]);
    const [alert] = await alerts();
    await evaluate();
    expect(await alerts()).toEqual([alert]);
    const [compared] = await first.query(
      'select from comparisons where session_id = $1 and evaluated_at is not null',
      [early],
    );
    expect(compared).toBeDefined();
  });

  test('sessions that are compared again count once', async () => {
    for (const azimuth of [100, 100, 100]) await sky.session([{ azimuth }]);
    await sky.session();
    await evaluate();
    const [alert] = await alerts();
    await first.query('update comparisons set evaluated_at = null');
    await evaluate();
    expect(await alerts()).toEqual([alert]);
    expect(await events(alert?.id ?? 0)).toEqual(['raised', 'seen', 'seen']);
    await sky.session();
    await evaluate();
    expect(await alerts()).toMatchObject([{ status: 'open' }]);
    await sky.session();
    await evaluate();
    expect(await alerts()).toMatchObject([{ status: 'cleared' }]);
  });

  test('known sources are muted: marked by a user, merged into a marked one, or identified', async () => {
    const marked = await storeEntry(first, 100);
    const merged = await storeEntry(first, 103);
    await first.query('update catalogue set is_known = true where id = $1', [marked]);
    await first.query('update catalogue set merged_into = $1, root_id = $1 where id = $2', [marked, merged]);
    await sky.session([
      { azimuth: 100, catalogueId: marked },
      { azimuth: 150, catalogueId: merged },
      { azimuth: 200, identity: 'Sun' },
      { azimuth: 250 },
    ]);
    await evaluate();
    expect(await alerts()).toMatchObject([{ azimuth_deg: 250 }]);
  });

  test('rules with a schedule look at its sessions only, and disabled ones at none', async () => {
    const scheduleId = await storeSchedule();
    const other = await storeSky(first, rotorId, scheduleId);
    await insertRule(first, alertRuleRequestSchema.parse({ name: 'Night', schedule_id: scheduleId }));
    await insertRule(first, alertRuleRequestSchema.parse({ name: 'Off', is_enabled: false }));
    await sky.session([{ azimuth: 100 }]);
    await other.session([{ azimuth: 200 }]);
    await evaluate();
    const found = await first.query(
      'select name, azimuth_deg from alerts a, lateral (select request ->> $1 as name from alert_rules where id = rule_id) r order by a.id',
      ['name'],
    );
    expect(found).toEqual([
      { name: 'All changes', azimuth_deg: 100 },
      { name: 'All changes', azimuth_deg: 200 },
      { name: 'Night', azimuth_deg: 200 },
    ]);
  });

  test('a disabled rule and a deleted baseline leave no open alert', async () => {
    const rule = await insertRule(first, alertRuleRequestSchema.parse({ name: 'Mine' }));
    await sky.session([{ azimuth: 100 }]);
    await evaluate();
    await changeRule(first, rule.id, { ...rule.request, is_enabled: false });
    await evaluateSchedules(first, () => nowMs);
    expect((await alerts()).map(({ status }) => status)).toEqual(['open', 'cleared']);
    await first.query('delete from baselines where id = $1', [sky.baselineId]);
    await evaluateSchedules(first, () => nowMs);
    expect((await alerts()).map(({ status }) => status)).toEqual(['cleared', 'cleared']);
  });
});

async function storeSchedule(): Promise<number> {
  const [row] = await first.query<{ id: number }>(
    `insert into schedules (rotor_id, request, created_at, checked_at) values ($1, '{"name": "Night"}', now(), now()) returning id`,
    [rotorId],
  );
  return row?.id ?? 0;
}

describe('runs of schedules', () => {
  let scheduleId: number;
  beforeEach(async () => {
    scheduleId = await storeSchedule();
    await first.query('update baselines set schedule_id = $1', [scheduleId]);
    await first.query(`update alert_rules set created_at = now() - interval '1 day'`);
  });

  let minutes = 0;
  const run = (status: string, problem: string | null, sessionId: number | null = null) =>
    first.query(
      `insert into schedule_runs (schedule_id, due_at, status, problem, session_id)
       values ($1, now() - interval '10 h' + $2 * interval '1 min', $3, $4, $5)`,
      [scheduleId, ++minutes, status, problem, sessionId],
    );
  const look = async () => {
    await Promise.all([evaluateSchedules(first, () => nowMs), evaluateSchedules(second, () => nowMs)]);
    return first.query(`select kind, status, reason from alerts order by id`);
  };

  test('no data: raised once, told apart from a scan that failed, cleared by a session that completes', async () => {
    await run('skipped', 'the rotor has a scan');
    expect(await look()).toEqual([]);
    await run('missed', 'Sky Scan was not running');
    const noData = {
      kind: 'no_data',
      reason: '2 runs without data; the last one was missed: Sky Scan was not running',
    };
    expect(await look()).toEqual([{ ...noData, status: 'open' }]);
    await run('failed', 'Rotor not found');
    const failed = { kind: 'scan_failed', reason: 'Rotor not found' };
    expect(await look()).toEqual([
      { ...noData, status: 'open' },
      { ...failed, status: 'open' },
    ]);
    expect(await look()).toHaveLength(2);
    const sessionId = await sky.session();
    await run('started', null, sessionId);
    expect(await look()).toEqual([
      { ...noData, status: 'cleared' },
      { ...failed, status: 'cleared' },
    ]);
  });

  test('a paused schedule is not without data', async () => {
    await run('skipped', 'the rotor has a scan');
    await run('skipped', 'the rotor has a scan');
    expect(await look()).toMatchObject([{ status: 'open' }]);
    await first.query('update schedules set is_paused = true');
    expect(await look()).toMatchObject([{ status: 'cleared' }]);
  });

  test('runs from before the rule say nothing', async () => {
    await first.query(`update alert_rules set created_at = now()`);
    await run('failed', 'Rotor not found');
    expect(await look()).toEqual([]);
  });
});
