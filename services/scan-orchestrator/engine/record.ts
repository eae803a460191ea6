import { SkyScanError, errorDetails, errorKind, errorMessage } from '#shared/base/errors';
import { samplesToRecord } from '#shared/rotor/iq-recording';
import { DEFAULT_RECEIVER, type ReceiverSettings, type RotorConfig } from '#shared/rotor/rotor-config';
import type { Pointing } from '#shared/sky/pointing';
import type { IqRecording, IqRecorder, Receiver, Rotors } from './ports.ts';

export interface RecordJob {
  rotor: RotorConfig;
  durationMs: number;
  /** The rotor moves there first; undefined: it stays where it is. */
  target: Pointing | undefined;
}

/** A recording and where the rotor pointed, before its first sample and after its last one. */
export interface PointedRecording extends IqRecording {
  readback: Pointing;
}

export interface RecordParts {
  rotors: Pick<Rotors, 'acquireLease'>;
  receivers: Pick<Receiver, 'describe'> & IqRecorder;
  /** The running session that uses a receiver. */
  sessionUsing: (receiver: string) => number | undefined;
  /** The suspend conditions that hold; undefined while none does. */
  suspended: () => string | undefined;
}

const HOLDER = { name: 'a recording' };
/** Any receiver supports it; the read time does not apply to recordings. */
const CHECKED_READ_MS = 1_000;

/**
 * Records samples under a lease of the rotor, which ends with the last sample. Throws
 * `unsupported`, `busy` and `out_of_range` before anything moves, `hardware_fault` if the rotor has
 * moved meanwhile.
 */
export async function record(
  { rotors, receivers, sessionUsing, suspended }: RecordParts,
  { rotor, durationMs, target }: RecordJob,
  signal: AbortSignal,
): Promise<PointedRecording> {
  requireSamples(rotor);
  const { receiver } = rotor;
  const name = receiver.name ?? DEFAULT_RECEIVER;
  const user = sessionUsing(name);
  if (user !== undefined)
    throw new SkyScanError('busy', `receiver ${name} is in use by session ${user}`, {
      details: { sessionId: user },
    });
  await checkReceiver(receivers, { ...receiver, name }, durationMs, signal);
  const lease = await acting(() => rotors.acquireLease(rotor, HOLDER, signal));
  const ending = new AbortController();
  lease.onLost((error) => ending.abort(error));
  try {
    const either = AbortSignal.any([signal, ending.signal]);
    // rotor-driver checks the conditions at the start, and during moves of other holders.
    const stopIfSuspended = () => {
      const reason = suspended();
      if (reason !== undefined)
        ending.abort(new SkyScanError('busy', `the move to the recording was stopped: ${reason}`));
    };
    if (target) await acting(() => lease.slew(target, either, stopIfSuspended));
    const recording = await receivers.record(receiver, durationMs, either);
    return { ...recording, readback: await acting(() => lease.readPosition(signal)) };
  } catch (error) {
    const ended = ending.signal.aborted ? (ending.signal.reason as Error) : undefined;
    // Ends the transfer.
    ending.abort();
    if (signal.aborted || !ended) throw error;
    if (ended !== lease.lost) throw ended;
    const reason = errorMessage(ended);
    throw new SkyScanError(errorKind(ended), `the rotor was lost during the recording: ${reason}`, {
      cause: ended,
    });
  } finally {
    await lease.release();
  }
}

function requireSamples({ rssiSource, name }: RotorConfig): void {
  if (rssiSource === 'sdr') return;
  const reason =
    rssiSource === 'none'
      ? 'has no receiver (rssi_source none)'
      : 'measures with the receiver behind rotctld (rssi_source rotctld), which delivers levels only, no samples';
  throw new SkyScanError('unsupported', `rotor ${name} ${reason}`);
}

async function checkReceiver(
  receivers: Pick<Receiver, 'describe'>,
  settings: ReceiverSettings & { name: string },
  durationMs: number,
  signal: AbortSignal,
): Promise<void> {
  const facts = await receivers.describe({ ...settings, readMs: CHECKED_READ_MS }, signal);
  if (!facts.recordsIq)
    throw new SkyScanError(
      'unsupported',
      `receiver ${settings.name} delivers levels only (rtl_power), no samples: use a receiver of the kind rtl_tcp`,
    );
  samplesToRecord(durationMs, facts.sampleRateHz);
}

/**
 * A failed action of the rotor as its caller needs it: a scan waits for the Sun, the wind or the
 * link, a recording does not.
 */
async function acting<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const kind = errorKind(error);
    if (kind !== 'unavailable' && kind !== 'timeout') throw error;
    const isBlocked = kind === 'unavailable' && errorDetails(error).peer === undefined;
    throw isBlocked
      ? new SkyScanError('busy', errorMessage(error), { cause: error })
      : new SkyScanError(kind, errorMessage(error), { cause: error, details: { peer: 'rotctld' } });
  }
}
