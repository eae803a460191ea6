import { errorKind, isTemporary, SkyScanError } from '#shared/base/errors';
import { messageWithReason } from '../clients/peer-errors.ts';
import { isQuiet } from '../domain/schedules/quiet-hours.ts';
import { QUIET_HOURS } from '../domain/schedules/skip-reasons.ts';
import { startScan } from '../scans/start-scan.ts';
import { claimWaitingRuns, endRun, keepWaiting, type RunRow } from '../store/schedules/runs.ts';
import { findSchedule } from '../store/schedules/schedules.ts';
import type { Queryable } from '../store/queryable.ts';
import { hasSessions } from '../store/sessions.ts';
import type { ScheduleParts } from './parts.ts';

/** Longer than a start takes. A claim only avoids work: a run is linked to one session at most. */
const CLAIM_MS = 60_000;
const RETRY_MS = 5_000;

/** Starts the scans of runs that are due. */
export async function startWaitingRuns(parts: ScheduleParts): Promise<void> {
  const nowMs = parts.nowMs();
  const runs = await claimWaitingRuns(parts.db, new Date(nowMs), new Date(nowMs + CLAIM_MS));
  // One after the other: two runs of a rotor must not both find it free.
  for (const run of runs) await startRun(parts, run);
}

async function startRun(parts: ScheduleParts, run: RunRow): Promise<void> {
  const { db, logger } = parts;
  const now = () => new Date(parts.nowMs());
  const schedule = await findSchedule(db, run.schedule_id);
  if (!schedule) return;
  const { name, scan, overlap, quiet_hours, time_zone } = schedule.request;
  const refuseIfBusy = async (tx: Queryable, exceptId?: number) => {
    if (await hasSessions(tx, schedule.rotor_id, ['pending', 'running', 'paused'], exceptId))
      throw new SkyScanError('busy', 'the rotor has a scan');
  };
  try {
    if (quiet_hours && !run.is_manual && isQuiet(quiet_hours, parts.nowMs(), time_zone))
      throw new SkyScanError('wrong_state', `${QUIET_HOURS} until ${quiet_hours.to}`);
    await refuseIfBusy(db);
    const session = await startScan(parts, { ...scan, notes: scan.notes ?? name }, async (tx, { id }) => {
      await refuseIfBusy(tx, id);
      if (!(await endRun(tx, run.id, { status: 'started', at: now(), sessionId: id })))
        throw new SkyScanError('cancelled', 'the run was given up');
    });
    logger.info({ schedule: schedule.id, session: session.id }, 'a scheduled scan has been started');
  } catch (error) {
    const kind = errorKind(error);
    const problem = messageWithReason(error);
    const mayWait = kind === 'busy' && (run.is_manual || overlap === 'queue');
    if (mayWait || isTemporary(error))
      return keepWaiting(db, run.id, problem, new Date(parts.nowMs() + RETRY_MS));
    if (kind === 'internal') logger.error({ err: error }, 'unexpected error');
    const status = ['busy', 'wrong_state'].includes(kind) ? 'skipped' : 'failed';
    if (await endRun(db, run.id, { status, at: now(), problem }))
      logger.warn({ schedule: schedule.id, problem }, `a scheduled scan was ${status}`);
  }
}
