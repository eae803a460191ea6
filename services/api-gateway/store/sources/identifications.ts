import type { Queryable } from '../queryable.ts';
import { CLAIM } from '../searches/claims.ts';

/** A search whose sources are identified again. */
export interface ClaimedIdentification {
  session_id: number;
  beam_width_deg: number;
}

/** Elements of a later time do not describe low satellites better. */
const RECENT = `interval '3 days'`;

/**
 * Takes the newest ended search with sources of the last 3 days that were identified with something
 * else than this version of the known sky. A request for another search ends the claim.
 */
export async function claimIdentification(
  db: Queryable,
  claim: string,
  version: string,
): Promise<ClaimedIdentification | undefined> {
  const [claimed] = await db.query<ClaimedIdentification>(
    `with due as (
       select session_id from source_searches
       where status = 'done' and beam_width_deg is not null and identified_with is distinct from $2
         and coalesce(claimed_until, '-infinity') < now()
         and session_id in (select session_id from sources where last_seen between now() - ${RECENT} and now())
       order by session_id desc limit 1 for update skip locked
     )
     update source_searches s set claim = $1, claimed_until = now() + ${CLAIM} from due
     where s.session_id = due.session_id returning s.session_id, s.beam_width_deg`,
    [claim, version],
  );
  return claimed;
}

/**
 * Ends it; with `isChanged`, the sources are published again. Returns false if another search was
 * requested or another gateway has it.
 */
export async function endIdentification(
  tx: Queryable,
  { session_id }: ClaimedIdentification,
  claim: string,
  version: string,
  isChanged: boolean,
): Promise<boolean> {
  const rows = await tx.query(
    `update source_searches set identified_with = $3, claim = null, claimed_until = null,
       published_at = case when $4 then null else published_at end
     where session_id = $1 and claim = $2 and status = 'done' returning 1`,
    [session_id, claim, version, isChanged],
  );
  return rows.length > 0;
}

/** Gives it back, for any gateway to take it. */
export async function releaseIdentification(
  db: Queryable,
  { session_id }: ClaimedIdentification,
  claim: string,
): Promise<void> {
  await db.query(
    `update source_searches set claim = null, claimed_until = null
     where session_id = $1 and claim = $2 and status = 'done'`,
    [session_id, claim],
  );
}
