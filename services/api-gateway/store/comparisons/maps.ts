import { decodeFloats, encodeFloats } from '../../domain/baselines/columns.ts';
import type { Queryable } from '../queryable.ts';
import type { ClaimedComparison } from './comparisons.ts';

/** A compared band by cell; NaN: none. */
export interface ComparedMap {
  level: ArrayLike<number>;
  usual: ArrayLike<number>;
  change: ArrayLike<number>;
  z: ArrayLike<number>;
}

/** Newest comparisons of a baseline whose maps are kept. */
export const KEPT_MAPS = 500;
const COLUMNS = 4;

/** Replaces the maps of a comparison, by band, and deletes old ones of its baseline. */
export async function replaceMaps(
  tx: Queryable,
  { session_id, baseline_id }: ClaimedComparison,
  maps: readonly ComparedMap[],
): Promise<void> {
  await tx.query('delete from comparison_maps where session_id = $1 and baseline_id = $2', [
    session_id,
    baseline_id,
  ]);
  for (const [band, { level, usual, change, z }] of maps.entries())
    await tx.query(
      'insert into comparison_maps (session_id, baseline_id, band, values) values ($1, $2, $3, $4)',
      [session_id, baseline_id, band, encodeFloats([level, usual, change, z])],
    );
  await tx.query(
    `delete from comparison_maps where baseline_id = $1 and session_id <> $2 and session_id <= (
       select session_id from comparisons where baseline_id = $1 and status = 'done'
       order by session_id desc offset ${KEPT_MAPS} limit 1)`,
    [baseline_id, session_id],
  );
}

/** Undefined: not kept. */
export async function readMap(
  db: Queryable,
  { session_id, baseline_id }: ClaimedComparison,
  band: number,
): Promise<ComparedMap | undefined> {
  const [row] = await db.query<{ values: Buffer }>(
    'select values from comparison_maps where session_id = $1 and baseline_id = $2 and band = $3',
    [session_id, baseline_id, band],
  );
  if (!row) return undefined;
  const [level = [], usual = [], change = [], z = []] = decodeFloats(row.values, COLUMNS);
  return { level, usual, change, z };
}
