import { createBinaryRow } from '../binary-row.ts';
import type { Database, Queryable } from '../queryable.ts';
import { whole } from '../whole.ts';

// A piece has 96 KiB.
const POINTS = { perQuery: 65_536, perPiece: 4_096 };

/** The size of a packed point, and its mark if the receiver clipped. */
export const PACKED_POINT = { bytes: 24, clipped: 1 } as const;

/**
 * The stored points in the order of seq, packed by the database as sky-analyst reads them
 * (`FindSourcesRequest.points`).
 */
export async function* readPackedPoints(
  db: Pick<Database, 'copy'>,
  sessionId: number,
  upToSeq: number,
): AsyncGenerator<Buffer, void> {
  for (let after = 0; after < upToSeq; after += POINTS.perQuery) {
    const row = createBinaryRow();
    const upTo = Math.min(upToSeq, after + POINTS.perQuery);
    yield* await db.copy(
      `copy (select string_agg(float4send(azimuth::real) || float4send(elevation::real) || float4send(mean_dbm::real)
           || float8send(date_part('epoch', measured_at) * 1000)
           || int4send(case when 'clipped' = any(flags) then ${PACKED_POINT.clipped} else 0 end), ''::bytea order by seq)
         from points where session_id = ${whole(sessionId)} and seq between ${after + 1} and ${whole(upTo)}
         group by (seq - 1) / ${POINTS.perPiece} order by (seq - 1) / ${POINTS.perPiece}) to stdout (format binary)`,
      // The decoded bytes are valid only during the call.
      (bytes) => Buffer.from(row.read(bytes).bytes()),
    );
  }
}

/** The median of the integration times, s; undefined without points. */
export async function typicalIntegrationS(db: Queryable, sessionId: number): Promise<number | undefined> {
  const [row] = await db.query<{ ms: number | null }>(
    `select percentile_disc(0.5) within group (order by integration_ms) as ms from points
     where session_id = $1 and seq <= 1000`,
    [sessionId],
  );
  return row?.ms === undefined || row.ms === null ? undefined : row.ms / 1_000;
}

/** When the first and the last point were measured, Unix time; undefined without points. */
export async function measuredTimes(
  db: Queryable,
  sessionId: number,
  points: number,
): Promise<{ firstMs: number; lastMs: number } | undefined> {
  const [row] = await db.query<{ first: Date | null; last: Date | null }>(
    `select min(measured_at) as first, max(measured_at) as last from points where session_id = $1 and seq in (1, $2)`,
    [sessionId, points],
  );
  if (!row?.first || !row.last) return undefined;
  return { firstMs: row.first.getTime(), lastMs: row.last.getTime() };
}
