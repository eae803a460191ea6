import type { Queryable } from './queryable.ts';

/**
 * A row of `calibrations`: dBm = dBFS + dbm_offset_db for this receiver, frequency, bandwidth and
 * gain.
 */
export interface CalibrationRow extends NewCalibration {
  id: number;
  calibrated_at: Date;
}

export interface NewCalibration {
  site_id: number;
  receiver: string;
  center_frequency_hz: number;
  bandwidth_hz: number;
  /** Actual gain of the tuner. */
  gain_db: number;
  dbm_offset_db: number;
  level_dbm: number;
  measured_dbfs: number;
  std_db: number;
  reads: number;
  read_ms: number;
  /** How the tuner was tuned to the channel (domain/calibration.ts). */
  tuning_version: number;
}

// Calibrations are made manually, so there are few.
const MAX_ROWS = 1_000;

export async function insertCalibration(db: Queryable, calibration: NewCalibration): Promise<CalibrationRow> {
  const c = calibration;
  const [row] = await db.query<CalibrationRow>(
    `insert into calibrations (site_id, receiver, center_frequency_hz, bandwidth_hz, gain_db, dbm_offset_db, level_dbm, measured_dbfs,
       std_db, reads, read_ms, tuning_version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning *`,
    [
      c.site_id,
      c.receiver,
      c.center_frequency_hz,
      c.bandwidth_hz,
      c.gain_db,
      c.dbm_offset_db,
      c.level_dbm,
      c.measured_dbfs,
      c.std_db,
      c.reads,
      c.read_ms,
      c.tuning_version,
    ],
  );
  if (!row) throw new Error('insert returned no row');
  return row;
}

/** A receiver of a site; receivers of different sites may have the same name. */
export interface SiteReceiver {
  siteId: number;
  name: string;
}

/** Newest first, at most 1,000. */
export function listCalibrations(db: Queryable, { siteId, name }: SiteReceiver): Promise<CalibrationRow[]> {
  return db.query<CalibrationRow>(
    `select * from calibrations where site_id = $1 and receiver = $2
     order by calibrated_at desc, id desc limit ${MAX_ROWS}`,
    [siteId, name],
  );
}

export async function findCalibration(
  db: Queryable,
  { siteId, name }: SiteReceiver,
  id: number,
): Promise<CalibrationRow | undefined> {
  const sql = 'select * from calibrations where site_id = $1 and receiver = $2 and id = $3';
  const [row] = await db.query<CalibrationRow>(sql, [siteId, name, id]);
  return row;
}

/** Returns whether it existed. */
export async function deleteCalibration(
  db: Queryable,
  { siteId, name }: SiteReceiver,
  id: number,
): Promise<boolean> {
  const sql = 'delete from calibrations where site_id = $1 and receiver = $2 and id = $3 returning id';
  return (await db.query(sql, [siteId, name, id])).length > 0;
}
