import type { Measurement } from '#contract/measurement';
import { STORED_COLUMNS, type StoredColumn } from '#contract/point-columns';
import { pointsOf } from './block-points.ts';
import { forgetCellLevels } from './cell-levels.ts';
import type { Database, Queryable } from './queryable.ts';
import { createUnpacker, packedPoints } from './packed-points.ts';
import { createBlock, type PointBlock } from './point-block.ts';
import type { SessionRow } from './sessions.ts';
import { whole } from './whole.ts';

/** Points of one session in the order of seq, without a gap. */
export interface PointRun {
  sessionId: number;
  /** Columns of the grid. */
  columns: number;
  points: Measurement[];
}

/**
 * Appends runs of different sessions and updates their counters in one statement. The counter is
 * the guard: a second writer (another gateway, a redelivery) stores nothing. Returns the sessions
 * whose run was stored. Throws a unique violation, and stores nothing, if a cell already has a
 * point.
 */
export async function appendRuns(db: Queryable, runs: PointRun[]): Promise<Set<number>> {
  const whole = runs.filter(({ points }) => points.length > 0);
  if (whole.length === 0) return new Set();
  const rows = await db.query<{ id: number }>(whole.length === 1 ? APPEND_ONE : APPEND_MANY, [
    ...values(whole),
    whole.map(({ sessionId }) => sessionId),
    whole.map(({ points }) => points[0]?.seq),
    whole.map(({ points }) => points.at(-1)?.seq),
  ]);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Replaces the points with the same seqs. Throws a unique violation if another seq has one of the
 * cells.
 */
export async function replacePoints(tx: Queryable, run: PointRun): Promise<void> {
  const seqs = run.points.map(({ seq }) => seq);
  await tx.query('delete from points where session_id = $1 and seq = any($2::int[])', [run.sessionId, seqs]);
  await tx.query(INSERT_POINTS, values([run]));
  await forgetCellLevels(tx, run.sessionId);
}

// The first parameters are arrays with one element per point: session, grid columns, columns of the
// table.
const COLUMNS = STORED_COLUMNS.flatMap(({ type, sql }) =>
  Object.entries(sql).map(([name, sqlType]) => ({
    name,
    // unnest would flatten nested arrays.
    value: type === 'flags' ? `string_to_array(p.${name}, ',')` : `p.${name}`,
    sqlType: type === 'flags' ? 'text' : sqlType,
  })),
);
const NAMES = COLUMNS.map(({ name }) => name).join(', ');
const ARRAYS = ['int', 'int', ...COLUMNS.map(({ sqlType }) => sqlType)];

const INSERT_POINTS = `insert into points (session_id, cell, ${NAMES})
  select p.session_id, p.grid_row * p.columns + p.grid_column, ${COLUMNS.map(({ value }) => value).join(', ')}
  from unnest(${ARRAYS.map((type, k) => `$${k + 1}::${type}[]`).join(', ')}) as p (session_id, columns, ${NAMES})`;

const [ID, FIRST, LAST] = [1, 2, 3].map((k) => `$${ARRAYS.length + k}::int[]`);

const APPEND_ONE = appendSql(
  `update sessions s set completed_points = (${LAST})[1], has_cell_levels = false
   where s.id = (${ID})[1] and s.completed_points = (${FIRST})[1] - 1 returning s.id`,
);
// Rows are locked in the order of id: two gateways that append to the same sessions cannot block
// each other.
const APPEND_MANY = appendSql(
  `update sessions s set completed_points = run.last, has_cell_levels = false
   from (
     select run.* from unnest(${ID}, ${FIRST}, ${LAST}) as run (id, first, last) join sessions s using (id)
     where s.completed_points = run.first - 1 order by id for update of s
   ) as run
   where s.id = run.id and s.completed_points = run.first - 1 returning s.id`,
);

/** `advance` sets the counters of the sessions and returns the ids of those that it has set. */
function appendSql(advance: string): string {
  return `with session as (${advance}), stored as (${INSERT_POINTS} join session on session.id = p.session_id)
    select id from session`;
}

function values(runs: PointRun[]): unknown[] {
  const points = runs.flatMap((run) => run.points);
  return [
    runs.flatMap((run) => run.points.map(() => run.sessionId)),
    runs.flatMap((run) => run.points.map(() => run.columns)),
    ...STORED_COLUMNS.flatMap((column) => arraysOf(column, points)),
  ];
}

/** One array per database column. */
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

/** A range of points of a session. */
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

/** The same points as columns, in a new block or in `memory`, a block to reuse. */
export async function readBlock(
  db: Pick<Database, 'copy'>,
  sessionId: number,
  range: PointRange,
  memory?: PointBlock,
): Promise<PointBlock> {
  // Seqs have no gaps, so the limit is a range: no more rows are read.
  const [first, last] = [range.afterSeq + 1, Math.min(range.upToSeq, range.afterSeq + range.limit)];
  const points = createUnpacker(memory ?? createBlock(Math.max(0, last - first + 1)));
  const select = packedPoints(whole(sessionId), whole(first), whole(last));
  await db.copy(`copy (${select}) to stdout (format binary)`, (row) => points.add(row));
  return points.block();
}

/** The two numbers of a point: order of measurement, place in the grid. */
export interface PointNumber {
  seq: number;
  cell: number;
}

/** The point with this seq or in this cell. */
export async function findPoint(
  db: Queryable,
  sessionId: number,
  { seq, cell }: { seq?: number | undefined; cell?: number | undefined },
): Promise<PointNumber | undefined> {
  const [point] = await db.query<PointNumber>(
    `select seq, cell from points where session_id = $1 and ${seq === undefined ? 'cell' : 'seq'} = $2`,
    [sessionId, seq ?? cell],
  );
  return point;
}

/** A reference measurement for the drift. */
export interface StoredReference {
  at_ms: number;
  level_db: number;
  /** Clipped or doubtful. */
  unusable: boolean;
}

/** The references of a session up to and including `upToSeq`; at most one per minute. */
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

/** The cells with a point: one bit per cell number, least significant bit first. */
export async function storedCells(
  db: Queryable,
  { id, grid_rows, grid_columns, refined }: Pick<SessionRow, 'id' | 'grid_rows' | 'grid_columns' | 'refined'>,
): Promise<Buffer> {
  const bitmap = Buffer.alloc(Math.ceil((grid_rows * grid_columns + (refined?.points.length ?? 0)) / 8));
  // Aggregated by the database: a million rows would take a hundred megabytes here.
  const rows = await db.query<{ byte: number; bits: number }>(
    'select cell >> 3 as byte, bit_or(1 << (cell & 7)) as bits from points where session_id = $1 group by 1',
    [id],
  );
  for (const { byte, bits } of rows) bitmap[byte] = bits;
  return bitmap;
}
