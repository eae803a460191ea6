import { titleOf } from '../domain/alerts/alert-text.ts';
import { scheduleHealth, type ScheduleHealth } from '../domain/alerts/schedule-health.ts';
import {
  changeAlert,
  insertAlert,
  insertEvent,
  lockScheduleAlerts,
  lockUncovered,
  wasRaisedAfter,
  type AlertRow,
} from '../store/alerts/alerts.ts';
import { takeEvaluation } from '../store/alerts/comparisons.ts';
import { listRules, type RuleRow } from '../store/alerts/rules.ts';
import { listWatched, runsSince, type WatchedSchedule } from '../store/alerts/schedule-runs.ts';
import type { Database, Queryable } from '../store/queryable.ts';
import { clearAlert, send } from './change-alerts.ts';

const HOUR_MS = 3_600_000;
const MAX_RUNS = 100;

/**
 * Raises and clears the alerts of schedules that bring no data, and clears those that no rule
 * covers any more. Any gateway may do it; returns false if another one is at it.
 */
export async function evaluateSchedules(db: Database, nowMs: () => number): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await takeEvaluation(tx))) return false;
    const now = new Date(nowMs());
    for (const { id, reason } of await lockUncovered(tx)) await clearAlert(tx, { id }, { reason, at: now });
    const schedules = await listWatched(tx);
    for (const rule of (await listRules(tx)).filter(({ request }) => request.is_enabled))
      for (const schedule of schedules.filter((one) => isWatched(rule, one)))
        await evaluateSchedule(tx, rule, schedule, now);
    return true;
  });
}

/** A rule of all schedules is about those with a baseline. */
function isWatched({ request }: RuleRow, { id, is_paused, has_baseline }: WatchedSchedule): boolean {
  return !is_paused && (request.schedule_id === null ? has_baseline : request.schedule_id === id);
}

async function evaluateSchedule(
  tx: Queryable,
  rule: RuleRow,
  schedule: WatchedSchedule,
  now: Date,
): Promise<void> {
  const active = await lockScheduleAlerts(tx, rule.id, schedule.id);
  const runs = await runsSince(tx, schedule.id, rule.created_at, MAX_RUNS);
  const health = scheduleHealth(
    runs.map((run) => ({
      dueMs: run.due_at.getTime(),
      status: run.status,
      sessionStatus: run.session_status,
      sessionId: run.session_id,
      problem: run.problem,
      missed: run.missed,
    })),
    rule.request.raise_seen,
    now.getTime(),
  );
  for (const state of statesOf(health)) {
    if (!rule.request.kinds.includes(state.kind)) continue;
    const alert = active.find(({ kind }) => kind === state.kind);
    if (alert) await continueAlert(tx, rule, alert, state, now);
    else if (state.reason !== undefined)
      await raise(tx, rule, schedule, { ...state, reason: state.reason }, now);
  }
}

interface State {
  kind: 'no_data' | 'scan_failed';
  reason: string | undefined;
  sessionId: number | null;
  /** A session has completed since. */
  isOver: boolean;
}

function statesOf({ noData, runsWithout, scanFailed, hasCompleted }: ScheduleHealth): State[] {
  return [
    { kind: 'no_data', reason: noData, sessionId: null, isOver: hasCompleted && runsWithout === 0 },
    {
      kind: 'scan_failed',
      reason: scanFailed?.reason,
      sessionId: scanFailed?.sessionId ?? null,
      isOver: hasCompleted && scanFailed === undefined,
    },
  ];
}

async function raise(
  tx: Queryable,
  rule: RuleRow,
  schedule: WatchedSchedule,
  { kind, reason, sessionId }: State & { reason: string },
  now: Date,
): Promise<void> {
  const isSent = !(await isQuiet(tx, rule, schedule.id, kind, now));
  const row = await insertAlert(tx, {
    rule_id: rule.id,
    schedule_id: schedule.id,
    kind,
    title: titleOf({
      kind,
      azimuthDeg: null,
      elevationDeg: null,
      changeDb: null,
      channels: [],
      source: null,
      schedule: schedule.name,
    }),
    reason,
    session_id: sessionId,
    raised_at: now,
    last_seen_at: now,
    is_announced: isSent,
  });
  await insertEvent(tx, row.id, { event: 'raised', at: now, kind, session_id: sessionId, note: reason });
  if (isSent) await send(tx, 'raised', row, rule);
}

async function continueAlert(
  tx: Queryable,
  rule: RuleRow,
  alert: AlertRow,
  { kind, reason, sessionId, isOver }: State,
  now: Date,
): Promise<void> {
  const isSilent = alert.silent_until !== null && alert.silent_until > now;
  if (isOver) {
    const row = await clearAlert(tx, alert, { reason: 'a scan has completed', at: now });
    if (alert.is_announced && !isSilent) await send(tx, 'cleared', row, rule);
    return;
  }
  if (reason === undefined) return;
  const isSent =
    !alert.is_announced &&
    alert.status === 'open' &&
    !(await isQuiet(tx, rule, alert.schedule_id, kind, now));
  if (reason === alert.reason && !isSent) return;
  const row = await changeAlert(tx, alert.id, {
    reason,
    session_id: sessionId,
    last_seen_at: now,
    ...(isSent && { is_announced: true }),
  });
  await insertEvent(tx, alert.id, { event: 'seen', at: now, kind, session_id: sessionId, note: reason });
  if (isSent) await send(tx, 'raised', row, rule);
}

/** Whether such an alert was raised a short time ago, or is silenced. */
function isQuiet(
  tx: Queryable,
  { id: ruleId, request }: RuleRow,
  scheduleId: number | null,
  kind: State['kind'],
  now: Date,
): Promise<boolean> {
  const since = new Date(now.getTime() - request.dedupe_hours * HOUR_MS);
  return wasRaisedAfter(tx, { ruleId, scheduleId, kind }, since);
}
