import type { Site } from '#contract/rest/sites';
import type { Queryable } from './queryable.ts';

/** A row of `sites`, with the names of the public contract. */
export interface SiteRow extends SiteFields {
  id: number;
  created_at: Date;
}

export type SiteFields = Omit<Site, 'id' | 'created_at'>;

const FIELDS = [
  'name',
  'latitude_deg',
  'longitude_deg',
  'height_m',
  'orchestrator_address',
  'rotor_driver_address',
] as const satisfies (keyof SiteFields)[];

const COLUMNS = FIELDS.join(', ');
const PLACES = FIELDS.map((_, index) => `$${index + 1}`).join(', ');

/** All sites, oldest first. */
export function listSites(db: Queryable): Promise<SiteRow[]> {
  return db.query<SiteRow>('select * from sites order by id');
}

export async function findSite(db: Queryable, id: number): Promise<SiteRow | undefined> {
  const [row] = await db.query<SiteRow>('select * from sites where id = $1', [id]);
  return row;
}

/** Throws a unique violation if the name is taken. */
export async function insertSite(db: Queryable, site: SiteFields): Promise<SiteRow> {
  const sql = `insert into sites (${COLUMNS}) values (${PLACES}) returning *`;
  const [row] = await db.query<SiteRow>(sql, values(site));
  if (!row) throw new Error('insert returned no row');
  return row;
}

/** Reads a site and blocks new rotors and sessions of it until the transaction ends. */
export async function lockSite(tx: Queryable, id: number): Promise<SiteRow | undefined> {
  const [row] = await tx.query<SiteRow>('select * from sites where id = $1 for update', [id]);
  return row;
}

/** Throws a unique violation if the name is taken. */
export async function updateSite(tx: Queryable, id: number, site: SiteFields): Promise<SiteRow> {
  const sql = `update sites set (${COLUMNS}) = row(${PLACES}) where id = $${FIELDS.length + 1} returning *`;
  const [row] = await tx.query<SiteRow>(sql, [...values(site), id]);
  if (!row) throw new Error(`site ${id} is gone inside its own transaction`);
  return row;
}

export async function deleteSite(tx: Queryable, id: number): Promise<void> {
  await tx.query('delete from sites where id = $1', [id]);
}

/** What belongs to a site, in the order of the check: `rotors`, `sessions`, `calibrations`. */
export async function firstUseOf(tx: Queryable, id: number): Promise<string | undefined> {
  for (const table of ['rotors', 'sessions', 'calibrations'])
    if ((await tx.query(`select 1 from ${table} where site_id = $1 limit 1`, [id])).length > 0) return table;
  return undefined;
}

function values(site: SiteFields): unknown[] {
  return FIELDS.map((field) => site[field]);
}
