import type { Crossing, GroundPlace } from '#contract/rest/bearings';
import type { Candidate } from '#contract/rest/candidates';
import type { Queryable } from './queryable.ts';

/** A source with the site of its session. */
export interface SourceRow {
  id: number;
  session_id: number;
  site_id: number;
  azimuth_deg: number;
  elevation_deg: number;
  /** To the right in the tangent plane, square degrees. */
  covariance_xx: number;
  channels: { from_hz: number; to_hz: number }[] | null;
  first_seen: Date;
  last_seen: Date;
  flags: string[];
  candidates: Candidate[];
}

const SOURCE = `sources.id, sources.session_id, sessions.site_id, azimuth_deg, elevation_deg, covariance_xx,
  sources.channels, first_seen, last_seen, flags, candidates`;

/**
 * The sources of a session, those of other sites that were seen at the same time as one of them,
 * and those that have places with older sources of the session.
 */
export function sourcesAround(db: Queryable, sessionId: number): Promise<SourceRow[]> {
  return db.query<SourceRow>(
    `with own as (
       select sources.*, sessions.site_id from sources join sessions on sessions.id = session_id where session_id = $1
     )
     select ${SOURCE} from sources join sessions on sessions.id = sources.session_id
     where session_id = $1
       or sources.id = any(select unnest(source_ids) from ground_places where session_ids @> array[$1::integer])
       or exists (
       select 1 from own
       where own.site_id <> sessions.site_id
         and own.first_seen <= sources.last_seen and sources.first_seen <= own.last_seen
     )
     order by sources.id`,
    [sessionId],
  );
}

/** Serialises changes of the places until the transaction ends. */
export async function lockPlaces(tx: Queryable): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('ground_places'))`);
}

/**
 * Replaces the places of a session, and all that these sources alone have.
 */
export async function replacePlaces(
  tx: Queryable,
  sessionId: number,
  sourceIds: readonly number[],
  places: readonly NewPlace[],
): Promise<void> {
  await tx.query('delete from ground_places where session_ids @> array[$1::integer] or source_ids <@ $2', [
    sessionId,
    sourceIds,
  ]);
  for (const { crossing, firstSeen, lastSeen } of places) {
    const { status, note, covariance_m2: covariance, area, bearings } = crossing;
    await tx.query(
      `insert into ground_places (status, note, latitude_deg, longitude_deg, covariance_ee, covariance_en, covariance_nn,
         crossing_deg, chi_square, consistency, area, bearings, site_ids, session_ids, source_ids, first_seen, last_seen)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [
        status,
        note,
        crossing.latitude_deg,
        crossing.longitude_deg,
        covariance.ee,
        covariance.en,
        covariance.nn,
        crossing.crossing_deg,
        crossing.chi_square,
        crossing.consistency,
        JSON.stringify(area),
        JSON.stringify(bearings),
        ids(bearings.map(({ site_id }) => site_id)),
        ids(bearings.map(({ session_id }) => session_id)),
        ids(bearings.map(({ source_id }) => source_id)),
        firstSeen,
        lastSeen,
      ],
    );
  }
}

export interface NewPlace {
  crossing: Crossing;
  /** When the first of its sources was first seen, and the last one last. */
  firstSeen: Date;
  lastSeen: Date;
}

/** Ascending, each once. */
function ids(list: readonly (number | null)[]): number[] {
  return [...new Set(list.filter((id) => id !== null))].sort((a, b) => a - b);
}

interface PlaceRow extends Omit<GroundPlace, 'covariance_m2' | 'first_seen' | 'last_seen' | 'created_at'> {
  covariance_ee: number;
  covariance_en: number;
  covariance_nn: number;
  first_seen: Date;
  last_seen: Date;
  created_at: Date;
}

export interface PlaceFilter {
  /** Only places with a bearing of this site. */
  siteId?: number | undefined;
  /** Only places whose sources were seen in this time. */
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
}

/** The latest places; of one time, confirmed ones first. */
export async function listPlaces(db: Queryable, filter: PlaceFilter): Promise<GroundPlace[]> {
  const rows = await db.query<PlaceRow>(
    `select id, status, note, latitude_deg, longitude_deg, covariance_ee, covariance_en, covariance_nn, crossing_deg, area,
       chi_square, consistency, bearings, first_seen, last_seen, created_at
     from ground_places
     where ($1::integer is null or site_ids @> array[$1::integer])
       and ($2::timestamptz is null or last_seen >= $2)
       and ($3::timestamptz is null or first_seen <= $3)
     order by last_seen desc, id limit $4`,
    [filter.siteId ?? null, filter.from ?? null, filter.to ?? null, filter.limit],
  );
  return rows.map(toPublished);
}

function toPublished({
  covariance_ee: ee,
  covariance_en: en,
  covariance_nn: nn,
  ...row
}: PlaceRow): GroundPlace {
  return {
    ...row,
    covariance_m2: { ee, en, nn },
    first_seen: row.first_seen.toISOString(),
    last_seen: row.last_seen.toISOString(),
    created_at: row.created_at.toISOString(),
  };
}
