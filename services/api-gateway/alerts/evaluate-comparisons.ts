import { decide, type Decision, type KnownAlert } from '../domain/alerts/decide.ts';
import { titleOf } from '../domain/alerts/alert-text.ts';
import type { Sighting } from '../domain/alerts/rule-filter.ts';
import {
  changeAlert,
  countMiss,
  insertAlert,
  insertEvent,
  lockAlertsOf,
  type AlertRow,
} from '../store/alerts/alerts.ts';
import {
  anomaliesOf,
  earlierSessions,
  lockDueComparison,
  markEvaluated,
  takeEvaluation,
  type AnomalyRow,
  type DueComparison,
} from '../store/alerts/comparisons.ts';
import { listRules, type RuleRow } from '../store/alerts/rules.ts';
import type { Database, Queryable } from '../store/queryable.ts';
import type { AnomalyKind } from '#contract/anomaly-values';
import { clearAlert, send } from './change-alerts.ts';

const HOUR_MS = 3_600_000;
/** Nothing is sent of sessions that ended longer ago: those that a new baseline is made of. */
const FRESH_MS = 24 * HOUR_MS;
/** The longest `dedupe_hours`. */
const MAX_DEDUPE_MS = 720 * HOUR_MS;
const MAX_EARLIER = 9;

/**
 * Applies the rules to the comparisons that they have not seen, each once, in the order of the
 * sessions: alerts, their messages and the mark are one transaction. Any gateway may do it. Returns
 * whether it did all: another one may be at it.
 */
export async function evaluateComparisons(
  db: Database,
  nowMs: () => number,
  signal: AbortSignal,
): Promise<boolean> {
  const evaluateNext = () =>
    db.transaction(async (tx) => {
      if (!(await takeEvaluation(tx))) return 'busy';
      const comparison = await lockDueComparison(tx);
      if (!comparison) return 'done';
      const now = new Date(nowMs());
      // What a session says about the past must not clear or raise what is there now.
      if (!comparison.is_late) await evaluate(tx, comparison, now);
      await markEvaluated(tx, comparison, now);
      return 'more';
    });
  for (;;) {
    if (signal.aborted) return false;
    const state = await evaluateNext();
    if (state !== 'more') return state === 'done';
  }
}

async function evaluate(tx: Queryable, comparison: DueComparison, now: Date): Promise<void> {
  const { session_id, baseline_id, schedule_id } = comparison;
  const earlierIds = await earlierSessions(tx, comparison, MAX_EARLIER);
  const anomalies = await anomaliesOf(tx, [session_id, ...earlierIds], baseline_id);
  const sightingsOf = (id: number) => anomalies.filter((row) => row.session_id === id).map(toSighting);
  const byId = new Map(anomalies.map((row) => [row.id, row]));
  const rules = (await listRules(tx)).filter(
    ({ request }) => request.is_enabled && [null, schedule_id].includes(request.schedule_id),
  );
  for (const rule of rules) {
    const alerts = await lockAlertsOf(tx, rule.id, baseline_id, new Date(now.getTime() - MAX_DEDUPE_MS));
    const decisions = decide({
      rule: rule.request,
      alerts: alerts.map(toKnown),
      found: sightingsOf(session_id),
      earlier: earlierIds.map(sightingsOf),
      isComplete: comparison.status === 'completed',
      isFresh: now.getTime() - (comparison.finished_at ?? comparison.started_at).getTime() < FRESH_MS,
      beamWidthDeg: comparison.beam_width_deg,
      nowMs: now.getTime(),
    });
    for (const decision of decisions) await apply(tx, { rule, comparison, alerts, byId, now }, decision);
  }
}

interface Surroundings {
  rule: RuleRow;
  comparison: DueComparison;
  alerts: readonly AlertRow[];
  byId: ReadonlyMap<number, AnomalyRow>;
  now: Date;
}

async function apply(tx: Queryable, around: Surroundings, decision: Decision): Promise<void> {
  const { rule, comparison, now } = around;
  const { session_id } = comparison;
  if (decision.type === 'miss') return countMiss(tx, decision.alertId);
  if (decision.type === 'clear') {
    const row = await clearAlert(
      tx,
      { id: decision.alertId },
      { reason: decision.reason, at: now, sessionId: session_id },
    );
    if (decision.isSent) await send(tx, 'cleared', row, rule);
    return;
  }
  const { sighting, type } = decision;
  const before = type === 'raise' ? undefined : around.alerts.find(({ id }) => id === decision.alertId);
  const isSent = type !== 'return' && decision.isSent;
  const state = stateOf(around, sighting, before);
  const row =
    type === 'raise'
      ? await insertAlert(tx, {
          ...state,
          rule_id: rule.id,
          schedule_id: comparison.schedule_id,
          baseline_id: comparison.baseline_id,
          raised_at: now,
          sessions_seen: decision.seen,
          is_announced: isSent,
        })
      : await changeAlert(tx, decision.alertId, {
          ...state,
          ...(type === 'return' && {
            status: 'open',
            cleared_at: null,
            acknowledged_at: null,
            note: null,
            is_announced: false,
          }),
          ...(isSent && { is_announced: true }),
        });
  await insertEvent(tx, row.id, {
    event: type === 'continue' ? 'seen' : 'raised',
    at: now,
    session_id,
    kind: sighting.kind,
    z: sighting.z,
    change_db: sighting.changeDb,
    ...(type === 'return' && { note: 'back before it may be sent again' }),
  });
  if (isSent) await send(tx, 'raised', row, rule);
}

/** What the newest sighting sets. */
function stateOf({ comparison, byId, now }: Surroundings, sighting: Sighting, before: AlertRow | undefined) {
  const { kind, azimuthDeg, elevationDeg, changeDb, channels, from, name, z } = sighting;
  const largest = Math.abs(before?.z ?? 0) > Math.abs(z) ? (before?.z ?? z) : z;
  const isAgain = before?.session_id === comparison.session_id;
  const source = name ?? null;
  return {
    kind,
    title: titleOf({
      kind,
      azimuthDeg,
      elevationDeg,
      changeDb,
      channels,
      source,
      schedule: comparison.schedule,
    }),
    azimuth_deg: azimuthDeg,
    elevation_deg: elevationDeg,
    error_deg: sighting.errorDeg,
    from_azimuth_deg: from?.azimuthDeg ?? null,
    from_elevation_deg: from?.elevationDeg ?? null,
    z: largest,
    change_db: changeDb,
    channels: [...channels],
    source,
    session_id: comparison.session_id,
    anomaly_id: sighting.anomalyId,
    catalogue_id: sighting.catalogueId ?? null,
    last_seen_at: byId.get(sighting.anomalyId)?.last_seen ?? now,
    ...(before && { sessions_seen: before.sessions_seen + (isAgain ? 0 : 1) }),
    sessions_without: 0,
  };
}

function toSighting(row: AnomalyRow): Sighting {
  const { azimuth_deg, elevation_deg, from_azimuth_deg, from_elevation_deg } = row;
  const acrossDeg = row.azimuth_error_deg * Math.cos((elevation_deg * Math.PI) / 180);
  return {
    anomalyId: row.id,
    kind: row.kind,
    azimuthDeg: azimuth_deg,
    elevationDeg: elevation_deg,
    errorDeg: Math.max(acrossDeg, row.elevation_error_deg),
    from: fromOf(from_azimuth_deg, from_elevation_deg),
    channels: row.channels,
    z: row.z,
    changeDb: row.change_db,
    name: row.name ?? undefined,
    isKnown: row.is_known,
    catalogueId: row.entry_id ?? undefined,
  };
}

function toKnown(row: AlertRow): KnownAlert {
  return {
    id: row.id,
    kind: row.kind as AnomalyKind,
    status: row.status,
    azimuthDeg: row.azimuth_deg ?? 0,
    elevationDeg: row.elevation_deg ?? 0,
    errorDeg: row.error_deg ?? 0,
    from: fromOf(row.from_azimuth_deg, row.from_elevation_deg),
    channels: row.channels,
    raisedMs: row.raised_at.getTime(),
    silentUntilMs: row.silent_until?.getTime(),
    sessionsWithout: row.sessions_without,
    isAnnounced: row.is_announced,
  };
}

function fromOf(azimuthDeg: number | null, elevationDeg: number | null) {
  return azimuthDeg === null || elevationDeg === null ? undefined : { azimuthDeg, elevationDeg };
}
