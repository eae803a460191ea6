import type { Queryable } from '../queryable.ts';
import { lockCatalogue } from './catalogue.ts';

/** Why two entries cannot be merged or separated. */
export type MergeProblem = 'itself' | 'other site' | 'merged already' | 'not merged';

interface EntryState {
  site_id: number;
  entry_id: number;
  merged_into: number | null;
}

/**
 * Makes the entry `other`, with all that are merged into it, a part of the entry `id`. Its sources
 * and later ones at its place then belong to `id`.
 */
export async function mergeEntry(
  tx: Queryable,
  id: number,
  other: number,
): Promise<MergeProblem | undefined> {
  if (id === other) return 'itself';
  const [into, from] = await lockBoth(tx, id, other);
  if (!into || !from || into.site_id !== from.site_id) return 'other site';
  if (from.merged_into === id) return undefined;
  if (into.entry_id !== id || from.entry_id !== other) return 'merged already';
  await tx.query('update catalogue set merged_into = $1 where id = $2', [id, other]);
  await tx.query('update catalogue set root_id = $1 where entry_id = $2', [id, other]);
  return undefined;
}

/** Reverts `mergeEntry`: what was merged into `other` belongs to `other` again. */
export async function separateEntry(
  tx: Queryable,
  id: number,
  other: number,
): Promise<MergeProblem | undefined> {
  const [, from] = await lockBoth(tx, id, other);
  if (from?.merged_into !== id) return 'not merged';
  await tx.query('update catalogue set merged_into = null where id = $1', [other]);
  await tx.query(
    `with recursive part as (
       select id from catalogue where id = $1 union all select c.id from catalogue c join part on c.merged_into = part.id
     )
     update catalogue set root_id = nullif($1, catalogue.id) from part where catalogue.id = part.id`,
    [other],
  );
  return undefined;
}

/** Both entries as they are once nothing else writes to the catalogue. */
async function lockBoth(
  tx: Queryable,
  id: number,
  other: number,
): Promise<[EntryState | undefined, EntryState | undefined]> {
  const [site] = await tx.query<{ site_id: number }>('select site_id from catalogue where id = $1', [id]);
  if (site) await lockCatalogue(tx, site.site_id);
  const rows = await tx.query<EntryState & { id: number }>(
    'select id, site_id, entry_id, merged_into from catalogue where id = any($1)',
    [[id, other]],
  );
  return [rows.find((row) => row.id === id), rows.find((row) => row.id === other)];
}
