import type { SessionStatus } from '#contract/session-status';
import type { StoredFault } from '../domain/stored-fault.ts';
import type { Queryable } from './queryable.ts';
import type { SessionRow } from './sessions.ts';

/** A session's state as reported by the orchestrator. */
export interface StatusReport {
  status: SessionStatus;
  revision: number;
  /** Points measured before this state; it applies only after they are stored. */
  completed: number;
  /** Of the grid and its refinement; undefined: not reported. */
  total?: number | undefined;
  notes: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  eta: Date | null;
  fault?: StoredFault | null | undefined;
  rotorRests?: boolean | null | undefined;
  resumesItself?: boolean | null | undefined;
  elapsed?: Elapsed | null | undefined;
}

/** Time since the start, and when it was reported by the clock of this gateway. */
export interface Elapsed {
  s: number;
  at: Date;
}

const ASSIGNMENTS = `status = $2, revision = $3, notes = $4, started_at = coalesce($5, started_at), finished_at = $6, eta = $7, fault = $9, rotor_rests = $10, resumes_itself = $11,
       elapsed_s = coalesce($12, elapsed_s), elapsed_at = coalesce($13, elapsed_at),
       handed_over_at = coalesce(handed_over_at, now())`;

// An ended session never changes again.
const OPEN = `status in ('pending', 'running', 'paused')`;

/**
 * Stores a newer state; undefined if it is not newer, if the session has ended, or if points before
 * it are missing.
 */
export function applyStatus(
  db: Queryable,
  id: number,
  report: StatusReport,
): Promise<SessionRow | undefined> {
  return store(db, id, report, 'revision < $3');
}

/**
 * Stores the orchestrator's state over a newer one that its journal has lost; undefined as above.
 */
export function correctStatus(
  db: Queryable,
  id: number,
  report: StatusReport,
): Promise<SessionRow | undefined> {
  return store(db, id, report, 'true');
}

async function store(
  db: Queryable,
  id: number,
  report: StatusReport,
  condition: string,
): Promise<SessionRow | undefined> {
  const [row] = await db.query<SessionRow>(
    `update sessions set ${ASSIGNMENTS}
     where id = $1 and ${condition} and completed_points >= $8 and ${OPEN}
       and ($2 <> 'completed' or completed_points = total_points or frame is not null)
     returning *`,
    values(id, report),
  );
  return row;
}

function values(id: number, report: StatusReport): unknown[] {
  const { status, revision, notes, startedAt, finishedAt, eta, completed } = report;
  const { fault, rotorRests, resumesItself, elapsed } = report;
  const extras = [
    fault ? JSON.stringify(fault) : null,
    rotorRests ?? null,
    resumesItself ?? null,
    elapsed?.s ?? null,
    elapsed?.at ?? null,
  ];
  return [id, status, revision, notes, startedAt, finishedAt, eta, completed, ...extras];
}
