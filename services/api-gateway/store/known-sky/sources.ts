import type { Queryable } from '../queryable.ts';

/** Where orbital elements are refreshed from. */
export type ElementsSource = 'folder' | 'url';

/** Gateways check more often; older rows are of a source that is no longer configured. */
const STALE = `interval '2 days'`;
/** A gateway whose claim is this old has ended. */
const CLAIM = `interval '5 minutes'`;

/** Why refreshes failed. */
export async function listSourceProblems(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ problem: string }>(
    `select problem from elements_sources where problem is not null and checked_at > now() - ${STALE} order by source`,
  );
  return rows.map(({ problem }) => problem);
}

/** Makes every source be read again. */
export async function forgetSources(tx: Queryable): Promise<void> {
  await tx.query('update elements_sources set state = null, next_at = null');
}

/** A source with another location is a new one. */
export async function registerSource(db: Queryable, source: ElementsSource, location: string): Promise<void> {
  await db.query(
    `insert into elements_sources as s (source, location) values ($1, $2)
     on conflict (source) do update set location = $2, problem = case when s.location = $2 then s.problem end,
       state = case when s.location = $2 then s.state end, next_at = case when s.location = $2 then s.next_at end`,
    [source, location],
  );
}

/** Takes a source if it is due; undefined: it is not, or another gateway has it. */
export async function claimSource(
  db: Queryable,
  source: ElementsSource,
  claim: string,
): Promise<{ state: string | null } | undefined> {
  const [row] = await db.query<{ state: string | null }>(
    `update elements_sources set claim = $2, claimed_until = now() + ${CLAIM}
     where source = $1 and coalesce(next_at, now()) <= now() and coalesce(claimed_until, now()) <= now() returning state`,
    [source, claim],
  );
  return row;
}

/** The end of a check. */
export interface CheckResult {
  /** What was read; absent: nothing. */
  state?: string;
  /** Absent: the same as before. */
  problem?: string | null;
  /** When the source is due again, from now. */
  nextMs: number;
}

/** Gives a source back; without effect if another gateway has it by now. */
export async function endCheck(
  db: Queryable,
  source: ElementsSource,
  claim: string,
  { state, problem, nextMs }: CheckResult,
): Promise<void> {
  await db.query(
    `update elements_sources set state = coalesce($3, state), problem = case when $6 then $4 else problem end, checked_at = now(),
       next_at = now() + $5 * interval '1 millisecond', claim = null, claimed_until = null
     where source = $1 and claim = $2`,
    [source, claim, state ?? null, problem ?? null, nextMs, problem !== undefined],
  );
}
