import type { PointingCalibrationRequest, PointingJob } from '#contract/rest/pointing';
import type { Queryable } from '../queryable.ts';

/** The last calibration of a rotor. */
export interface JobRow {
  rotor_id: number;
  request: PointingCalibrationRequest;
  status: PointingJob['status'];
  done: number;
  failed: number;
  problem: string | null;
  session_ids: number[];
  next_at: Date;
  started_at: Date;
  finished_at: Date | null;
}

const COLUMNS =
  'rotor_id, request, status, done, failed, problem, session_ids, next_at, started_at, finished_at';

/** A gateway whose claim is this old has ended; longer than a step takes. */
const CLAIM = `interval '30 s'`;

export async function findJob(db: Queryable, rotorId: number): Promise<JobRow | undefined> {
  const [row] = await db.query<JobRow>(`select ${COLUMNS} from pointing_jobs where rotor_id = $1`, [rotorId]);
  return row;
}

/** Replaces the last calibration of a rotor; undefined if it is running. */
export async function insertJob(
  tx: Queryable,
  rotorId: number,
  request: PointingCalibrationRequest,
): Promise<JobRow | undefined> {
  const [row] = await tx.query<JobRow>(
    `insert into pointing_jobs as job (rotor_id, request) values ($1, $2)
     on conflict (rotor_id) do update set request = excluded.request, status = 'running', done = 0, failed = 0, problem = null,
       session_ids = '{}', next_at = now(), started_at = now(), finished_at = null, claim = null, claimed_until = null
     where job.status <> 'running' returning ${COLUMNS}`,
    [rotorId, JSON.stringify(request)],
  );
  return row;
}

/** Takes or renews the running calibrations that no other gateway works on. */
export function claimJobs(db: Queryable, claim: string): Promise<JobRow[]> {
  return db.query<JobRow>(
    `update pointing_jobs set claim = $1, claimed_until = now() + ${CLAIM}
     where status = 'running' and (claim is null or claim = $1 or claimed_until < now()) returning ${COLUMNS}`,
    [claim],
  );
}

/** Gives the calibrations back, for any gateway to take them. */
export async function releaseJobs(db: Queryable, claim: string): Promise<void> {
  await db.query('update pointing_jobs set claim = null, claimed_until = null where claim = $1', [claim]);
}

/** Adds a scan to the current measurement; false: the calibration was cancelled or taken over. */
export async function addSession(
  db: Queryable,
  rotorId: number,
  claim: string,
  sessionId: number,
): Promise<boolean> {
  const rows = await db.query(
    `update pointing_jobs set session_ids = session_ids || $3::int, problem = null
     where rotor_id = $1 and claim = $2 and status = 'running' returning rotor_id`,
    [rotorId, claim, sessionId],
  );
  return rows.length > 0;
}

/** Why the current measurement has not begun yet. */
export async function setProblem(
  db: Queryable,
  rotorId: number,
  claim: string,
  problem: string,
): Promise<void> {
  await db.query(
    `update pointing_jobs set problem = $3 where rotor_id = $1 and claim = $2 and status = 'running'`,
    [rotorId, claim, problem],
  );
}

/**
 * Ends a measurement, and after the last one the calibration. The next one is due an interval
 * after this one was. `problem`: why it has failed. Returns false if the calibration was cancelled
 * or taken over.
 */
export async function endMeasurement(
  tx: Queryable,
  { rotor_id, done, failed, request }: JobRow,
  claim: string,
  problem?: string,
): Promise<boolean> {
  const hasFailed = problem !== undefined;
  const isLast = done + failed + 1 >= request.repeats;
  const anyDone = done + (hasFailed ? 0 : 1) > 0;
  const rows = await tx.query(
    `update pointing_jobs set done = done + $3, failed = failed + $4, problem = coalesce($5, problem), session_ids = '{}',
       next_at = greatest(now(), next_at + $6 * interval '1 min'), status = $7, finished_at = case when $7 = 'running' then null else now() end
     where rotor_id = $1 and claim = $2 and status = 'running' returning rotor_id`,
    [
      rotor_id,
      claim,
      hasFailed ? 0 : 1,
      hasFailed ? 1 : 0,
      problem ?? null,
      request.interval_min,
      isLast ? (anyDone ? 'done' : 'failed') : 'running',
    ],
  );
  return rows.length > 0;
}

/** Cancels a running calibration; undefined if there is none. */
export async function cancelJob(
  db: Queryable,
  rotorId: number,
  problem: string | null,
): Promise<JobRow | undefined> {
  const [row] = await db.query<JobRow>(
    `update pointing_jobs set status = 'cancelled', problem = $2, finished_at = now(), claim = null, claimed_until = null
     where rotor_id = $1 and status = 'running' returning ${COLUMNS}`,
    [rotorId, problem],
  );
  return row;
}
