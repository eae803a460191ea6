import type { Queryable } from '../queryable.ts';

/** A gateway whose claim is this old has ended. */
export const CLAIM = `interval '60 s'`;
/** A claim is renewed this often. */
export const RENEW_MS = 10_000;

/**
 * The claim of a gateway to a search: the row of a table with the columns `status`, `problem`,
 * `finished_at`, `claim` and `claimed_until`.
 */
export interface SearchClaim {
  table: 'interference_searches' | 'source_searches' | 'comparisons';
  /** Primary key. */
  key: Readonly<Record<string, number>>;
  claim: string;
}

/** Renews it; false if another gateway has the search, it was cancelled or deleted. */
export async function renewClaim(db: Queryable, of: SearchClaim): Promise<boolean> {
  return changed(await update(db, of, `claimed_until = now() + ${CLAIM}`));
}

/** Ends a search; `problem`: why it has no result. */
export async function endSearch(db: Queryable, of: SearchClaim, problem?: string): Promise<boolean> {
  const set = `status = $3, problem = $2, finished_at = now(), claim = null, claimed_until = null`;
  return changed(await update(db, of, set, problem ?? null, problem === undefined ? 'done' : 'failed'));
}

/** Gives a search back, for any gateway to take it. */
export async function releaseSearch(db: Queryable, of: SearchClaim): Promise<void> {
  await update(db, of, `status = 'requested', claim = null, claimed_until = null`);
}

function update(
  db: Queryable,
  { table, key, claim }: SearchClaim,
  set: string,
  ...values: unknown[]
): Promise<object[]> {
  const parameters = [claim, ...values];
  const where = Object.entries(key).map(([name, value]) => `${name} = $${parameters.push(value)}`);
  return db.query(
    `update ${table} set ${set} where claim = $1 and status = 'running' and ${where.join(' and ')} returning 1`,
    parameters,
  );
}

function changed(rows: object[]): boolean {
  return rows.length > 0;
}
