import type { StoredRefinement } from '../domain/stored-refinement.ts';
import type { Queryable } from './queryable.ts';
import type { SessionRow } from './sessions.ts';

/**
 * Stores the added points of a session and increases its total; undefined if they are stored
 * already.
 */
export async function storeRefinement(
  db: Queryable,
  id: number,
  refinement: StoredRefinement,
): Promise<SessionRow | undefined> {
  const [row] = await db.query<SessionRow>(
    `update sessions set refined = $2, total_points = total_points + $3
     where id = $1 and refine is not null and refined is null and status <> 'completed' returning *`,
    [id, JSON.stringify(refinement), refinement.points.length],
  );
  return row;
}

/** The levels of the stored points in the order of their cells, dB. */
export async function storedLevels(db: Queryable, id: number): Promise<number[]> {
  const [row] = await db.query<{ levels: number[] | null }>(
    'select array_agg(mean_dbm order by cell) as levels from points where session_id = $1',
    [id],
  );
  return row?.levels ?? [];
}
