import type { SearchStatus } from '#contract/interference-values';
import type { Queryable } from '../queryable.ts';
import { CLAIM, type SearchClaim } from '../searches/claims.ts';

/** The comparison of a session with a baseline. */
export interface ComparisonRow {
  session_id: number;
  baseline_id: number;
  status: SearchStatus;
  problem: string | null;
  version: number | null;
  bin: string | null;
  sessions: number | null;
  offset_db: number | null;
  noise_scale: number | null;
  requested_at: Date;
  finished_at: Date | null;
  /** Number; null: not finished. */
  anomalies: number | null;
}

/** A comparison that a gateway works on. */
export interface ClaimedComparison {
  session_id: number;
  baseline_id: number;
}

const SELECT = `select session_id, baseline_id, status, problem, version, bin, sessions, offset_db, noise_scale, requested_at,
    finished_at, case when status = 'done' then (
      select count(*)::int from anomalies a where a.session_id = c.session_id and a.baseline_id = c.baseline_id
    ) end as anomalies
  from comparisons c`;

export function claimOf({ session_id, baseline_id }: ClaimedComparison, claim: string): SearchClaim {
  return { table: 'comparisons', key: { session_id, baseline_id }, claim };
}

/** The comparisons of a session, by baseline. */
export function listComparisons(db: Queryable, sessionId: number): Promise<ComparisonRow[]> {
  return db.query<ComparisonRow>(`${SELECT} where session_id = $1 order by baseline_id`, [sessionId]);
}

export async function findComparison(
  db: Queryable,
  sessionId: number,
  baselineId: number,
): Promise<ComparisonRow | undefined> {
  const [row] = await db.query<ComparisonRow>(`${SELECT} where session_id = $1 and baseline_id = $2`, [
    sessionId,
    baselineId,
  ]);
  return row;
}

/** Requests a comparison; one that is requested or running continues. */
export async function requestComparison(
  db: Queryable,
  { session_id, baseline_id }: ClaimedComparison,
): Promise<void> {
  await db.query(
    `insert into comparisons as c (session_id, baseline_id, status) values ($1, $2, 'requested')
     on conflict (session_id, baseline_id) do update
       set status = 'requested', problem = null, finished_at = null, requested_at = now()
       where c.status in ('done', 'failed')`,
    [session_id, baseline_id],
  );
}

/**
 * Takes the next comparison that is due, after the search for sources of its session. Sessions that
 * wait for their baseline are compared in the order of time, each when the statistics have the ones
 * before it.
 */
export async function claimComparison(db: Queryable, claim: string): Promise<ClaimedComparison | undefined> {
  const [claimed] = await db.query<ClaimedComparison>(
    `with usable as materialized (
       select id, (
         select min(session_id) from baseline_sessions where baseline_id = baselines.id and status = 'waiting'
       ) as first_waiting
       from baselines where stale_bins = '{}'
     ), due as (
       select c.session_id, c.baseline_id
       from comparisons c join usable on usable.id = c.baseline_id
       left join baseline_sessions m on m.baseline_id = c.baseline_id and m.session_id = c.session_id
       where (c.status = 'requested' or c.status = 'running' and c.claimed_until < now())
         and (m.status is distinct from 'waiting' or c.session_id = first_waiting)
         and not exists (
           select from source_searches s where s.session_id = c.session_id and s.status in ('requested', 'running'))
       order by c.requested_at, c.session_id limit 1
     )
     update comparisons c set status = 'running', problem = null, claim = $1, claimed_until = now() + ${CLAIM}
     from due where c.session_id = due.session_id and c.baseline_id = due.baseline_id
       and (c.status = 'requested' or c.status = 'running' and c.claimed_until < now())
     returning c.session_id, c.baseline_id`,
    [claim],
  );
  return claimed;
}

/** What a comparison had, besides its maps and anomalies. */
export interface ComparisonSummary {
  version: number;
  bin: string;
  sessions: number;
  offset_db: number;
  noise_scale: number;
}

/** For the rules of the alerts it is a new one. */
export async function storeSummary(
  tx: Queryable,
  { session_id, baseline_id }: ClaimedComparison,
  { version, bin, sessions, offset_db, noise_scale }: ComparisonSummary,
): Promise<void> {
  await tx.query(
    `update comparisons set version = $3, bin = $4, sessions = $5, offset_db = $6, noise_scale = $7, evaluated_at = null
     where session_id = $1 and baseline_id = $2`,
    [session_id, baseline_id, version, bin, sessions, finite(offset_db), finite(noise_scale)],
  );
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
