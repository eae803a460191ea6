import type { Candidate } from '#contract/rest/candidates';
import type { SourceFlag } from '#contract/rest/sources';
import type { Queryable } from '../queryable.ts';

/** Frequencies in Hz. */
export interface StoredRange {
  from_hz: number;
  to_hz: number;
}

/** Where a source was at one time; degrees and degrees^2. */
export interface StoredSighting {
  /** Unix time, milliseconds. */
  time_ms: number;
  azimuth_deg: number;
  elevation_deg: number;
  covariance_xx: number;
  covariance_xy: number;
  covariance_yy: number;
}

/** A source as a search found it; degrees, Hz and dB. */
export interface FoundSource {
  azimuth_deg: number;
  elevation_deg: number;
  azimuth_error_deg: number;
  elevation_error_deg: number;
  covariance_xx: number;
  covariance_xy: number;
  covariance_yy: number;
  peak_db: number;
  snr: number;
  width_deg: number | null;
  channels: StoredRange[];
  occupancy: number | null;
  is_narrow: boolean;
  first_seen: Date;
  last_seen: Date;
  flags: SourceFlag[];
  /** Empty: its motion is not known. */
  sightings: StoredSighting[];
  candidates: Candidate[];
}

/** A row of `sources`. */
export interface SourceRow extends FoundSource {
  id: number;
  session_id: number;
  number: number;
  catalogue_id: number | null;
  /** Of the catalogue. */
  name: string | null;
}

const COLUMNS = [
  'azimuth_deg',
  'elevation_deg',
  'azimuth_error_deg',
  'elevation_error_deg',
  'covariance_xx',
  'covariance_xy',
  'covariance_yy',
  'peak_db',
  'snr',
  'width_deg',
  'channels',
  'occupancy',
  'is_narrow',
  'first_seen',
  'last_seen',
  'flags',
  'sightings',
  'candidates',
] as const satisfies (keyof FoundSource)[];
const JSON_COLUMNS: readonly string[] = ['channels', 'sightings', 'candidates'];

// `found` is the entry that the source was found to be, `c` the one that it was merged into.
const SELECT = `select s.id, s.session_id, s.number, c.id as catalogue_id, ${COLUMNS.map((name) => `s.${name}`).join(', ')},
    coalesce(c.name, c.identity, found.identity) as name
  from sources s left join catalogue found on found.id = s.catalogue_id left join catalogue c on c.id = found.entry_id`;

/** The sources of a session, the strongest first. */
export function listSources(db: Queryable, sessionId: number): Promise<SourceRow[]> {
  return db.query<SourceRow>(`${SELECT} where s.session_id = $1 order by s.number`, [sessionId]);
}

/** The sources of an entry of the catalogue, the newest first. */
export function listSightings(db: Queryable, catalogueId: number, limit: number): Promise<SourceRow[]> {
  return db.query<SourceRow>(`${SELECT} where c.id = $1 order by s.last_seen desc limit $2`, [
    catalogueId,
    limit,
  ]);
}

/** Replaces the sources of a session. Every source has its entry of the catalogue. */
export async function replaceSources(
  tx: Queryable,
  sessionId: number,
  sources: readonly (FoundSource & { catalogueId: number })[],
): Promise<void> {
  await tx.query('delete from sources where session_id = $1', [sessionId]);
  const names = ['session_id', 'number', 'catalogue_id', ...COLUMNS];
  for (const [k, source] of sources.entries()) {
    const values = COLUMNS.map((name) =>
      JSON_COLUMNS.includes(name) ? JSON.stringify(source[name]) : source[name],
    );
    await tx.query(
      `insert into sources (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
      [sessionId, k + 1, source.catalogueId, ...values],
    );
  }
}
