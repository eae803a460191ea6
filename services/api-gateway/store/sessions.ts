import type { ReferencePointing, ScanRequest } from '#contract/rest/sessions';
import type { GridBounds, GridShape } from '#shared/sky/grid-shape';
import type { SessionStatus } from '#contract/session-status';
import type { StoredFault } from '../domain/stored-fault.ts';
import type { Queryable } from './database.ts';
import type { RotorRow } from './rotors.ts';

/** The rotor as it was when the session was created (jsonb: its time is text). */
export type RotorSnapshot = Omit<RotorRow, 'created_at'> & { created_at: string };

/** A row of `sessions`. */
export interface SessionRow extends Omit<ScanRequest, 'notes'> {
  id: number;
  reference: ReferencePointing | null;
  rotor: RotorSnapshot;
  grid_rows: number;
  /** Of the widest row. */
  grid_columns: number;
  total_points: number;
  status: SessionStatus;
  revision: number;
  completed_points: number;
  started_at: Date | null;
  finished_at: Date | null;
  eta: Date | null;
  fault: StoredFault | null;
  /**
   * Time since the start as the orchestrator measured it, and when it said so; null: an older
   * version.
   */
  elapsed_s: number | null;
  elapsed_at: Date | null;
  /** Whether the rotor was seen to stand and is held; null: not known. */
  rotor_rests: boolean | null;
  /** Whether a paused session resumes automatically; null: not known. */
  resumes_itself: boolean | null;
  user_notes: string | null;
  notes: string | null;
  handed_over_at: Date | null;
  cancelled_here: boolean;
  created_at: Date;
}

export interface NewSession {
  request: ScanRequest;
  rotor: RotorRow;
  shape: GridShape;
}

/**
 * Creates a session, pending. Its rotor has to be locked: ids then grow in the order of commits.
 */
export async function insertSession(
  tx: Queryable,
  { request, rotor, shape }: NewSession,
): Promise<SessionRow> {
  const [row] = await tx.query<SessionRow>(
    `insert into sessions (rotor_id, rotor, az_start, az_end, el_start, el_end, step_deg, rssi_iterations, grid_rows,
       grid_columns, total_points, user_notes, notes, reference, scan_mode, grid)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15) returning *`,
    [
      request.rotor_id,
      JSON.stringify(rotor),
      request.az_start,
      request.az_end,
      request.el_start,
      request.el_end,
      request.step_deg,
      request.rssi_iterations,
      shape.rows,
      shape.columns,
      shape.totalPoints,
      request.notes ?? null,
      request.reference ?? null,
      request.scan_mode,
      request.grid,
    ],
  );
  if (!row) throw new Error('insert returned no row');
  return row;
}

export async function findSession(db: Queryable, id: number): Promise<SessionRow | undefined> {
  const [row] = await db.query<SessionRow>('select * from sessions where id = $1', [id]);
  return row;
}

export interface SessionFilter {
  status?: SessionStatus | undefined;
  rotor_id?: number | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
}

/** Newest first. */
export function listSessions(db: Queryable, filter: SessionFilter): Promise<SessionRow[]> {
  return db.query<SessionRow>(
    `select * from sessions where ($1::text is null or status = $1) and ($2::int is null or rotor_id = $2)
     order by id desc limit $3 offset $4`,
    [filter.status ?? null, filter.rotor_id ?? null, filter.limit ?? null, filter.offset ?? 0],
  );
}

/** Every session that has not ended, and those of these ids, oldest first. */
export function listUnsettled(db: Queryable, ids: number[]): Promise<SessionRow[]> {
  return db.query<SessionRow>(
    `select * from sessions where status in ('pending', 'running', 'paused') or id = any($1::int[]) order by id`,
    [ids],
  );
}

/** Sessions of a rotor that the orchestrator has never taken over, oldest first. */
export function listNotHandedOver(db: Queryable, rotorId: number): Promise<SessionRow[]> {
  return db.query<SessionRow>(
    `select * from sessions where rotor_id = $1 and status = 'pending' and handed_over_at is null order by id`,
    [rotorId],
  );
}

/** Whether a session in one of these states uses the rotor. */
export async function hasSessions(db: Queryable, rotorId: number, states: SessionStatus[]): Promise<boolean> {
  const sql = 'select 1 from sessions where rotor_id = $1 and status = any($2::text[]) limit 1';
  return (await db.query(sql, [rotorId, states])).length > 0;
}

/** Notes that the orchestrator has the session. */
export async function markHandedOver(db: Queryable, id: number): Promise<void> {
  await db.query('update sessions set handed_over_at = now() where id = $1 and handed_over_at is null', [id]);
}

const CANCELLED_LOCALLY = `status = 'cancelled', revision = revision + 1, finished_at = now(), eta = null, cancelled_here = true`;

/** Ends a session that was never handed over; undefined when it is not such a one (any more). */
export async function cancelLocally(
  db: Queryable,
  id: number,
  notes: string | null,
): Promise<SessionRow | undefined> {
  const [row] = await db.query<SessionRow>(
    `update sessions set ${CANCELLED_LOCALLY}, notes = coalesce($2, notes)
     where id = $1 and status = 'pending' and handed_over_at is null returning *`,
    [id, notes],
  );
  return row;
}

/**
 * Ends a session that must not drive its rotor any more; undefined when it has ended already. Its
 * points are kept.
 */
export async function endLocally(db: Queryable, id: number, why: string): Promise<SessionRow | undefined> {
  const [row] = await db.query<SessionRow>(
    `update sessions set ${CANCELLED_LOCALLY}, notes = concat_ws(E'\n', user_notes, $2::text)
     where id = $1 and status in ('pending', 'running', 'paused') returning *`,
    [id, why],
  );
  return row;
}

/** Sessions that ended without the orchestrator and that it has never had, the latest first. */
export function listCancelledLocally(db: Queryable, limit: number): Promise<SessionRow[]> {
  return db.query<SessionRow>(
    'select * from sessions where cancelled_here and handed_over_at is null order by id desc limit $1',
    [limit],
  );
}

/** Ids up to this one belong to sessions of another database: never give them to new ones. */
export async function skipIdsUpTo(db: Queryable, id: number): Promise<void> {
  await db.query(`select setval('sessions_id_seq', greatest($1, (select last_value from sessions_id_seq)))`, [
    id,
  ]);
}

/** The grid of a session or of a request for one. */
export function boundsOf(
  request: Pick<ScanRequest, 'grid' | 'az_start' | 'az_end' | 'el_start' | 'el_end' | 'step_deg'>,
): GridBounds {
  return {
    kind: request.grid,
    azStartDeg: request.az_start,
    azEndDeg: request.az_end,
    elStartDeg: request.el_start,
    elEndDeg: request.el_end,
    stepDeg: request.step_deg,
  };
}
