import type { Measurement } from '#contract/measurement';
import { STORED_COLUMNS, type StoredColumn } from '#contract/point-columns';
import { pointsOf } from './block-points.ts';
import type { Database, Queryable } from './database.ts';
import { createUnpacker, packedPoints } from './packed-points.ts';
import { createBlock, type PointBlock } from './point-block.ts';
import type { SessionRow } from './sessions.ts';

/**
 * Appends points in the order of seq and counts them, in one statement: the counter is the guard,
 * so whoever comes second (another gateway, a redelivery) stores nothing. Returns whether they were
 * stored. Throws a unique violation when a cell has a point already.
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
       update sessions set completed_points = $${NEXT_PARAMETER + 1} where id = $1 and completed_points = $${NEXT_PARAMETER} - 1 returning id
     )
     ${INSERT_POINTS} from session, ${NEW_POINTS} returning seq`,
    [...values(sessionId, columns, points), first.seq, last.seq],
  );
  return stored.length > 0;
}

/**
 * Puts points in the place of those with the same seqs. Throws a unique violation when another seq
 * has one of the cells.
 */
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

// $1 is the session, $2 the columns of its grid; $3 and so on are the columns of the table.
const COLUMNS = STORED_COLUMNS.flatMap(({ type, sql }) =>
  Object.entries(sql).map(([name, sqlType]) => ({
    name,
    // unnest would take an array of arrays apart.
    value: type === 'flags' ? `string_to_array(p.${name}, ',')` : `p.${name}`,
    sqlType: type === 'flags' ? 'text' : sqlType,
  })),
);
const NAMES = COLUMNS.map(({ name }) => name).join(', ');
const NEXT_PARAMETER = 3 + COLUMNS.length;

const INSERT_POINTS = `insert into points (session_id, cell, ${NAMES})
  select session.id, p.grid_row * $2::int + p.grid_column, ${COLUMNS.map(({ value }) => value).join(', ')}`;

const NEW_POINTS = `unnest(${COLUMNS.map(({ sqlType }, k) => `$${k + 3}::${sqlType}[]`).join(', ')}) as p (${NAMES})`;

function values(sessionId: number, columns: number, points: Measurement[]): unknown[] {
  return [sessionId, columns, ...STORED_COLUMNS.flatMap((column) => arraysOf(column, points))];
}

/** An array for each column of the database. */
function arraysOf({ name, type }: StoredColumn, points: Measurement[]): unknown[][] {
  switch (type) {
    case 'count':
    case 'number':
    case 'time':
      return [points.map((point) => point[name])];
    case 'pointing':
      return [points.map((point) => point[name].azimuth), points.map((point) => point[name].elevation)];
    case 'flags':
      return [points.map((point) => point[name].join(','))];
    case 'reference':
      return [points.map((point) => point[name] && JSON.stringify(point[name]))];
  }
}

/** Which points of a session. */
interface PointRange {
  afterSeq: number;
  upToSeq: number;
  limit: number;
}

/**
 * Points after `afterSeq` up to and including `upToSeq`, at most `limit`, in the order of
 * measurement.
 */
export async function readPoints(
  db: Pick<Database, 'copy'>,
  sessionId: number,
  range: PointRange,
): Promise<Measurement[]> {
  const block = await readBlock(db, sessionId, range);
  const point = pointsOf(block);
  return Array.from({ length: block.rows }, (_, index) => point(index));
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
