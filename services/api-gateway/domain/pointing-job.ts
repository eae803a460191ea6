import type { SessionStatus } from '#contract/session-status';

/** The state of a calibration that its next step depends on. */
export interface JobState {
  kind: 'raster' | 'cross';
  /** Scans of the current measurement that were started. */
  sessionIds: readonly number[];
  /** When the current measurement is due. */
  nextMs: number;
}

/** A scan of the current measurement. */
export interface JobSession {
  id: number;
  status: SessionStatus;
  notes: string | null;
  createdMs: number;
}

export type JobStep =
  | { kind: 'wait' }
  /** Starts the scan with this index. */
  | { kind: 'start'; part: number }
  /** All scans are complete. */
  | { kind: 'observe' }
  /** The measurement has failed; `cancel`: the scan that has not ended. */
  | { kind: 'fail'; reason: string; cancel?: number }
  /** A person has cancelled a scan of the calibration. */
  | { kind: 'cancelled'; reason: string };

/** A measurement that cannot begin for so long, or a scan that takes so long, has failed. */
const MAX_WAIT_MS = 30 * 60_000;
const MAX_SCAN_MS = 60 * 60_000;

/** The next step of a calibration. `sessions`: the scans of `sessionIds` that exist. */
export function nextStep(job: JobState, sessions: readonly JobSession[], nowMs: number): JobStep {
  if (sessions.length < job.sessionIds.length)
    return { kind: 'fail', reason: 'a scan of the measurement was deleted' };
  const last = sessions.at(-1);
  if (!last || (last.status === 'completed' && sessions.length < partsOf(job))) {
    if (nowMs < job.nextMs) return { kind: 'wait' };
    const dueMs = last ? last.createdMs + MAX_SCAN_MS : job.nextMs;
    if (nowMs - dueMs > MAX_WAIT_MS)
      return { kind: 'fail', reason: 'the measurement could not begin within 30 min' };
    return { kind: 'start', part: sessions.length };
  }
  switch (last.status) {
    case 'completed':
      return { kind: 'observe' };
    case 'cancelled':
      return { kind: 'cancelled', reason: `scan ${last.id} was cancelled` };
    case 'paused':
      return {
        kind: 'fail',
        cancel: last.id,
        reason: `scan ${last.id} paused${last.notes ? `: ${last.notes}` : ''}`,
      };
    case 'pending':
    case 'running':
      return nowMs - last.createdMs > MAX_SCAN_MS
        ? { kind: 'fail', cancel: last.id, reason: `scan ${last.id} has not ended within 60 min` }
        : { kind: 'wait' };
  }
}

function partsOf({ kind }: JobState): number {
  return kind === 'cross' ? 2 : 1;
}
