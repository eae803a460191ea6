import type { AnomalyKind } from '#contract/anomaly-values';
import type { Candidate } from '#contract/rest/candidates';
import type { Queryable } from '../queryable.ts';
import type { StoredRange } from '../sources/sources.ts';
import type { ClaimedComparison } from './comparisons.ts';

/** An anomaly; degrees, Hz and dB. */
export interface AnomalyFields {
  kind: AnomalyKind;
  azimuth_deg: number;
  elevation_deg: number;
  azimuth_error_deg: number;
  elevation_error_deg: number;
  covariance_xx: number;
  covariance_xy: number;
  covariance_yy: number;
  z: number;
  change_db: number;
  change_error_db: number | null;
  from_azimuth_deg: number | null;
  from_elevation_deg: number | null;
  channels: StoredRange[];
  first_seen: Date;
  last_seen: Date;
  catalogue_id: number | null;
  candidates: Candidate[];
  identity: string | null;
}

/** A row of `anomalies`. */
export interface AnomalyRow extends AnomalyFields {
  id: number;
  session_id: number;
  baseline_id: number;
  number: number;
  /** Of the catalogue. */
  name: string | null;
  is_known: boolean;
}

const COLUMNS = [
  'kind',
  'azimuth_deg',
  'elevation_deg',
  'azimuth_error_deg',
  'elevation_error_deg',
  'covariance_xx',
  'covariance_xy',
  'covariance_yy',
  'z',
  'change_db',
  'change_error_db',
  'from_azimuth_deg',
  'from_elevation_deg',
  'channels',
  'first_seen',
  'last_seen',
  'catalogue_id',
  'candidates',
  'identity',
] as const satisfies (keyof AnomalyFields)[];
const JSON_COLUMNS: readonly string[] = ['channels', 'candidates'];

/** The largest |z| first. The entry is the one that it was merged into. */
export function listAnomalies(
  db: Queryable,
  { session_id, baseline_id }: ClaimedComparison,
): Promise<AnomalyRow[]> {
  const own = COLUMNS.filter((name) => name !== 'catalogue_id').map((name) => `a.${name}`);
  return db.query<AnomalyRow>(
    `select a.id, a.session_id, a.baseline_id, a.number, ${own.join(', ')}, c.id as catalogue_id,
       coalesce(c.name, a.identity, c.identity, found.identity) as name, coalesce(c.is_known, false) as is_known
     from anomalies a left join catalogue found on found.id = a.catalogue_id left join catalogue c on c.id = found.entry_id
     where a.session_id = $1 and a.baseline_id = $2 order by a.number`,
    [session_id, baseline_id],
  );
}

/** Replaces the anomalies of a comparison. */
export async function replaceAnomalies(
  tx: Queryable,
  { session_id, baseline_id }: ClaimedComparison,
  anomalies: readonly AnomalyFields[],
): Promise<void> {
  await tx.query('delete from anomalies where session_id = $1 and baseline_id = $2', [
    session_id,
    baseline_id,
  ]);
  const names = ['session_id', 'baseline_id', 'number', ...COLUMNS];
  for (const [k, anomaly] of anomalies.entries()) {
    const values = COLUMNS.map((name) =>
      JSON_COLUMNS.includes(name) ? JSON.stringify(anomaly[name]) : anomaly[name],
    );
    await tx.query(
      `insert into anomalies (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
      [session_id, baseline_id, k + 1, ...values],
    );
  }
}

/** An entry of the catalogue of a site as it was seen last. */
export interface KnownEntry {
  id: number;
  azimuthDeg: number;
  elevationDeg: number;
  channels: StoredRange[];
  is_known: boolean;
  /** What the source of the session was identified as; null: unknown, or without a session. */
  identity: string | null;
  candidates: Candidate[];
}

/** Entries that a session has seen, with its own positions; without a session, all of a site. */
export async function entriesFor(
  db: Queryable,
  siteId: number,
  sessionId: number | undefined,
): Promise<KnownEntry[]> {
  const from =
    sessionId === undefined
      ? 'catalogue found'
      : 'sources seen join catalogue found on found.id = seen.catalogue_id and seen.session_id = $2';
  const place = sessionId === undefined ? 'found' : 'seen';
  const identity =
    sessionId === undefined
      ? `null as identity, '[]'::jsonb as candidates`
      : 'found.identity, seen.candidates';
  return db.query<KnownEntry>(
    `select found.id, ${place}.azimuth_deg as "azimuthDeg", ${place}.elevation_deg as "elevationDeg", ${place}.channels, c.is_known, ${identity}
     from ${from} join catalogue c on c.id = found.entry_id where found.site_id = $1`,
    sessionId === undefined ? [siteId] : [siteId, sessionId],
  );
}
