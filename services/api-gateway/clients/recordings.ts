import type { RecordResponse } from '#proto/receivers';
import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import { pointingFromMessage } from '#shared/rotor/rotor-messages';
import type { Pointing } from '#shared/sky/pointing';
import type { PeerCalls } from './peer-errors.ts';

/** Consecutive samples of a receiver, without gaps, and how they were taken. */
export interface Recording {
  tuner: string;
  sampleRateHz: number;
  /** That of 0 Hz in the samples. */
  tunerFrequencyHz: number;
  /** Actual gain of the tuner. */
  gainDb: number;
  /** Time of the first sample, Unix milliseconds. */
  startedAtMs: number;
  samples: number;
  /** Where the rotor pointed during the recording. */
  readback: Pointing;
  /** Pairs of unsigned bytes in blocks, to be read once. */
  iq: AsyncIterable<Buffer>;
}

/** Reads the messages of a recording; resolves with the first one. */
export async function recordingFrom(
  messages: AsyncIterable<RecordResponse>,
  call: PeerCalls['call'],
): Promise<Recording> {
  const parts = messages[Symbol.asyncIterator]();
  const next = () => call(() => parts.next().catch(rethrowUnsupported));
  const first = await next();
  const part = first.done ? undefined : first.value.part;
  const recording = part?.$case === 'recording' ? part.value.recording : undefined;
  if (part?.$case !== 'recording' || !recording)
    throw new SkyScanError('unavailable', 'scan-orchestrator sent no description of the recording');
  return { ...recording, readback: pointingFromMessage(part.value.readback, 'readback'), iq: blocks() };

  async function* blocks(): AsyncGenerator<Buffer> {
    for (let one = await next(); !one.done; one = await next())
      if (one.value.part?.$case === 'iq') yield one.value.part.value;
  }
}

// For scans `unsupported` means no RSSI; here the receiver has no samples.
function rethrowUnsupported(error: unknown): never {
  if (errorKind(error) === 'unsupported')
    throw new SkyScanError('busy', errorMessage(error), { cause: error });
  throw error;
}
