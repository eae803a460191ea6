import { SESSION_STATUSES, hasEnded } from '#contract/session-status';
import type { Database, Queryable } from './queryable.ts';
import { whole } from './whole.ts';

/** Cells of a row of `cell_levels`. */
const BLOCK_CELLS = 64;

/**
 * Stores the levels of the cells of the next ended session after `afterId` that lacks them. Returns
 * its id; undefined: no session lacks them. Sessions of which points are missing stay without.
 */
export function storeCellLevels(db: Database, afterId: number): Promise<number | undefined> {
  return db.transaction(async (tx) => {
    // No points are added meanwhile: that changes the counter of the session.
    const [session] = await tx.query<{ id: number; cells: number }>(
      `select id, grid_rows * grid_columns as cells from sessions
       where not has_cell_levels and frame is null and id > $1 and status = any($2::text[]) order by id limit 1 for update skip locked`,
      [afterId, SESSION_STATUSES.filter(hasEnded)],
    );
    if (!session) return undefined;
    await tx.query('delete from cell_levels where session_id = $1', [session.id]);
    await tx.query(
      `insert into cell_levels (session_id, block, powers)
       select $1, n / ${BLOCK_CELLS}, array_agg(coalesce(power(10, mean_dbm / 10), 0)::real order by n)
       from generate_series(0, $2::int - 1) n left join points on session_id = $1 and cell = n
       group by 2 having count(cell) > 0`,
      [session.id, session.cells],
    );
    await tx.query(
      `update sessions set has_cell_levels = true
       where id = $1 and completed_points = (select count(*) from points where session_id = $1)`,
      [session.id],
    );
    return session.id;
  });
}

/** The levels of a session must be stored again: its points have changed. */
export async function forgetCellLevels(tx: Queryable, sessionId: number): Promise<void> {
  await tx.query('update sessions set has_cell_levels = false where id = $1 and has_cell_levels', [
    sessionId,
  ]);
}

/** Id (int32) and level (float64), big-endian. */
const LEVEL_BYTES = 12;

/**
 * The mean power of cells in each session of a schedule that has any of them, dBm or dBFS; `ids`:
 * the lowest and the highest one. Reads a range of an index for each block, and is packed: 10,000
 * rows would take longer in this process.
 */
export async function readCellLevels(
  db: Queryable,
  scheduleId: number,
  ids: readonly [number, number],
  cells: readonly number[],
): Promise<Map<number, number>> {
  const byBlock = new Map<number, string[]>();
  for (const cell of cells) {
    const block = Math.floor(cell / BLOCK_CELLS);
    byBlock.set(block, [...(byBlock.get(block) ?? []), `powers[${whole((cell % BLOCK_CELLS) + 1)}]`]);
  }
  const sum = (of: (power: string) => string) =>
    `sum(case block ${Array.from(byBlock, ([block, powers]) => `when ${whole(block)} then ${powers.map(of).join(' + ')}`).join(' ')} end)`;
  const [row] = await db.query<{ packed: Buffer | null }>(
    // Without cells the level is null, which string_agg leaves out.
    `select string_agg(int4send(id) || float8send(10 * log(power / nullif(cells, 0))), ''::bytea) as packed from (
       select l.session_id as id, ${sum((power) => power)} as power, ${sum((power) => `(${power} > 0)::int`)} as cells
       from cell_levels l join schedule_runs r on r.session_id = l.session_id
       where r.schedule_id = $1 and block = any($2::int[]) and l.session_id between $3 and $4 group by 1
     ) sums`,
    [scheduleId, [...byBlock.keys()], ...ids],
  );
  const packed = row?.packed ?? Buffer.alloc(0);
  return new Map(
    Array.from({ length: packed.length / LEVEL_BYTES }, (_, n) => [
      packed.readInt32BE(n * LEVEL_BYTES),
      packed.readDoubleBE(n * LEVEL_BYTES + 4),
    ]),
  );
}

/** The same of sessions whose levels are not stored: one or two pages per session and cell. */
export async function readPointLevels(
  db: Queryable,
  sessionIds: readonly number[],
  cells: readonly number[],
): Promise<Map<number, number>> {
  const rows = await db.query<{ id: number; level: number }>(
    `select session_id as id, 10 * log(avg(power(10, mean_dbm / 10))) as level from points
     where session_id = any($1::int[]) and cell = any($2::int[]) group by session_id`,
    [sessionIds, cells],
  );
  return new Map(rows.map(({ id, level }) => [id, level]));
}
