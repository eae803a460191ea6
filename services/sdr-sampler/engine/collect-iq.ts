import type { Clock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import { SAMPLE_BYTES } from '#shared/rotor/iq-recording';
import type { Gap } from '../domain/sample-clock.ts';
import { collect, samplesBefore, type Collector, type Period } from './collect.ts';
import type { Receiver } from './receiver.ts';

/** Consecutive samples. */
export interface CollectedIq {
  /** Pairs of unsigned bytes. */
  iq: Uint8Array;
  /** When the first sample was taken, monotonic milliseconds. */
  startedMs: number;
  /** Samples missing inside; may also be samples that arrived late (`Receiver.gapsAreLosses`). */
  droppedSamples: number;
}

/**
 * Takes consecutive samples, as `collect`. Throws `unavailable` if it cannot tell whether some are
 * missing.
 */
export async function collectIq(
  receiver: Receiver,
  samples: number,
  period: Period,
  clock: Clock,
  signal: AbortSignal,
): Promise<CollectedIq> {
  const collector = createIqCollector(samples, period.sampleRateHz);
  await collect(receiver, collector, period, clock, signal);
  if (receiver.late)
    throw new SkyScanError(
      'unavailable',
      'the last samples of the recording are late, so that some may be missing: the network or a computer is too slow',
    );
  return collector.result();
}

interface IqCollector extends Collector {
  result(): CollectedIq;
}

function createIqCollector(samples: number, sampleRateHz: number): IqCollector {
  const iq = new Uint8Array(SAMPLE_BYTES * samples);
  let bytes = 0;
  let endIndex = 0;
  let startedMs = 0;
  let gaps: Gap[] = [];

  return {
    get isComplete() {
      return bytes === iq.length;
    },
    get arrived() {
      return `${bytes / SAMPLE_BYTES} of ${samples} samples`;
    },
    add(block, notBeforeMs) {
      const skip = bytes > 0 ? 0 : samplesBefore(block, notBeforeMs, sampleRateHz);
      if (SAMPLE_BYTES * skip >= block.iq.length) return;
      if (bytes === 0) startedMs = block.firstMs + (skip * 1000) / sampleRateHz;
      const piece = block.iq.subarray(SAMPLE_BYTES * skip, SAMPLE_BYTES * skip + iq.length - bytes);
      iq.set(piece, bytes);
      bytes += piece.length;
      endIndex = block.firstIndex + skip + piece.length / SAMPLE_BYTES;
    },
    dropped: (gap) => void gaps.push(gap),
    restart() {
      bytes = 0;
      gaps = [];
    },
    result() {
      // A gap that began before the recording may have grown inside it.
      const inside = gaps.filter(({ index }) => index < endIndex);
      return { iq, startedMs, droppedSamples: inside.reduce((sum, gap) => sum + gap.samples, 0) };
    },
  };
}
