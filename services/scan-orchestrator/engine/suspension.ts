import { errorMessage } from '#shared/base/errors';
import { sleep } from '#shared/runtime/waiting';
import { resumesItself } from '../domain/session-state.ts';
import type { RunnerParts } from './ports.ts';
import { referenceSetpoint, type ScanProgress } from './scan-progress.ts';
import type { SessionRecord } from './session-record.ts';

const POLL_MS = 1_000;
const REPLY_TIMEOUT_MS = 5_000;

/**
 * Why the rotor may not make its next move: to the reference, if it is due, and to the next cell or
 * row.
 */
export function reasonAgainst(
  progress: ScanProgress,
  { rotor, state: { activity } }: Pick<SessionRecord, 'rotor' | 'state'>,
  { conditions, clock }: Pick<RunnerParts, 'conditions' | 'clock'>,
): string | undefined {
  const unit = 'unit' in activity ? activity.unit : progress.itinerary.next();
  const reference = unit && referenceSetpoint(progress, unit, clock.monotonicMs());
  for (const next of unit ? progress.itinerary.setpointsOf(unit) : []) {
    const reason = conditions.reason(next, rotor);
    if (reason !== undefined) return reason;
  }
  return conditions.reason(undefined, rotor) ?? (reference && conditions.reason(reference, rotor));
}

/**
 * Waits until a suspended session may resume: all conditions have been clear for the settling time.
 */
export interface Suspension {
  /** Starts or stops watching after a change of state. */
  follow(): void;
  end(): void;
}

export function createSuspension(
  record: Readonly<SessionRecord>,
  progress: ScanProgress,
  parts: RunnerParts,
  onClear: () => void,
): Suspension {
  let watch: AbortController | undefined;

  function end(): void {
    watch?.abort();
    watch = undefined;
  }

  return {
    follow() {
      const { state } = record;
      if (state.activity.phase !== 'idle' || !resumesItself(state)) end();
      else if (!watch) {
        watch = new AbortController();
        void untilClear(record, progress, parts, watch.signal).then(onClear, () => undefined);
      }
    },
    end,
  };
}

/** Rejects only on abort. */
async function untilClear(
  record: Readonly<SessionRecord>,
  progress: ScanProgress,
  parts: RunnerParts,
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger, suspendSettleMs } = parts;
  let clearSinceMs: number | undefined;
  let lastReason: string | undefined;
  for (;;) {
    const reason = reasonAgainst(progress, record, parts) ?? (await hardwareProblem(record, parts, signal));
    signal.throwIfAborted();
    if (reason !== undefined && reason !== lastReason)
      logger.info({ session: record.sessionId }, `still suspended: ${reason}`);
    lastReason = reason;
    const nowMs = clock.monotonicMs();
    clearSinceMs = reason === undefined ? (clearSinceMs ?? nowMs) : undefined;
    if (clearSinceMs !== undefined && nowMs - clearSinceMs >= suspendSettleMs) return;
    await sleep(Math.min(POLL_MS, Math.max(1, suspendSettleMs)), signal);
  }
}

/** Why rotor, receiver or journal cannot be used yet. */
async function hardwareProblem(
  record: Readonly<SessionRecord>,
  { journal, receiver, rotors }: RunnerParts,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { rotor } = record;
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(REPLY_TIMEOUT_MS)]);
  try {
    await rotors.probe(rotor, timeout);
    // Takes one read: a silent dongle still answers `describe`.
    if (rotor.rssiSource === 'sdr') await receiver.measure(rotor.receiver, 1, timeout);
    await journal.saveSession(record);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}
