import type { Alert } from '#contract/rest/alerts';
import type { BaselineSession } from '#contract/rest/baselines';
import type { PublishedRun } from '#contract/rest/schedules';
import { counted } from '#shared/base/plurals';
import { isOpen, isOutage } from '../alerts/alert-text.ts';
import { clockTime, parseTime } from '../lib/format.ts';

/** What a day was like. `scanned`: its scans are not compared with the baseline. */
export type DayState = 'changed' | 'failed' | 'scanned' | 'quiet' | 'none';

export interface Day {
  /** Local midnight, Unix time in milliseconds. */
  startMs: number;
  state: DayState;
  scans: number;
  changes: number;
  /** Why runs did not start. */
  problems: string[];
  /** The newest session; undefined: none. */
  sessionId: number | undefined;
}

export const DAYS = 365;

type Member = Pick<BaselineSession, 'session_id' | 'status' | 'anomalies' | 'offset_db'>;
type Run = Pick<PublishedRun, 'status' | 'due_at' | 'session_id' | 'problem'>;

/** The last 365 days, the oldest first. `members`: sessions of the baseline. */
export function daysOf(runs: readonly Run[], members: readonly Member[], nowMs: number): Day[] {
  const byId = new Map(members.map((member) => [member.session_id, member]));
  const today = new Date(nowMs);
  const days = Array.from({ length: DAYS }, (_, n): Day => {
    // Not a multiple of 24 h: days of summer time begin and end.
    const start = new Date(today.getFullYear(), today.getMonth(), today.getDate() - (DAYS - 1 - n));
    const none = { scans: 0, changes: 0, problems: [], sessionId: undefined };
    return { startMs: start.getTime(), state: 'none', ...none };
  });
  const states = new Map(days.map((day) => [day.startMs, new Set<DayState>()]));
  for (const run of runs) {
    const dueMs = parseTime(run.due_at);
    const day = dueMs === undefined ? undefined : days.findLast(({ startMs }) => startMs <= dueMs);
    if (!day) continue;
    const found = states.get(day.startMs);
    if (run.problem !== null && run.session_id === null) day.problems.push(run.problem);
    if (run.session_id !== null) {
      day.scans++;
      day.sessionId ??= run.session_id;
    }
    const anomalies = byId.get(run.session_id ?? 0)?.anomalies ?? null;
    day.changes += anomalies ?? 0;
    found?.add(stateOfRun(run, anomalies));
  }
  for (const day of days) day.state = worst(states.get(day.startMs));
  return days;
}

function stateOfRun({ status, session_id }: Run, anomalies: number | null): DayState {
  if (status === 'failed') return 'failed';
  if (session_id === null) return 'none';
  if (anomalies === null) return 'scanned';
  return anomalies > 0 ? 'changed' : 'quiet';
}

// A day with a failure is never quiet.
const ORDER: DayState[] = ['changed', 'failed', 'scanned', 'quiet'];

function worst(states: ReadonlySet<DayState> | undefined): DayState {
  return ORDER.find((state) => states?.has(state)) ?? 'none';
}

export const DAY_TEXTS: Record<DayState, string> = {
  changed: 'changed',
  failed: 'scan failed',
  scanned: 'scanned, not compared',
  quiet: 'quiet',
  none: 'no scan',
};

/** `24 Nov 2026: changed, 2 scans, 3 changes` */
export function dayText({ startMs, state, scans, changes, problems }: Day): string {
  // 0: not today, so that the date is written.
  const date = clockTime(startMs, { nowMs: 0 }).split(',')[0] ?? '';
  return [
    `${date}: ${DAY_TEXTS[state]}`,
    ...(scans > 0 ? [counted(scans, 'scan')] : []),
    ...(changes > 0 ? [counted(changes, 'change')] : []),
    ...(problems[0] === undefined ? [] : [problems[0]]),
  ].join(', ');
}

/** What a watched schedule has to report; several may apply. */
export type Report =
  | { kind: 'scan_failed'; problem: string | undefined; alertId: number | undefined }
  | { kind: 'no_data'; problem: string | undefined; alertId: number | undefined }
  | { kind: 'changed'; alerts: readonly Alert[] }
  /** Its last scan has changes, of which no rule has raised an alert. */
  | { kind: 'unraised'; sessionId: number; changes: number }
  /** Users have acknowledged or silenced what its last scan has. */
  | { kind: 'handled'; changes: number }
  | { kind: 'quiet'; inARow: number }
  | { kind: 'waiting'; problem: string | undefined };

interface Watched {
  /** The newest first. */
  runs: readonly Run[];
  members: readonly (Member & Pick<BaselineSession, 'reason'>)[];
  /** Of this schedule. */
  alerts: readonly Alert[];
  nowMs: number;
}

/** Outages first; quiet only if nothing else applies. */
export function reportsOf({ runs, members, alerts, nowMs }: Watched): Report[] {
  const open = alerts.filter((alert) => isOpen(alert, nowMs));
  const changes = open.filter(({ kind }) => !isOutage(kind));
  const [last] = runs;
  const byId = new Map(members.map((member) => [member.session_id, member]));
  const newest = byId.get(runs.find(({ session_id }) => session_id !== null)?.session_id ?? 0);
  const reports: Report[] = [];
  const failed = open.find(({ kind }) => kind === 'scan_failed');
  const silent = open.find(({ kind }) => kind === 'no_data');
  if (failed || last?.status === 'failed')
    reports.push({
      kind: 'scan_failed',
      problem: failed?.reason ?? last?.problem ?? undefined,
      alertId: failed?.id,
    });
  else if (silent || last === undefined || last.status === 'missed')
    reports.push({
      kind: 'no_data',
      problem: silent?.reason ?? last?.problem ?? undefined,
      alertId: silent?.id,
    });
  if (changes.length > 0) reports.push({ kind: 'changed', alerts: changes });
  else if (newest && (newest.anomalies ?? 0) > 0) {
    const { session_id: sessionId, anomalies } = newest;
    const shared = { changes: anomalies ?? 0 };
    if (isHandled(sessionId, alerts)) reports.push({ kind: 'handled', ...shared });
    else reports.push({ kind: 'unraised', sessionId, ...shared });
  }
  if (reports.length > 0) return reports;
  const inARow = quietInARow(runs, byId);
  if (inARow === 0 || newest === undefined)
    return [{ kind: 'waiting', problem: newest?.reason ?? undefined }];
  return [{ kind: 'quiet', inARow }];
}

/** Whether the user has dealt with the changes of a session. */
function isHandled(sessionId: number, alerts: readonly Alert[]): boolean {
  return alerts.some(({ session_id, status }) => session_id === sessionId && status !== 'cleared');
}

/** The newest scans without changes, up to the first that has some, failed or was missed. */
function quietInARow(runs: readonly Run[], byId: ReadonlyMap<number, Member>): number {
  let count = 0;
  for (const { status, session_id } of runs) {
    if (status === 'waiting' || status === 'skipped') continue;
    const anomalies = byId.get(session_id ?? 0)?.anomalies ?? null;
    // The newest one may not be compared yet.
    if (session_id !== null && anomalies === null && count === 0) continue;
    if (anomalies !== 0) break;
    count++;
  }
  return count;
}

/** `214th` */
export function ordinal(n: number): string {
  const suffixes = ['th', 'st', 'nd', 'rd'];
  const isTeen = Math.floor((n % 100) / 10) === 1;
  return `${n}${(!isTeen && suffixes[n % 10]) || 'th'}`;
}

/** The median level of the newest compared session and its usual range. */
export interface Floor {
  now: number;
  low: number;
  high: number;
}

const MIN_SESSIONS = 5;
const LOW = 0.05;
const HIGH = 0.95;

/**
 * The floor: the median of the centre of the baseline and the offset of the newest session. Usual:
 * 5th to 95th percentile over the included sessions. Undefined if they are too few.
 */
export function floorOf(centres: ArrayLike<number>, newestFirst: readonly Member[]): Floor | undefined {
  const centre = quantile(Array.from(centres), 0.5);
  const offset = newestFirst.find(({ offset_db }) => offset_db !== null)?.offset_db;
  const usual = newestFirst.flatMap(({ status, offset_db }) =>
    status === 'included' && offset_db !== null ? [offset_db] : [],
  );
  const [low, high] = [quantile(usual, LOW), quantile(usual, HIGH)];
  if (usual.length < MIN_SESSIONS || offset === undefined || offset === null) return undefined;
  if (centre === undefined || low === undefined || high === undefined) return undefined;
  return { now: centre + offset, low: centre + low, high: centre + high };
}

/** Nearest rank; undefined without values. NaN is left out. */
function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))];
}
