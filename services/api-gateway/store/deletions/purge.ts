import type { Queryable } from '../queryable.ts';

/** What is left of a deleted session. */
export interface Remains {
  id: number;
  site_id: number;
}

/** A gateway that removes points renews its claim with every batch. */
const CLAIM = `interval '1 minute'`;

/**
 * Takes a deleted session whose points are to be removed, which no other gateway takes meanwhile.
 */
export async function claimRemains(db: Queryable): Promise<Remains | undefined> {
  const [row] = await db.query<Remains>(
    `update deleted_sessions set claimed_until = now() + ${CLAIM} where id = (
       select id from deleted_sessions where purged_at is null and (claimed_until is null or claimed_until < now())
       order by id limit 1 for update skip locked)
     returning id, site_id`,
  );
  return row;
}

export async function renewClaim(db: Queryable, id: number): Promise<void> {
  await db.query(`update deleted_sessions set claimed_until = now() + ${CLAIM} where id = $1`, [id]);
}

/** Lets another gateway continue at once. */
export async function releaseRemains(db: Queryable, id: number): Promise<void> {
  await db.query('update deleted_sessions set claimed_until = null where id = $1', [id]);
}

export async function markPurged(tx: Queryable, id: number): Promise<void> {
  await tx.query('update deleted_sessions set purged_at = now(), claimed_until = null where id = $1', [id]);
}

// Each batch takes about 0.1 s: points by seq, the others by position.
const POINTS = 10_000;
const OTHERS = [
  ['cell_levels', 2_048],
  ['spectrum_tiles', 128],
  ['spectrum_rows', 256],
  ['spectrum_heads', 128],
  ['interference_tiles', 512],
  ['spectrum_bands', 1],
] as const;

/** Removes points and spectra of a session that was deleted, one batch per step. */
export async function* purge(db: Queryable, id: number): AsyncGenerator<void> {
  const [ends] = await db.query<{ first: number | null; last: number | null }>(
    'select min(seq) as first, max(seq) as last from points where session_id = $1',
    [id],
  );
  for (let seq = ends?.first ?? 1; seq <= (ends?.last ?? 0); seq += POINTS) {
    await db.query('delete from points where session_id = $1 and seq between $2 and $3', [
      id,
      seq,
      seq + POINTS - 1,
    ]);
    yield;
  }
  for (const [table, batch] of OTHERS) {
    const sql = `delete from ${table} where ctid = any(array(select ctid from ${table} where session_id = $1 limit $2)) returning 1`;
    while ((await db.query(sql, [id, batch])).length === batch) yield;
  }
}

/** Deleted sessions whose retained status may still be at the broker. */
export async function listUncleared(db: Queryable, limit: number): Promise<number[]> {
  const rows = await db.query<{ id: number }>(
    'select id from deleted_sessions where cleared_at is null order by id limit $1',
    [limit],
  );
  return rows.map(({ id }) => id);
}

export async function markCleared(db: Queryable, id: number): Promise<void> {
  await db.query('update deleted_sessions set cleared_at = now() where id = $1', [id]);
}

/** The status of a deleted session may have been published again. */
export async function clearAgain(db: Queryable, id: number): Promise<void> {
  await db.query('update deleted_sessions set cleared_at = null where id = $1', [id]);
}
