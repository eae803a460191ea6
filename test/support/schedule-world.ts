import { newRotorSchema } from '#contract/rest/rotors';
import { scheduleRequestSchema } from '#contract/rest/schedules';
import { scanRequestSchema } from '#contract/rest/sessions';
import { gridShape } from '#shared/sky/grid-shape';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { insertRotor, type RotorRow } from '../../services/api-gateway/store/rotors.ts';
import { insertSchedule } from '../../services/api-gateway/store/schedules/schedules.ts';
import { boundsOf, insertSession } from '../../services/api-gateway/store/sessions.ts';

/** A schedule whose sessions are written to the database directly. */
export interface StoredSchedule {
  id: number;
  rotor: RotorRow;
  /** Adds a completed session with points; returns its id. */
  addSession(at: string, levelOf?: (cell: number) => number): Promise<number>;
}

const SCAN = { az_start: 0, az_end: 9, el_start: 10, el_end: 11, step_deg: 1, rssi_iterations: 1 };
let rotors = 0;

/** `change`: fields of the schedule; `scan`: those of its scan. */
export async function storeSchedule(
  db: Database,
  change: object = {},
  scan: object = {},
): Promise<StoredSchedule> {
  const rotor = await insertRotor(db, newRotorSchema.parse({ name: `scheduled ${++rotors}` }));
  const scanRequest = scanRequestSchema.parse({ rotor_id: rotor.id, ...SCAN, ...scan });
  const request = scheduleRequestSchema.parse({
    name: 'Night',
    trigger: { kind: 'cron', expression: '0 3 * * *' },
    scan: scanRequest,
    ...change,
  });
  const id = await insertSchedule(db, request, { next_run_at: null, checked_at: new Date(0) });
  const shape = gridShape(boundsOf(scanRequest));
  return {
    id,
    rotor,
    async addSession(at, levelOf = (cell) => -90 - cell / 10) {
      const session = await insertSession(db, {
        request: { ...scanRequest, refine: null, frame: null },
        bands: null,
        rotor,
        shape,
      });
      const cells = Array.from({ length: shape.totalPoints }, (_, cell) => cell);
      await db.query(
        `insert into points (session_id, seq, cell, grid_row, grid_column, setpoint_az, setpoint_el, azimuth, elevation,
           mean_dbm, std_db, min_dbm, max_dbm, last_dbm, reads, integration_ms, flags, measured_at)
         select $1, n, cell, cell / $4::int, cell % $4::int, 0, 0, 0, 0, level, 0, level, level, level, 1, 10, '{}', $5
         from unnest($2::int[], $3::float8[]) with ordinality as point (cell, level, n)`,
        [session.id, cells, cells.map(levelOf), shape.columns, at],
      );
      await db.query(
        `update sessions set status = 'completed', completed_points = total_points, started_at = $2, finished_at = $2,
           handed_over_at = $2 where id = $1`,
        [session.id, at],
      );
      await db.query(
        `insert into schedule_runs (schedule_id, due_at, status, session_id, ended_at) values ($1, $2, 'started', $3, $2)`,
        [id, at, session.id],
      );
      return session.id;
    },
  };
}
