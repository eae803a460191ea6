import type { Client } from 'pg';
import type { Measurement } from '#contract/measurement';
import type { SessionStatus } from '#contract/session-status';

const COLUMNS = 1_000;

/** The n-th point of a grid with a thousand columns. */
export function benchPoint(seq: number): Measurement {
  const [row, column] = [Math.floor((seq - 1) / COLUMNS), (seq - 1) % COLUMNS];
  const setpoint = { azimuth: column / 10, elevation: row / 10 };
  return {
    seq,
    row,
    column,
    setpoint,
    readback: { azimuth: setpoint.azimuth + 0.03, elevation: setpoint.elevation - 0.02 },
    mean_dbm: -92.4 + (seq % 97) / 13,
    std_db: 0.03,
    min_dbm: -93.5,
    max_dbm: -90.5,
    last_dbm: -91.4,
    reads: 10,
    integration_ms: 100,
    flags: ['uncalibrated'],
    measured_at: new Date(Date.UTC(2026, 1, 14) + seq * 1_200).toISOString(),
    reference: null,
    median_dbm: null,
  };
}

/**
 * Inserts a session, by default a cancelled one, which is not handed over, with `stored` points;
 * returns its id.
 */
export async function addSession(
  client: Client,
  points: number,
  stored = 0,
  status: SessionStatus = 'cancelled',
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `insert into sessions (rotor_id, rotor, az_start, az_end, el_start, el_end, step_deg, rssi_iterations, grid_rows,
       grid_columns, total_points, completed_points, status)
     values (1, '{}', 0, 99.9, 0, $3 / 10.0, 0.1, 10, $3, $4, $1, $2, $5) returning id`,
    [points, stored, points / COLUMNS, COLUMNS, status],
  );
  return rows[0]?.id ?? NaN;
}

/** Nearly normal, of one standard deviation. */
const NOISE = '2 * (random() + random() + random() - 1.5)';

/**
 * Generates points of a session in the database, like `benchPoint`, but with noise: that of ten
 * reads of 0.1 dB, and readbacks in hundredths of a degree.
 */
export async function fillSession(client: Client, id: number, points: number): Promise<void> {
  await client.query(
    `insert into points (session_id, seq, cell, grid_row, grid_column, setpoint_az, setpoint_el, azimuth, elevation, mean_dbm,
       std_db, min_dbm, max_dbm, last_dbm, reads, integration_ms, flags, measured_at)
     select $1, n, n - 1, grid_row, grid_column, az, el, az + round((0.02 * ${NOISE})::numeric, 2), el + round((0.02 * ${NOISE})::numeric, 2),
       mean, 0.1 + 0.02 * ${NOISE}, mean - 0.15 - 0.05 * random(), mean + 0.15 + 0.05 * random(), mean + 0.1 * ${NOISE}, 10, 100,
       '{uncalibrated}', timestamptz '2026-02-14' + n * interval '1.2 s'
     from (
       select n, (n - 1) / ${COLUMNS} as grid_row, (n - 1) % ${COLUMNS} as grid_column, ((n - 1) % ${COLUMNS}) / 10.0 as az,
         ((n - 1) / ${COLUMNS}) / 10.0 as el, -92 + 0.03 * ${NOISE} as mean
       from generate_series(1, $2::int) n
     ) point`,
    [id, points],
  );
  await client.query('vacuum analyze points');
}
