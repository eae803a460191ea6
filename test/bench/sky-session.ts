import type { Client } from 'pg';

/** Size of a grid that covers all azimuths and starts at the horizon. */
export interface SkyGrid {
  columns: number;
  rows: number;
}

/** A hundred thousand and a million cells. */
export const SKIES: { small: SkyGrid; middle: SkyGrid; large: SkyGrid } = {
  small: { columns: 60, rows: 15 },
  middle: { columns: 800, rows: 125 },
  large: { columns: 2_000, rows: 500 },
};

/**
 * Stores a complete session with sky-like levels: warm horizon, a bright source, noise. The session
 * is cancelled, so that it is not handed over. Returns its id.
 */
export async function addSky(client: Client, rotorId: number, grid: SkyGrid): Promise<number> {
  const { columns, rows } = grid;
  const stepDeg = 360 / columns;
  const { rows: made } = await client.query<{ id: number }>(
    `insert into sessions (rotor_id, rotor, az_start, az_end, el_start, el_end, step_deg, rssi_iterations, grid_rows,
       grid_columns, total_points, completed_points, status, started_at, finished_at)
     select id, to_jsonb(rotors), 0, 360, 0, $2::float8 * ($3 - 1), $2, 10, $3, $4, $5, $5, 'cancelled', now(), now()
     from rotors where id = $1 returning id`,
    [rotorId, stepDeg, rows, columns, rows * columns],
  );
  const id = made[0]?.id ?? NaN;
  await client.query(
    `insert into points (session_id, seq, cell, grid_row, grid_column, setpoint_az, setpoint_el, azimuth, elevation, mean_dbm,
       std_db, min_dbm, max_dbm, last_dbm, reads, integration_ms, flags, measured_at)
     select $1, n + 1, n, r, c, c * $2::float8, r * $2::float8, c * $2::float8, r * $2::float8, level, 0.03, level - 1,
       level + 1, level, 10, 100, '{uncalibrated}', timestamptz '2026-02-14' + n * interval '1.2 s'
     from (select n, n / $3::int r, n % $3::int c,
         -90 + 6 * exp(-(n / $3::int) * $2::float8 / 20) + random() * 0.5
         + 20 * exp(-power((n % $3::int) * $2::float8 - 150, 2) / 200 - power((n / $3::int) * $2::float8 - 30, 2) / 200) level
       from generate_series(0, $4::int - 1) n) cells`,
    [id, stepDeg, columns, rows * columns],
  );
  await client.query('vacuum analyze points');
  return id;
}

export function boundsOf({ columns, rows }: SkyGrid) {
  const stepDeg = 360 / columns;
  return {
    kind: 'rectangular' as const,
    azStartDeg: 0,
    azEndDeg: 360,
    elStartDeg: 0,
    elEndDeg: stepDeg * (rows - 1),
    stepDeg,
  };
}
