import { randomUUID } from 'node:crypto';
import { errorKind, isTemporary, SkyScanError } from '#shared/base/errors';
import { createRepeatedWork, type RepeatedWork } from '#shared/runtime/repeated-work';
import { nextStep } from '../domain/pointing-job.ts';
import { messageWithReason } from '../clients/peer-errors.ts';
import { actOnScan } from '../scans/act-on-scan.ts';
import { startScan } from '../scans/start-scan.ts';
import {
  addSession,
  cancelJob,
  claimJobs,
  endMeasurement,
  releaseJobs,
  setProblem,
  type JobRow,
} from '../store/pointing/jobs.ts';
import { insertObservation } from '../store/pointing/observations.ts';
import type { Queryable } from '../store/queryable.ts';
import { findRotor, lockRotor, type RotorRow } from '../store/rotors.ts';
import { hasSessions, listByIds, type SessionRow } from '../store/sessions.ts';
import { planMeasurement } from './measurement.ts';
import { observe } from './observe.ts';
import { modelChanged, type PointingParts } from './parts.ts';
import { refit } from './refit.ts';
import { targetOf } from './target.ts';

const INTERVAL_MS = 1_000;

const WAITING_TO_FIT = 'waiting for the end of a scan: the model in force changes with the next fit';

/**
 * Works on the pointing calibrations in the background. Their whole state is in the database, so
 * any gateway continues where another one has ended.
 */
export function createPointingJobs(parts: PointingParts): RepeatedWork {
  const { db, logger } = parts;
  const claim = randomUUID();
  const repeated = createRepeatedWork({
    intervalMs: INTERVAL_MS,
    logger,
    failure: 'cannot work on pointing calibrations',
    async work(signal) {
      const jobs = await claimJobs(db, claim);
      await Promise.all(jobs.map((job) => workOn(job, signal)));
    },
  });

  /** One step of a calibration. A temporary problem is shown, and the step is repeated. */
  async function workOn(job: JobRow, signal: AbortSignal): Promise<void> {
    try {
      await stepOf(job, signal);
    } catch (error) {
      if (signal.aborted) return;
      const reason = messageWithReason(error);
      if (isTemporary(error)) await setProblem(db, job.rotor_id, claim, reason);
      else {
        if (errorKind(error) === 'internal') logger.error({ err: error }, 'unexpected error');
        await endMeasurement(db, job, claim, reason);
      }
    }
  }

  async function stepOf(job: JobRow, signal: AbortSignal): Promise<void> {
    const found = await listByIds(db, job.session_ids);
    const sessions = job.session_ids.flatMap((id) => found.find((session) => session.id === id) ?? []);
    const step = nextStep(
      { kind: job.request.kind, sessionIds: job.session_ids, nextMs: job.next_at.getTime() },
      sessions.map(({ id, status, notes, created_at }) => ({
        id,
        status,
        notes,
        createdMs: created_at.getTime(),
      })),
      Date.now(),
    );
    switch (step.kind) {
      case 'wait':
        return;
      case 'start':
        return startPart(job, step.part);
      case 'observe':
        return observeAndFit(job, sessions, signal);
      case 'cancelled':
        await cancelJob(db, job.rotor_id, step.reason);
        return;
      case 'fail':
        if (step.cancel !== undefined) await cancelScan(step.cancel);
        await endMeasurement(db, job, claim, step.reason);
    }
  }

  async function startPart(job: JobRow, part: number): Promise<void> {
    const rotor = await findRotor(db, job.rotor_id);
    if (!rotor) return;
    if (await hasSessions(db, rotor.id, ['pending', 'running', 'paused']))
      return setProblem(db, rotor.id, claim, 'waiting: a scan is active');
    const { repeats } = job.request;
    const number = job.done + job.failed + 1;
    const { scans } = await planMeasurement(
      parts,
      rotor,
      job.request,
      repeats > 1 ? `, measurement ${number} of ${repeats}` : '',
    );
    const scan = scans[part];
    if (!scan) throw new SkyScanError('internal', `measurement has no scan ${part}`);
    await startScan(parts, scan, async (tx, session) => {
      if (!(await addSession(tx, rotor.id, claim, session.id)))
        throw new SkyScanError('cancelled', 'the calibration was cancelled');
    });
  }

  async function observeAndFit(job: JobRow, sessions: SessionRow[], signal: AbortSignal): Promise<void> {
    const [first] = sessions;
    if (!first) return;
    if (await mustWaitToFit(db, await findRotor(db, job.rotor_id)))
      return setProblem(db, job.rotor_id, claim, WAITING_TO_FIT);
    const beamWidthDeg = first.rotor.beam_width_deg ?? 0;
    const target = await targetOf(parts, job.request.target, first.site_id, beamWidthDeg);
    const observation = await observe(db, parts.analyst, target, sessions, signal);
    await db.transaction(async (tx) => {
      const rotor = await lockRotor(tx, job.rotor_id);
      if (await mustWaitToFit(tx, rotor)) throw new SkyScanError('unavailable', WAITING_TO_FIT);
      if (!rotor || !(await endMeasurement(tx, job, claim))) return;
      await insertObservation(tx, rotor.id, observation);
      await refit(tx, parts.analyst, rotor, signal);
    });
    await modelChanged(parts, job.rotor_id);
  }

  async function cancelScan(id: number): Promise<void> {
    await actOnScan(parts, 'cancel', id).catch((error: unknown) => {
      if (errorKind(error) !== 'wrong_state' && errorKind(error) !== 'not_found') throw error;
    });
  }

  return {
    ...repeated,
    async close() {
      await repeated.close();
      await releaseJobs(db, claim).catch(() => undefined);
    },
  };
}

/** The model in force does not change during a scan. */
async function mustWaitToFit(db: Queryable, rotor: RotorRow | undefined): Promise<boolean> {
  return !!rotor?.pointing_model && hasSessions(db, rotor.id, ['pending', 'running', 'paused']);
}
