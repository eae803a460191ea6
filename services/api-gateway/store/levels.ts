import { createBinaryRow } from './binary-row.ts';
import type { Database, Queryable } from './queryable.ts';

/**
 * Size of a packed point: cell (int32), level (float32) and optionally Unix time in milliseconds
 * (float64); big-endian.
 */
export const LEVEL_BYTES = { plain: 8, timed: 16 } as const;

// Each query takes some tenths of a second.
const POINTS = { perQuery: 65_536, perPiece: 4_096 };

/**
 * The cells and levels of the stored points, packed by the database: as rows, a million points
 * would keep this process busy for seconds.
 */
export async function* readLevels(
  db: Pick<Database, 'copy'>,
  session: { id: number; completed_points: number },
  timed: boolean,
): AsyncGenerator<Uint8Array, void> {
  const time = timed ? ` || float8send(date_part('epoch', measured_at) * 1000)` : '';
  for (let after = 0; after < session.completed_points; after += POINTS.perQuery) {
    const upTo = Math.min(session.completed_points, after + POINTS.perQuery);
    const row = createBinaryRow();
    const pieces = await db.copy(
      `copy (select string_agg(int4send(cell) || float4send(mean_dbm::real)${time}, ''::bytea) from points
         where session_id = ${session.id} and seq between ${after + 1} and ${upTo} group by seq / ${POINTS.perPiece})
       to stdout (format binary)`,
      // The decoded bytes are valid only during the call.
      (bytes) => Uint8Array.from(row.read(bytes).bytes()),
    );
    yield* pieces;
  }
}

/**
 * Whether the levels of a session are calibrated; its first point stands for all. Undefined without
 * points.
 */
export async function isCalibrated(db: Queryable, sessionId: number): Promise<boolean | undefined> {
  const [first] = await db.query<{ calibrated: boolean }>(
    `select not ('uncalibrated' = any(flags)) as calibrated from points where session_id = $1 and seq = 1`,
    [sessionId],
  );
  return first?.calibrated;
}
