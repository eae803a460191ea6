import type { SearchStatus } from '#contract/interference-values';
import { SESSION_STATUSES, hasEnded } from '#contract/session-status';
import type { Queryable } from '../queryable.ts';
import { CLAIM, type SearchClaim } from './claims.ts';

/** A search for interference in one band of a session. */
export interface SearchRow {
  session_id: number;
  band: number;
  status: SearchStatus;
  /** Of the method; null: no result yet. */
  version: number | null;
  /** Points with a result, the first ones of the session. */
  points: number;
  problem: string | null;
  requested_at: Date;
  finished_at: Date | null;
}

/** A search that a gateway works on, up to the stored points at its start. */
export interface ClaimedSearch {
  session_id: number;
  band: number;
  completed_points: number;
}

export function claimOf({ session_id, band }: ClaimedSearch, claim: string): SearchClaim {
  return { table: 'interference_searches', key: { session_id, band }, claim };
}

/** The searches of a session, by band. */
export function listSearches(db: Queryable, sessionId: number): Promise<SearchRow[]> {
  return db.query<SearchRow>(
    `select session_id, band, status, version, points, problem, requested_at, finished_at
     from interference_searches where session_id = $1 order by band`,
    [sessionId],
  );
}

/** Requests searches in all bands; a search that runs continues. */
export async function requestSearches(db: Queryable, sessionId: number): Promise<void> {
  await db.query(
    `insert into interference_searches as s (session_id, band, status)
     select session_id, band, 'requested' from spectrum_bands where session_id = $1
     on conflict (session_id, band) do update set status = 'requested', problem = null, requested_at = now()
       where s.status <> 'running' or s.claimed_until < now()`,
    [sessionId],
  );
}

/**
 * Takes the next search that is due: requested; or of an ended session without a result of this
 * version of the method for all its points, if `isAutomatic`; or left by another gateway. Deletes
 * the old result.
 */
export async function claimSearch(
  db: Queryable,
  claim: string,
  version: number,
  isAutomatic: boolean,
): Promise<ClaimedSearch | undefined> {
  const [claimed] = await db.query<ClaimedSearch>(
    `with due as (
       select b.session_id, b.band, sessions.completed_points
       from spectrum_bands b join sessions on sessions.id = b.session_id
       left join interference_searches s on s.session_id = b.session_id and s.band = b.band
       where case coalesce(s.status, 'none')
           when 'requested' then true
           when 'running' then s.claimed_until < now()
           when 'failed' then $4 and sessions.status = any($3::text[]) and s.version <> $2
           else $4 and sessions.status = any($3::text[]) and (s.version, s.points) is distinct from ($2, sessions.completed_points)
         end
       order by s.requested_at nulls last, b.session_id desc, b.band limit 1
     )
     insert into interference_searches as s (session_id, band, status, version, claim, claimed_until)
     select session_id, band, 'running', $2, $1, now() + ${CLAIM} from due
     on conflict (session_id, band) do update
       set status = 'running', version = $2, points = 0, problem = null, finished_at = null, claim = $1, claimed_until = now() + ${CLAIM}
       where s.status <> 'running' or s.claimed_until < now()
     returning session_id, band, (select completed_points from due)`,
    [claim, version, SESSION_STATUSES.filter(hasEnded), isAutomatic],
  );
  if (claimed)
    await db.query('delete from interference_tiles where session_id = $1 and band = $2', [
      claimed.session_id,
      claimed.band,
    ]);
  return claimed;
}

/**
 * Stores the results of a tile and renews the claim; returns false if another gateway has the
 * search or the session was deleted.
 */
export async function storeResults(
  db: Queryable,
  { session_id, band }: ClaimedSearch,
  claim: string,
  tile: number,
  results: Buffer,
  points: number,
): Promise<boolean> {
  const stored = await db.query(
    `with renewed as (
       update interference_searches set points = $6, claimed_until = now() + ${CLAIM}
       where session_id = $1 and band = $2 and claim = $3 and status = 'running' returning 1
     )
     insert into interference_tiles (session_id, band, tile, results) select $1, $2, $4, $5 from renewed
     on conflict (session_id, band, tile) do update set results = excluded.results returning tile`,
    [session_id, band, claim, tile, results, points],
  );
  return stored.length > 0;
}
