import type { RotorNotesMessage, RotorScanMessage } from '#contract/rotor-state-messages';
import { progressPct } from '#contract/mqtt-messages';
import { hasEnded } from '#contract/session-status';
import { roundedTo } from '../domain/rounding.ts';
import type { RotorScanRow } from '../store/home-assistant/rotor-scans.ts';

/** The scan of a rotor with its last point. */
type Scan = Omit<RotorScanRow, 'rotor_id' | 'fault'> & { fault: { observation: string } | null };

/** The unit of the last point, else the one that the rotor is set to. */
export function unitOf(
  rotor: { dbm_offset_db: number | null },
  scan: Pick<Scan, 'is_calibrated'> | undefined,
): RotorScanMessage['unit'] {
  return (scan?.is_calibrated ?? rotor.dbm_offset_db !== null) ? 'dBm' : 'dBFS';
}

export function scanMessage(
  rotor: { id: number; dbm_offset_db: number | null },
  scan: Scan | undefined,
): RotorScanMessage {
  const time = (at: Date | null | undefined) => at?.toISOString() ?? null;
  const isRunning = scan?.status === 'running';
  return {
    rotor_id: rotor.id,
    session_id: scan?.session_id ?? null,
    status: scan?.status ?? 'idle',
    progress_pct: scan ? progressPct(scan.completed_points, scan.total_points) : null,
    completed: scan?.completed_points ?? 0,
    total: scan?.total_points ?? 0,
    started_at: time(scan?.started_at),
    finished_at: time(scan?.finished_at),
    eta: isRunning ? time(scan.eta) : null,
    suspended: scan?.status === 'paused' && scan.resumes_itself === true,
    problem: faultOf(scan) !== null,
    level: scan && scan.mean_dbm !== null ? roundedTo(scan.mean_dbm, 1) : null,
    unit: unitOf(rotor, scan),
    measured_at: time(scan?.measured_at),
  };
}

export function notesMessage(scan: Scan | undefined): RotorNotesMessage {
  return {
    session_id: scan?.session_id ?? null,
    notes: scan?.notes ?? null,
    fault: faultOf(scan),
  };
}

/** An ended session has no fault. */
function faultOf(scan: Scan | undefined): string | null {
  return scan && !hasEnded(scan.status) ? (scan.fault?.observation ?? null) : null;
}

const STEPS = 20;

/**
 * Which map of a scan is due, as a text that changes whenever another one is: at every 5 % and at
 * the end. Undefined: there is none yet.
 */
export function mapStep(
  scan: Pick<Scan, 'session_id' | 'status' | 'completed_points' | 'total_points'>,
): string | undefined {
  const { session_id, status, completed_points, total_points } = scan;
  if (completed_points === 0) return undefined;
  const isComplete = hasEnded(status) || completed_points >= total_points;
  const step = isComplete ? STEPS : Math.floor((completed_points * STEPS) / total_points);
  // The map of an ended scan differs from that of its last step only by points.
  return step === 0 ? undefined : `${session_id}:${isComplete ? completed_points : `step ${step}`}`;
}
