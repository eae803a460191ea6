import type { AnomalyKind } from '#contract/anomaly-values';
import type { SessionStatus } from '#contract/session-status';
import type { Range } from '../../domain/alerts/same-source.ts';
import type { Queryable } from '../queryable.ts';

/** First key of the advisory locks of alerts. */
const LOCK = 0x5c48;
const EVALUATION = 1;

/**
 * Whether this transaction evaluates, until it ends. One gateway does at a time: the order of the
 * sessions counts.
 */
export async function takeEvaluation(tx: Queryable): Promise<boolean> {
  const [row] = await tx.query<{ taken: boolean }>('select pg_try_advisory_xact_lock($1, $2) as taken', [
    LOCK,
    EVALUATION,
  ]);
  return row?.taken ?? false;
}

/** A comparison that the rules have not seen. */
export interface DueComparison {
  session_id: number;
  baseline_id: number;
  started_at: Date;
  finished_at: Date | null;
  status: SessionStatus;
  schedule_id: number | null;
  schedule: string | null;
  beam_width_deg: number;
  /** The rules have seen this session or a later one of the baseline. */
  is_late: boolean;
}

/** Of sessions without a beam width, from the step of the grid: a step is at most half a beam. */
const STEPS_PER_BEAM = 2;

/**
 * Locks the next comparison: of a baseline, in the order in which its sessions started. A session
 * waits while an earlier one is compared.
 */
export async function lockDueComparison(tx: Queryable): Promise<DueComparison | undefined> {
  const [row] = await tx.query<DueComparison>(
    `select c.session_id, c.baseline_id, coalesce(s.started_at, s.created_at) as started_at, s.finished_at, s.status,
       coalesce(run.schedule_id, b.schedule_id) as schedule_id, schedules.request ->> 'name' as schedule,
       coalesce(search.beam_width_deg, (s.rotor ->> 'beam_width_deg')::float8, ${STEPS_PER_BEAM} * s.step_deg) as beam_width_deg,
       coalesce((coalesce(s.started_at, s.created_at), s.id) <= (progress.started_at, progress.session_id), false) as is_late
     from comparisons c join sessions s on s.id = c.session_id join baselines b on b.id = c.baseline_id
       left join schedule_runs run on run.session_id = s.id
       left join schedules on schedules.id = coalesce(run.schedule_id, b.schedule_id)
       left join source_searches search on search.session_id = s.id
       left join alert_progress progress on progress.baseline_id = c.baseline_id
     where c.status = 'done' and c.evaluated_at is null and not exists (
       select from comparisons earlier join sessions on sessions.id = earlier.session_id
       where earlier.baseline_id = c.baseline_id and earlier.status in ('requested', 'running')
         and (coalesce(sessions.started_at, sessions.created_at), sessions.id) < (coalesce(s.started_at, s.created_at), s.id)
     )
     order by coalesce(s.started_at, s.created_at), s.id, c.baseline_id
     limit 1 for update of c skip locked`,
  );
  return row;
}

export async function markEvaluated(
  tx: Queryable,
  { session_id, baseline_id, is_late }: DueComparison,
  at: Date,
): Promise<void> {
  await tx.query('update comparisons set evaluated_at = $3 where session_id = $1 and baseline_id = $2', [
    session_id,
    baseline_id,
    at,
  ]);
  if (is_late) return;
  await tx.query(
    // In SQL: a time has more digits there.
    `insert into alert_progress (baseline_id, started_at, session_id)
       select $1, coalesce(started_at, created_at), id from sessions where id = $2
     on conflict (baseline_id) do update set started_at = excluded.started_at, session_id = excluded.session_id`,
    [baseline_id, session_id],
  );
}

export interface AnomalyRow {
  id: number;
  session_id: number;
  kind: AnomalyKind;
  azimuth_deg: number;
  elevation_deg: number;
  azimuth_error_deg: number;
  elevation_error_deg: number;
  from_azimuth_deg: number | null;
  from_elevation_deg: number | null;
  z: number;
  change_db: number;
  channels: Range[];
  last_seen: Date;
  name: string | null;
  is_known: boolean;
  /** The entry that it belongs to, also if it was merged. */
  entry_id: number | null;
}

/** The anomalies of a session. */
export function anomaliesOf(
  tx: Queryable,
  sessionIds: readonly number[],
  baselineId: number,
): Promise<AnomalyRow[]> {
  return tx.query<AnomalyRow>(
    `select a.id, a.session_id, a.kind, a.azimuth_deg, a.elevation_deg, a.azimuth_error_deg, a.elevation_error_deg,
       a.from_azimuth_deg, a.from_elevation_deg, a.z, a.change_db, a.channels, a.last_seen, entry.id as entry_id,
       coalesce(entry.name, a.identity, entry.identity) as name,
       a.identity is not null or coalesce(entry.is_known or entry.is_ignored, false) as is_known
     from anomalies a left join catalogue own on own.id = a.catalogue_id left join catalogue entry on entry.id = own.entry_id
     where a.session_id = any($1::int[]) and a.baseline_id = $2 order by a.session_id, a.number`,
    [sessionIds, baselineId],
  );
}

/** The compared sessions of a baseline before this one, the newest first. */
export async function earlierSessions(
  tx: Queryable,
  { session_id, baseline_id, started_at }: DueComparison,
  limit: number,
): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select s.id from comparisons c join sessions s on s.id = c.session_id
     where c.baseline_id = $1 and c.status = 'done'
       and (coalesce(s.started_at, s.created_at), s.id) < ($2, $3)
     order by coalesce(s.started_at, s.created_at) desc, s.id desc limit $4`,
    [baseline_id, started_at, session_id, limit],
  );
  return rows.map(({ id }) => id);
}
