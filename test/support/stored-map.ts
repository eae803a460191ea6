import { Client } from 'pg';
import type { SkyMap } from '../../services/sky-analyst/domain/finder/sky-map.ts';

export interface StoredMap {
  map: Pick<SkyMap, 'azimuthDeg' | 'elevationDeg' | 'level' | 'clipped'>;
  columns: number;
  /** Fields of the rotor at the start of the session. */
  rotor?: object;
  /** Default: that of the other session. */
  rotorId?: number;
  siteId?: number;
  /** The area of the session; default: 0 to 99 by 0 to 89 in steps of 1 degree. */
  azimuthsDeg?: [number, number];
  elevationsDeg?: [number, number];
  stepDeg?: number;
  startedAt?: string;
  /** Of the session; default: cancelled, which no orchestrator must know. */
  status?: string;
  /** Default: all points of the map. */
  completed?: number;
}

/** Stores a session with these levels as a copy of any other session; returns its id. */
export async function addMap(url: string, stored: StoredMap): Promise<number> {
  const {
    map,
    columns,
    rotor = {},
    siteId = 1,
    startedAt = '2026-02-14T00:00:00Z',
    azimuthsDeg = [0, 99],
    elevationsDeg = [0, 89],
    stepDeg = 1,
  } = stored;
  const total = map.level.length;
  const completed = stored.completed ?? total;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: number }>(
      `insert into sessions (rotor_id, site_id, rotor, az_start, az_end, el_start, el_end, step_deg, rssi_iterations, grid_rows,
         grid_columns, total_points, completed_points, status)
       select coalesce($12::int, rotor_id), $5, rotor || $4, $7, $8, $9, $10, $11, 1, $1::int / $2, $2, $1, $6, $3 from sessions order by id limit 1 returning id`,
      [
        total,
        columns,
        stored.status ?? 'cancelled',
        JSON.stringify(rotor),
        siteId,
        completed,
        ...azimuthsDeg,
        ...elevationsDeg,
        stepDeg,
        stored.rotorId ?? null,
      ],
    );
    const id = rows[0]?.id ?? NaN;
    const levels = Array.from(map.level, (value) => 10 * Math.log10(value) - 90);
    await client.query(
      `insert into points (session_id, seq, cell, grid_row, grid_column, setpoint_az, setpoint_el, azimuth, elevation, mean_dbm,
         std_db, min_dbm, max_dbm, last_dbm, reads, integration_ms, flags, measured_at)
       select $1, n, n - 1, (n - 1) / $5, (n - 1) % $5, az, el, az, el, level, 0.1, level, level, level, 1, 100,
         case when clipped then '{uncalibrated,clipped}' else '{uncalibrated}' end::text[], $6::timestamptz + n * interval '1 s'
       from unnest($2::float8[], $3::float8[], $4::float8[], $8::boolean[]) with ordinality as p (az, el, level, clipped, n)
       where n <= $7`,
      [
        id,
        [...map.azimuthDeg],
        [...map.elevationDeg],
        levels,
        columns,
        startedAt,
        completed,
        levels.map((_, k) => map.clipped?.[k] === 1),
      ],
    );
    return id;
  } finally {
    await client.end();
  }
}
