import type { SearchStatus } from '#contract/interference-values';
import type { SourceSettings } from '#contract/rest/sources';
import { SESSION_STATUSES, hasEnded } from '#contract/session-status';
import type { Queryable } from '../queryable.ts';
import { CLAIM, type SearchClaim } from '../searches/claims.ts';

/** The search for sources in a session. */
export interface SourceSearchRow {
  session_id: number;
  status: SearchStatus;
  settings: SourceSettings;
  /** Of the method that found the stored sources; null: no result yet. */
  version: number | null;
  points: number;
  progress: number;
  problem: string | null;
  beam_width_deg: number | null;
  beam_width_error_deg: number | null;
  is_truncated: boolean;
  requested_at: Date;
  finished_at: Date | null;
}

/** A search that a gateway works on, in the stored points at its start. */
export interface ClaimedSourceSearch {
  session_id: number;
  completed_points: number;
  settings: SourceSettings;
  /** A scan that continues, searched without a request: only its total power. */
  is_quick: boolean;
}

/**
 * A running scan is searched whenever it has grown by so many points and this share of all, and
 * after this time; without a request no scan is searched that has too few points for the search.
 */
const STEP = { points: 100, share: 0.1, time: `interval '30 s'`, fewest: 30 };
const ENDED = SESSION_STATUSES.filter(hasEnded);

export function claimOf({ session_id }: Pick<ClaimedSourceSearch, 'session_id'>, claim: string): SearchClaim {
  return { table: 'source_searches', key: { session_id }, claim };
}

export async function findSourceSearch(
  db: Queryable,
  sessionId: number,
): Promise<SourceSearchRow | undefined> {
  const [row] = await db.query<SourceSearchRow>(
    `select session_id, status, settings, version, points, progress, problem, beam_width_deg, beam_width_error_deg,
       is_truncated, requested_at, finished_at
     from source_searches where session_id = $1`,
    [sessionId],
  );
  return row;
}

/** Requests a search with these settings; a running one ends without a result. */
export async function requestSourceSearch(
  db: Queryable,
  sessionId: number,
  settings: SourceSettings,
): Promise<void> {
  await db.query(
    `insert into source_searches (session_id, status, settings) values ($1, 'requested', $2)
     on conflict (session_id) do update set status = 'requested', settings = $2, problem = null, progress = 0,
       claim = null, claimed_until = null, requested_at = now()`,
    [sessionId, JSON.stringify(settings)],
  );
}

/** Ends a search without a result; false if none is requested or running. */
export async function cancelSourceSearch(db: Queryable, sessionId: number): Promise<boolean> {
  const rows = await db.query(
    `update source_searches set status = 'failed', problem = 'cancelled', claim = null, claimed_until = null,
       finished_at = now()
     where session_id = $1 and status in ('requested', 'running') returning 1`,
    [sessionId],
  );
  return rows.length > 0;
}

/**
 * Takes the next search that is due: requested, or left by another gateway; if `isAutomatic`, also
 * of an ended session without a result of this version for all its points, after the search for
 * interference, and of a running scan that has grown. The stored sources stay until the search has
 * ended.
 */
export async function claimSourceSearch(
  db: Queryable,
  claim: string,
  version: number,
  isAutomatic: boolean,
): Promise<ClaimedSourceSearch | undefined> {
  const [claimed] = await db.query<ClaimedSourceSearch>(
    `with due as (
       select sessions.id, completed_points, coalesce(s.settings, '{}') as settings,
         not (sessions.status = any($3::text[]) or coalesce(s.status, '') = 'requested') as is_quick
       from sessions left join source_searches s on s.session_id = sessions.id
       where completed_points > 0 and case
           when s.status = 'requested' then true
           when s.status = 'running' then s.claimed_until < now()
           when not $4 or frame is not null or completed_points < ${STEP.fewest} then false
           when sessions.status = any($3::text[]) then
             (s.version, s.points) is distinct from ($2, completed_points) and not exists (
               select from spectrum_bands b left join interference_searches i using (session_id, band)
               where b.session_id = sessions.id and coalesce(i.status, 'requested') in ('requested', 'running'))
           else completed_points - coalesce(s.points, 0) >= greatest(${STEP.points}, ${STEP.share} * total_points)
             and coalesce(s.finished_at, sessions.started_at, '-infinity') < now() - ${STEP.time}
         end
       order by s.requested_at nulls last, sessions.id desc limit 1
     )
     insert into source_searches as s (session_id, status, claim, claimed_until)
     select id, 'running', $1, now() + ${CLAIM} from due
     on conflict (session_id) do update set status = 'running', problem = null, progress = 0, claim = $1,
       claimed_until = now() + ${CLAIM}
       where s.status <> 'running' or s.claimed_until < now()
     returning session_id, (select completed_points from due), (select settings from due), (select is_quick from due)`,
    [claim, version, ENDED, isAutomatic],
  );
  return claimed;
}

/** Stores the progress of a search that this gateway has claimed. */
export async function storeProgress(
  db: Queryable,
  { session_id }: ClaimedSourceSearch,
  claim: string,
  progress: number,
): Promise<void> {
  await db.query(
    `update source_searches set progress = $3 where session_id = $1 and claim = $2 and status = 'running'`,
    [session_id, claim, progress],
  );
}

/** What a search had, besides its sources; null: it failed. */
export interface SearchSummary {
  version: number;
  points: number;
  beamWidthDeg: number | null;
  beamWidthErrorDeg: number | null;
  isTruncated: boolean;
  /** Version of the known sky. */
  identifiedWith: string | null;
}

/** Must precede `endSearch` in its transaction. */
export async function storeSummary(
  db: Queryable,
  { session_id }: ClaimedSourceSearch,
  { version, points, beamWidthDeg, beamWidthErrorDeg, isTruncated, identifiedWith }: SearchSummary,
): Promise<void> {
  await db.query(
    `update source_searches set version = $2, points = $3, beam_width_deg = $4, beam_width_error_deg = $5,
       is_truncated = $6, identified_with = $7, progress = 1, published_at = null
     where session_id = $1`,
    [session_id, version, points, beamWidthDeg, beamWidthErrorDeg, isTruncated, identifiedWith],
  );
}

/** Locks a search whose sources are not published yet, and that no other gateway publishes now. */
export async function lockUnpublished(
  tx: Queryable,
): Promise<Pick<SourceSearchRow, 'session_id' | 'points'> | undefined> {
  const [row] = await tx.query<Pick<SourceSearchRow, 'session_id' | 'points'>>(
    `select session_id, points from source_searches where status = 'done' and published_at is null
     order by finished_at limit 1 for update skip locked`,
  );
  return row;
}

export async function markPublished(tx: Queryable, sessionId: number): Promise<void> {
  await tx.query('update source_searches set published_at = now() where session_id = $1', [sessionId]);
}
