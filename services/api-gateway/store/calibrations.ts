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
    `insert into calibrations (receiver, center_frequency_hz, bandwidth_hz, gain_db, dbm_offset_db, level_dbm, measured_dbfs,
       std_db, reads, read_ms, tuning_version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning *`,
    [
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

/** Newest first, at most 1,000. */
export function listCalibrations(db: Queryable, receiver: string): Promise<CalibrationRow[]> {
  return db.query<CalibrationRow>(
    `select * from calibrations where receiver = $1 order by calibrated_at desc, id desc limit ${MAX_ROWS}`,
    [receiver],
  );
}

export async function findCalibration(
  db: Queryable,
  receiver: string,
  id: number,
): Promise<CalibrationRow | undefined> {
  const sql = 'select * from calibrations where receiver = $1 and id = $2';
  const [row] = await db.query<CalibrationRow>(sql, [receiver, id]);
  return row;
}

/** Returns whether it existed. */
export async function deleteCalibration(db: Queryable, receiver: string, id: number): Promise<boolean> {
  const sql = 'delete from calibrations where receiver = $1 and id = $2 returning id';
  return (await db.query(sql, [receiver, id])).length > 0;
}
