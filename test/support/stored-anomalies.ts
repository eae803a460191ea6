import type { Database, Queryable } from '../../services/api-gateway/store/queryable.ts';

/** Sessions, a baseline and their comparisons, as the work with sky-analyst stores them. */
export interface StoredSky {
  baselineId: number;
  /** Adds a session that was compared, and its anomalies. Returns the id of the session. */
  session(anomalies?: readonly StoredAnomaly[], more?: StoredSession): Promise<number>;
}

export interface StoredAnomaly {
  azimuth: number;
  elevation?: number;
  kind?: string;
  z?: number;
  changeDb?: number;
  catalogueId?: number;
  identity?: string;
}

export interface StoredSession {
  status?: 'completed' | 'cancelled';
  /** Of the comparison. */
  comparison?: 'done' | 'running';
  startedAt?: Date;
}

const CHANNELS = [{ from_hz: 868.2e6, to_hz: 868.4e6 }];

/** A baseline of a rotor, in the database itself. */
export async function storeSky(
  db: Database,
  rotorId: number,
  scheduleId: number | null = null,
): Promise<StoredSky> {
  const baselineId = await idOf(
    db,
    `insert into baselines (site_id, rotor_id, schedule_id, name) values (1, $1, $2, 'Sky')`,
    [rotorId, scheduleId],
  );
  let startedMs = Date.now() - 3_600_000;
  return {
    baselineId,
    async session(anomalies = [], { status = 'completed', comparison = 'done', startedAt } = {}) {
      startedMs += 60_000;
      const at = startedAt ?? new Date(startedMs);
      // Gateways are notified of the comparison with all its anomalies.
      return db.transaction(async (tx) => {
        const sessionId = await storeSession(tx, rotorId, at, status);
        await tx.query(
          `insert into comparisons (session_id, baseline_id, status, finished_at) values ($1, $2, $3, now())`,
          [sessionId, baselineId, comparison],
        );
        for (const [index, anomaly] of anomalies.entries())
          await storeAnomaly(tx, [sessionId, baselineId, index + 1], anomaly, at);
        return sessionId;
      });
    },
  };
}

function storeSession(db: Queryable, rotorId: number, at: Date, status: string): Promise<number> {
  return idOf(
    db,
    `insert into sessions (rotor_id, rotor, az_start, az_end, el_start, el_end, step_deg, rssi_iterations, grid_rows,
       grid_columns, total_points, completed_points, status, started_at, finished_at)
     values ($1, '{"beam_width_deg": 6}', 0, 350, 10, 60, 10, 1, 6, 36, 216, 216, $2, $3::timestamptz + interval '0.0005 s', $3::timestamptz + interval '1 min')`,
    [rotorId, status, at],
  );
}

async function storeAnomaly(
  db: Queryable,
  key: [number, number, number],
  anomaly: StoredAnomaly,
  at: Date,
): Promise<void> {
  const { azimuth, elevation = 20, kind = 'new', z = 9, changeDb = 3 } = anomaly;
  await db.query(
    `insert into anomalies (session_id, baseline_id, number, kind, azimuth_deg, elevation_deg, azimuth_error_deg,
       elevation_error_deg, covariance_xx, covariance_xy, covariance_yy, z, change_db, channels, first_seen, last_seen,
       catalogue_id, identity)
     values ($1, $2, $3, $4, $5, $6, 0.2, 0.2, 0.04, 0, 0.04, $7, $8, $9, $10, $10, $11, $12)`,
    [
      ...key,
      kind,
      azimuth,
      elevation,
      z,
      changeDb,
      JSON.stringify(CHANNELS),
      at,
      anomaly.catalogueId ?? null,
      anomaly.identity ?? null,
    ],
  );
}

/** Adds an entry of the catalogue of site 1. Its note keeps it: no source has it. */
export function storeEntry(
  db: Queryable,
  azimuth: number,
  { isKnown = false, lastSeen = new Date() } = {},
): Promise<number> {
  return idOf(
    db,
    `insert into catalogue (site_id, azimuth_deg, elevation_deg, covariance, channels, is_narrow, note, is_known, first_seen, last_seen)
     values (1, $1, 20, '{0.04,0,0.04}', $2, true, 'kept', $3, $4, $4)`,
    [azimuth, JSON.stringify(CHANNELS), isKnown, lastSeen],
  );
}

async function idOf(db: Queryable, insert: string, values: unknown[]): Promise<number> {
  const [row] = await db.query<{ id: number }>(`${insert} returning id`, values);
  if (!row) throw new Error('insert returned no row');
  return row.id;
}
