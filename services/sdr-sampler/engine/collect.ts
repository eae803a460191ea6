import type { Clock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import { countedOf } from '#shared/base/plurals';
import { countDropped, type ReadLevels, type ReadSplitter } from '../domain/reads.ts';
import type { Gap } from '../domain/sample-clock.ts';
import type { Receiver, SampleBlock } from './receiver.ts';

/** A read and the time of its first sample, monotonic milliseconds. */
export interface TimedRead extends ReadLevels {
  startedMs: number;
}

export interface Collection {
  reads: number;
  splitter: ReadSplitter;
  sampleRateHz: number;
  /** Samples taken before this monotonic time are discarded. */
  notBeforeMs: number;
  /** Throws `unavailable` if the last sample has not arrived by then. */
  withinMs: number;
}

// Samples late at the end of a dwell either catch up or are missing; the sample clock usually
// decides within 300 ms.
const DOUBT_MS = 400;

/**
 * Takes consecutive reads. If the receiver is lost meanwhile, starts again once it has reconnected.
 */
export function collectReads(
  receiver: Receiver,
  collection: Collection,
  clock: Clock,
  signal: AbortSignal,
): Promise<TimedRead[]> {
  const { splitter } = collection;
  const done: TimedRead[] = [];
  let completeMs = 0;
  let started = false;
  let lost: SkyScanError | undefined;

  return new Promise((resolve, reject) => {
    const stopListening = receiver.listen({ onSamples, onGap, onLost });
    const deadline = setTimeout(
      () => finish(() => (done.length < collection.reads ? reject(tooLate()) : resolve(done))),
      collection.withinMs,
    );
    const onAbort = () => finish(() => reject(signal.reason as Error));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();

    function onSamples(block: SampleBlock): void {
      if (done.length < collection.reads) {
        take(block);
        if (done.length < collection.reads) return;
        completeMs = clock.monotonicMs();
      }
      if (!receiver.late || clock.monotonicMs() - completeMs > DOUBT_MS) finish(() => resolve(done));
    }

    function take(block: SampleBlock): void {
      const msPerSample = 1000 / collection.sampleRateHz;
      const skip = started ? 0 : samplesToSkip(block, msPerSample);
      if (2 * skip >= block.iq.length) return;
      started = true;
      for (const read of splitter.push(block.iq.subarray(2 * skip), block.firstIndex + skip))
        if (done.length < collection.reads)
          done.push({
            ...read,
            startedMs: block.firstMs + (read.firstIndex - block.firstIndex) * msPerSample,
          });
    }

    function onGap(gap: Gap): void {
      countDropped(done, gap);
    }

    function onLost(error: SkyScanError): void {
      lost = error;
      started = false;
      done.length = 0;
      splitter.reset();
    }

    function finish(settle: () => void): void {
      stopListening();
      clearTimeout(deadline);
      signal.removeEventListener('abort', onAbort);
      settle();
    }
  });

  function samplesToSkip({ firstMs }: SampleBlock, msPerSample: number): number {
    const notBeforeMs = Math.max(collection.notBeforeMs, receiver.settledMs);
    return Math.max(0, Math.ceil((notBeforeMs - firstMs) / msPerSample));
  }

  function tooLate(): SkyScanError {
    const progress = `${countedOf(done.length, collection.reads, 'read')} arrived within ${Math.round(collection.withinMs)} ms`;
    return new SkyScanError('unavailable', lost ? `${lost.message}; ${progress}` : `receiver: ${progress}`);
  }
}
