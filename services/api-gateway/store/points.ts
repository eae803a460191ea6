import type { Measurement } from '#contract/mqtt-messages';
import type { Database, Queryable } from './database.ts';
import { createUnpacker, packedPoints } from './packed-points.ts';
import { createBlock, pointAt, type PointBlock } from './point-block.ts';
import type { SessionRow } from './sessions.ts';

/**
 * Appends points in the order of seq and counts them, in one statement: the counter is the guard, so whoever comes second (another
 * gateway, a redelivery) stores nothing. Returns whether they were stored. Throws a unique violation when a cell has a
 * point already.
 */
export async function appendPoints(
  db: Queryable,
  sessionId: number,
  columns: number,
  points: Measurement[],
): Promise<boolean> {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return false;
  const stored = await db.query(
    `with session as (
       update sessions set completed_points = $21 where id = $1 and completed_points = $20 - 1 returning id
     )
     ${INSERT_POINTS} from session, ${NEW_POINTS} returning seq`,
    [...values(sessionId, columns, points), first.seq, last.seq],
  );
  return stored.length > 0;
}

/** Puts points in the place of those with the same seqs. Throws a unique violation when another seq has one of the cells. */
export async function replacePoints(
  tx: Queryable,
  sessionId: number,
  columns: number,
  points: Measurement[],
): Promise<void> {
  await tx.query('delete from points where session_id = $1 and seq = any($2::int[])', [
    sessionId,
    points.map((point) => point.seq),
  ]);
  const session = '(select $1::int as id) as session';
  await tx.query(`${INSERT_POINTS} from ${session}, ${NEW_POINTS}`, values(sessionId, columns, points));
}

const INSERT_POINTS = `insert into points (session_id, seq, cell, grid_row, grid_column, setpoint_az, setpoint_el, azimuth,
       elevation, mean_dbm, std_db, min_dbm, max_dbm, last_dbm, reads, integration_ms, flags, measured_at, reference)
     select session.id, p.seq, p.grid_row * $2::int + p.grid_column, p.grid_row, p.grid_column, p.setpoint_az, p.setpoint_el,
       p.azimuth, p.elevation, p.mean_dbm, p.std_db, p.min_dbm, p.max_dbm, p.last_dbm, p.reads, p.integration_ms,
       string_to_array(p.flags, ','), p.measured_at, p.reference`;

const NEW_POINTS = `unnest($3::int[], $4::int[], $5::int[], $6::float8[], $7::float8[], $8::float8[], $9::float8[],
       $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::float8[], $15::int[], $16::float8[], $17::text[],
       $18::timestamptz[], $19::jsonb[]) as p (seq, grid_row, grid_column, setpoint_az, setpoint_el, azimuth, elevation, mean_dbm, std_db,
       min_dbm, max_dbm, last_dbm, reads, integration_ms, flags, measured_at, reference)`;

function values(sessionId: number, columns: number, points: Measurement[]): unknown[] {
  return [
    sessionId,
    columns,
    points.map((p) => p.seq),
    points.map((p) => p.row),
    points.map((p) => p.column),
    points.map((p) => p.setpoint.azimuth),
    points.map((p) => p.setpoint.elevation),
    points.map((p) => p.readback.azimuth),
    points.map((p) => p.readback.elevation),
    points.map((p) => p.mean_dbm),
    points.map((p) => p.std_db),
    points.map((p) => p.min_dbm),
    points.map((p) => p.max_dbm),
    points.map((p) => p.last_dbm),
    points.map((p) => p.reads),
    points.map((p) => p.integration_ms),
    points.map((p) => p.flags.join(',')),
    points.map((p) => p.measured_at),
    points.map((p) => p.reference && JSON.stringify(p.reference)),
  ];
}

/** Which points of a session. */
interface PointRange {
  afterSeq: number;
  upToSeq: number;
  limit: number;
}

/** Points after `afterSeq` up to and including `upToSeq`, at most `limit`, in the order of measurement. */
export async function readPoints(
  db: Pick<Database, 'copy'>,
  sessionId: number,
  range: PointRange,
): Promise<Measurement[]> {
  const block = await readBlock(db, sessionId, range);
  return Array.from({ length: block.rows }, (_, index) => pointAt(block, index));
}

/** The same as columns, in memory of theirs or in that of a block that nobody needs any more. */
export async function readBlock(
  db: Pick<Database, 'copy'>,
  sessionId: number,
  range: PointRange,
  memory?: PointBlock,
): Promise<PointBlock> {
  // There are no gaps, so the limit is a range: nothing beyond it is read, sorted and thrown away.
  const [first, last] = [range.afterSeq + 1, Math.min(range.upToSeq, range.afterSeq + range.limit)];
  const points = createUnpacker(memory ?? createBlock(Math.max(0, last - first + 1)));
  const select = packedPoints(whole(sessionId), whole(first), whole(last));
  await db.copy(`copy (${select}) to stdout (format binary)`, (row) => points.add(row));
  return points.block();
}

// A copy takes no parameters.
function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number`);
  return value;
}

/** What the drift of a receiver is known from. */
export interface StoredReference {
  at_ms: number;
  level_db: number;
  /** Clipped, or in doubt. */
  unusable: boolean;
}

/** The references of a session up to and including `upToSeq`: few, one a minute at most. */
export function readReferences(
  db: Queryable,
  sessionId: number,
  upToSeq: number,
): Promise<StoredReference[]> {
  return db.query<StoredReference>(
    `select (extract(epoch from (reference ->> 'measured_at')::timestamptz) * 1000)::float8 as at_ms,
       (reference ->> 'mean_dbm')::float8 as level_db, (reference -> 'flags') ?| array['clipped', 'dc_offset'] as unusable
     from points where session_id = $1 and seq <= $2 and reference is not null order by seq`,
    [sessionId, upToSeq],
  );
}

/** Which cells have a point: one bit per cell number, least significant bit first. */
export async function storedCells(
  db: Queryable,
  { id, grid_rows, grid_columns }: Pick<SessionRow, 'id' | 'grid_rows' | 'grid_columns'>,
): Promise<Buffer> {
  const bitmap = Buffer.alloc(Math.ceil((grid_rows * grid_columns) / 8));
  // Put together by the database: a million rows would be a hundred megabytes here.
  const rows = await db.query<{ byte: number; bits: number }>(
    'select cell >> 3 as byte, bit_or(1 << (cell & 7)) as bits from points where session_id = $1 group by 1',
    [id],
  );
  for (const { byte, bits } of rows) bitmap[byte] = bits;
  return bitmap;
}
