import type { CatalogueChange } from '#contract/rest/sources';
import { entryOf, type CatalogueKey } from '../../domain/catalogue.ts';
import type { Queryable } from '../queryable.ts';
import type { FoundSource, StoredRange } from './sources.ts';

/** An entry of the catalogue with its newest sighting. */
export interface CatalogueRow {
  id: number;
  site_id: number;
  identity: string | null;
  name: string | null;
  note: string | null;
  is_known: boolean;
  is_ignored: boolean;
  /** Entries that users have merged into this one. */
  merged: number[];
  azimuth_deg: number;
  elevation_deg: number;
  channels: StoredRange[];
  is_narrow: boolean;
  first_seen: Date;
  last_seen: Date;
  sightings: number;
  peak_db: number | null;
}

export interface CatalogueFilter {
  site_id?: number | undefined;
  is_known?: boolean | undefined;
  is_ignored: boolean;
  limit: number;
  /** Only entries with lower ids. */
  before_id?: number | undefined;
}

/** First key of the advisory locks of catalogues; the second one is the site. */
const LOCK = 0x5c47;

/** Entries that are not merged into another one, each with all that are merged into it. */
const SELECT = `select c.id, c.site_id, coalesce(c.identity, newest.identity) as identity, c.name, c.note, c.is_known,
    c.is_ignored, newest.azimuth_deg, newest.elevation_deg, newest.channels, newest.is_narrow, of.first_seen,
    newest.last_seen, of.merged, n.sightings, n.peak_db
  from catalogue c cross join lateral (
    select * from catalogue where entry_id = c.id order by last_seen desc, id desc limit 1
  ) newest cross join lateral (
    select min(first_seen) as first_seen, array_agg(id) as ids,
      coalesce(array_agg(id order by id) filter (where merged_into = c.id), '{}') as merged
    from catalogue where entry_id = c.id
  ) of cross join lateral (
    select count(*)::int as sightings, (array_agg(peak_db order by last_seen desc))[1] as peak_db
    from sources where catalogue_id = any(of.ids)
  ) n`;

export function listCatalogue(
  db: Queryable,
  { site_id, is_known, is_ignored, limit, before_id }: CatalogueFilter,
): Promise<CatalogueRow[]> {
  return db.query<CatalogueRow>(
    `${SELECT} where c.root_id is null and ($1::int is null or c.site_id = $1)
       and ($2::boolean is null or c.is_known = $2) and c.is_ignored = $5 and ($4::int is null or c.id < $4)
     order by c.id desc limit $3`,
    [site_id ?? null, is_known ?? null, limit, before_id ?? null, is_ignored],
  );
}

/** The entry that an entry belongs to: itself, or the one that it was merged into. */
export async function findEntry(db: Queryable, id: number): Promise<CatalogueRow | undefined> {
  const [row] = await db.query<CatalogueRow>(
    `${SELECT} where c.id = (select entry_id from catalogue where id = $1)`,
    [id],
  );
  return row;
}

/** Returns false if there is no such entry. */
export async function changeEntry(db: Queryable, id: number, change: CatalogueChange): Promise<boolean> {
  const { name, note, is_known, is_ignored } = change;
  const rows = await db.query(
    `update catalogue set name = case when $2 then $3 else name end, note = case when $4 then $5 else note end,
       is_known = coalesce($6, is_known), is_ignored = coalesce($7, is_ignored) where id = $1 returning 1`,
    [
      id,
      name !== undefined,
      name ?? null,
      note !== undefined,
      note ?? null,
      is_known ?? null,
      is_ignored ?? null,
    ],
  );
  return rows.length > 0;
}

/** A source of a search, and what it was identified as. */
export type IdentifiedSource = FoundSource & { identity: string | null };

/**
 * The entries of these sources; those that are new get one. Entries that no source has any more
 * are removed, unless a user has written to them. Locks the catalogue of the site.
 */
export async function enterSources<Source extends IdentifiedSource>(
  tx: Queryable,
  siteId: number,
  sources: readonly Source[],
  beamWidthDeg: number,
): Promise<(Source & { catalogueId: number })[]> {
  await lockCatalogue(tx, siteId);
  const rows = await tx.query<Place & { id: number }>(
    'select id, identity, azimuth_deg, elevation_deg, channels, is_narrow from catalogue where site_id = $1',
    [siteId],
  );
  const entries = rows.map((row) => ({ id: row.id, ...keyOf(row) }));
  const entered: (Source & { catalogueId: number })[] = [];
  for (const source of sources) {
    // Each entry at most once: two sources of one session are two.
    const free = entries.filter(({ id }) => !entered.some(({ catalogueId }) => catalogueId === id));
    const known = entryOf(keyOf(source), free, beamWidthDeg)?.id;
    entered.push({ ...source, catalogueId: await writeEntry(tx, siteId, source, known) });
  }
  return entered;
}

/** Until the end of the transaction, nothing else writes to the catalogue of the site. */
export async function lockCatalogue(tx: Queryable, siteId: number): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1, $2)', [LOCK, siteId]);
}

/** Removes entries of a site that no source has, unless a user has written to them. */
export async function removeEmptyEntries(tx: Queryable, siteId: number): Promise<void> {
  await tx.query(
    `delete from catalogue c where site_id = $1 and name is null and note is null and not is_known and not is_ignored
       and not exists (select from sources where catalogue_id = c.id)
       and root_id is null and not exists (select from catalogue where root_id = c.id)`,
    [siteId],
  );
}

type Place = Pick<CatalogueRow, 'identity' | 'azimuth_deg' | 'elevation_deg' | 'channels' | 'is_narrow'>;

function keyOf({ identity, azimuth_deg, elevation_deg, channels, is_narrow }: Place): CatalogueKey {
  return { identity, azimuthDeg: azimuth_deg, elevationDeg: elevation_deg, channels, isNarrow: is_narrow };
}

/** Returns the id of the entry; the newest sighting sets its place. */
async function writeEntry(
  tx: Queryable,
  siteId: number,
  source: IdentifiedSource,
  known: number | undefined,
): Promise<number> {
  const values = [
    source.identity,
    source.azimuth_deg,
    source.elevation_deg,
    [source.covariance_xx, source.covariance_xy, source.covariance_yy],
    JSON.stringify(source.channels),
    source.is_narrow,
    source.first_seen,
    source.last_seen,
  ];
  const [row] =
    known === undefined
      ? await tx.query<{ id: number }>(
          `insert into catalogue (identity, azimuth_deg, elevation_deg, covariance, channels, is_narrow, first_seen,
             last_seen, site_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
          [...values, siteId],
        )
      : await tx.query<{ id: number }>(
          `update catalogue set identity = $1,
             azimuth_deg = case when $8 >= last_seen then $2 else azimuth_deg end,
             elevation_deg = case when $8 >= last_seen then $3 else elevation_deg end,
             covariance = case when $8 >= last_seen then $4 else covariance end,
             channels = case when $8 >= last_seen then $5 else channels end,
             is_narrow = $6, first_seen = least(first_seen, $7), last_seen = greatest(last_seen, $8)
           where id = $9 returning id`,
          [...values, known],
        );
  if (!row) throw new Error('the entry of a catalogue was not written');
  return row.id;
}
