import {
  sessionSchema,
  type ReferencePointing,
  type ScanRequest,
  type Session,
} from '#contract/rest/sessions';
import type { ApiBand } from '#contract/rest/bands';
import type { GridBounds, GridShape } from '#shared/sky/grid-shape';
import type { SessionStatus } from '#contract/session-status';
import type { RefineSettings } from '../domain/refine-settings.ts';
import type { StoredFrame } from './stored-frame.ts';
import type { StoredFault } from '../domain/stored-fault.ts';
import type { StoredRefinement } from '../domain/stored-refinement.ts';
import type { Queryable } from './queryable.ts';
import type { RotorRow } from './rotors.ts';

/**
 * The rotor at the creation of the session (jsonb, so its time is text). Older ones have no site;
 * that of the session applies.
 */
export type RotorSnapshot = Omit<RotorRow, 'created_at' | 'site_id' | 'beam' | 'pointing_model'> & {
  created_at: string;
  /** At the frequency of the session, as `beam_width_deg`. Absent in older ones. */
  beam?: RotorRow['beam'];
  /** Absent in older ones. */
  pointing_model?: RotorRow['pointing_model'];
};

/** A tuning with the calibration at the start of the session; null: levels are dBFS. */
export interface PinnedBand extends ApiBand {
  dbm_offset_db: number | null;
}

/** A row of `sessions`. */
export interface SessionRow extends Omit<ScanRequest, 'notes' | 'spectrum' | 'bands' | 'refine' | 'frame'> {
  id: number;
  site_id: number;
  reference: ReferencePointing | null;
  spectrum: { channels: number } | null;
  /** Null: the frequency, bandwidth and calibration of the rotor. */
  bands: PinnedBand[] | null;
  rotor: RotorSnapshot;
  refine: RefineSettings | null;
  /** The grid consists of offsets from this source; null: of directions. */
  frame: StoredFrame | null;
  /** The points added to the grid; null: not decided yet, or without `refine`. */
  refined: StoredRefinement | null;
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
  /** Time since the start as reported by the orchestrator, and when; null: older version. */
  elapsed_s: number | null;
  elapsed_at: Date | null;
  /** Whether the rotor is held and confirmed at rest; null: unknown. */
  rotor_rests: boolean | null;
  /** Whether a paused session resumes automatically; null: unknown. */
  resumes_itself: boolean | null;
  user_notes: string | null;
  notes: string | null;
  /** First sent to the orchestrator, which may have it although no answer arrived. */
  offered_at: Date | null;
  /** The orchestrator has confirmed that it has the session. */
  handed_over_at: Date | null;
  cancelled_here: boolean;
  created_at: Date;
}

/** A request whose refinement has all its settings, and whose source is known. */
export type RefinableRequest = Omit<ScanRequest, 'refine' | 'frame'> & {
  refine?: RefineSettings | null;
  frame?: StoredFrame | null;
};

export interface NewSession {
  request: RefinableRequest;
  bands: PinnedBand[] | null;
  rotor: RotorRow;
  shape: GridShape;
}

/**
 * Creates a pending session. The rotor must be locked, so that ids increase in the order of
 * commits.
 */
export async function insertSession(
  tx: Queryable,
  { request, bands, rotor, shape }: NewSession,
): Promise<SessionRow> {
  const [row] = await tx.query<SessionRow>(
    `insert into sessions (rotor_id, site_id, rotor, az_start, az_end, el_start, el_end, step_deg, rssi_iterations, grid_rows,
       grid_columns, total_points, user_notes, notes, reference, scan_mode, grid, spectrum, bands, refine, frame)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16, $17, $18, $19, $20) returning *`,
    [
      request.rotor_id,
      rotor.site_id,
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
      request.spectrum ?? null,
      bands && JSON.stringify(bands),
      request.refine ?? null,
      request.frame ?? null,
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
  site_id?: number | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
  /** Only sessions with lower ids. */
  belowId?: number | undefined;
}

/** Computed from the others. */
const PROGRESS = 'progress_pct';
const LISTED_COLUMNS = Object.keys(sessionSchema.shape).filter((name) => name !== PROGRESS);
/** The columns of a published session. */
export type ListedSession = Pick<SessionRow, Exclude<keyof Session, typeof PROGRESS>>;

/** Newest first. */
export function listSessions(db: Queryable, filter: SessionFilter): Promise<ListedSession[]> {
  return db.query<ListedSession>(
    `select ${LISTED_COLUMNS.join()} from sessions
     where ($1::text is null or status = $1) and ($2::int is null or rotor_id = $2) and ($5::int is null or id < $5)
       and ($6::int is null or site_id = $6)
     order by id desc limit $3 offset $4`,
    [
      filter.status ?? null,
      filter.rotor_id ?? null,
      filter.limit ?? null,
      filter.offset ?? 0,
      filter.belowId ?? null,
      filter.site_id ?? null,
    ],
  );
}

/** The sessions of a site that have not ended and those of it with these ids, oldest first. */
export function listUnsettled(db: Queryable, siteId: number, ids: number[]): Promise<SessionRow[]> {
  return db.query<SessionRow>(
    `select * from sessions where site_id = $2 and (status in ('pending', 'running', 'paused') or id = any($1::int[]))
     order by id`,
    [ids, siteId],
  );
}

/** The sessions with these ids. */
export function listByIds(db: Queryable, ids: number[]): Promise<SessionRow[]> {
  return db.query<SessionRow>('select * from sessions where id = any($1::int[])', [ids]);
}

/** Sessions of a rotor that were never handed over, oldest first. */
export function listNotHandedOver(db: Queryable, rotorId: number): Promise<SessionRow[]> {
  return db.query<SessionRow>(
    `select * from sessions where rotor_id = $1 and status = 'pending' and handed_over_at is null order by id`,
    [rotorId],
  );
}

/** Whether a session in one of these states, besides `exceptId`, uses the rotor. */
export async function hasSessions(
  db: Queryable,
  rotorId: number,
  states: SessionStatus[],
  exceptId?: number,
): Promise<boolean> {
  const sql =
    'select 1 from sessions where rotor_id = $1 and status = any($2::text[]) and id is distinct from $3 limit 1';
  return (await db.query(sql, [rotorId, states, exceptId ?? null])).length > 0;
}

/** Whether a session of the site has not ended. */
export async function hasSessionsAt(db: Queryable, siteId: number): Promise<boolean> {
  const sql = `select 1 from sessions where site_id = $1 and status in ('pending', 'running', 'paused') limit 1`;
  return (await db.query(sql, [siteId])).length > 0;
}

/** Marks that the orchestrator may have the session from now on. */
export async function markOffered(db: Queryable, id: number): Promise<void> {
  await db.query('update sessions set offered_at = now() where id = $1 and offered_at is null', [id]);
}

/** Marks that the orchestrator does not have the session: it has refused it. */
export async function markRefused(db: Queryable, id: number): Promise<void> {
  await db.query('update sessions set offered_at = null where id = $1 and handed_over_at is null', [id]);
}

/** Marks that the orchestrator has the session. */
export async function markHandedOver(db: Queryable, id: number): Promise<void> {
  await db.query('update sessions set handed_over_at = now() where id = $1 and handed_over_at is null', [id]);
}

const CANCELLED_LOCALLY = `status = 'cancelled', revision = revision + 1, finished_at = now(), eta = null, cancelled_here = true`;

/** Ends a session that the orchestrator cannot have; undefined for any other session. */
export async function cancelLocally(
  db: Queryable,
  id: number,
  notes: string | null,
): Promise<SessionRow | undefined> {
  const [row] = await db.query<SessionRow>(
    `update sessions set ${CANCELLED_LOCALLY}, notes = coalesce($2, notes)
     where id = $1 and status = 'pending' and offered_at is null and handed_over_at is null returning *`,
    [id, notes],
  );
  return row;
}

/**
 * Ends a session that must not drive its rotor; undefined if it has already ended. Its points are
 * kept.
 */
export async function endLocally(db: Queryable, id: number, reason: string): Promise<SessionRow | undefined> {
  const [row] = await db.query<SessionRow>(
    `update sessions set ${CANCELLED_LOCALLY}, notes = concat_ws(E'\n', user_notes, $2::text)
     where id = $1 and status in ('pending', 'running', 'paused') returning *`,
    [id, reason],
  );
  return row;
}

/** Sessions that ended without the orchestrator, which never had them, newest first. */
export function listCancelledLocally(db: Queryable, limit: number): Promise<SessionRow[]> {
  return db.query<SessionRow>(
    'select * from sessions where cancelled_here and handed_over_at is null order by id desc limit $1',
    [limit],
  );
}

/** Reserves ids up to this one, which belong to sessions of another database. */
export async function skipIdsUpTo(db: Queryable, id: number): Promise<void> {
  await db.query(`select setval('sessions_id_seq', greatest($1, (select last_value from sessions_id_seq)))`, [
    id,
  ]);
}

/** The grid of a session or of a scan request. */
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
