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
  const collector = createReadCollector(collection);
  let completeMs: number | undefined;
  let lost: SkyScanError | undefined;

  return new Promise((resolve, reject) => {
    const stopListening = receiver.listen({
      onSamples(block) {
        if (!collector.isComplete) collector.add(block, Math.max(collection.notBeforeMs, receiver.settledMs));
        if (!collector.isComplete) return;
        completeMs ??= clock.monotonicMs();
        if (!receiver.late || clock.monotonicMs() - completeMs > DOUBT_MS) finish();
      },
      onGap: (gap) => collector.dropped(gap),
      onLost(error) {
        lost = error;
        completeMs = undefined;
        collector.restart();
      },
    });
    const deadline = setTimeout(finish, collection.withinMs);
    const onAbort = () => {
      release();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();

    function release(): void {
      stopListening();
      clearTimeout(deadline);
      signal.removeEventListener('abort', onAbort);
    }

    function finish(): void {
      release();
      if (collector.isComplete) resolve([...collector.done]);
      else reject(tooLate());
    }
  });

  function tooLate(): SkyScanError {
    const arrived = countedOf(collector.done.length, collection.reads, 'read');
    const progress = `${arrived} arrived within ${Math.round(collection.withinMs)} ms`;
    return new SkyScanError('unavailable', lost ? `${lost.message}; ${progress}` : `receiver: ${progress}`);
  }
}

/** The reads of one collection. */
interface ReadCollector {
  /** At most `collection.reads`. */
  readonly done: readonly TimedRead[];
  readonly isComplete: boolean;
  /** Adds the samples that were taken after `notBeforeMs`. */
  add(block: SampleBlock, notBeforeMs: number): void;
  /** Counts missing samples. */
  dropped(gap: Gap): void;
  restart(): void;
}

function createReadCollector({ reads, splitter, sampleRateHz }: Collection): ReadCollector {
  const msPerSample = 1000 / sampleRateHz;
  const done: TimedRead[] = [];
  let isStarted = false;

  /** Samples at the start of a block that are discarded. */
  function samplesToSkip({ firstMs }: SampleBlock, notBeforeMs: number): number {
    return isStarted ? 0 : Math.max(0, Math.ceil((notBeforeMs - firstMs) / msPerSample));
  }

  return {
    done,
    get isComplete() {
      return done.length >= reads;
    },
    add(block, notBeforeMs) {
      const skip = samplesToSkip(block, notBeforeMs);
      if (2 * skip >= block.iq.length) return;
      isStarted = true;
      for (const read of splitter.push(block.iq.subarray(2 * skip), block.firstIndex + skip)) {
        if (done.length >= reads) return;
        const startedMs = block.firstMs + (read.firstIndex - block.firstIndex) * msPerSample;
        done.push({ ...read, startedMs });
      }
    },
    dropped: (gap) => countDropped(done, gap),
    restart() {
      isStarted = false;
      done.length = 0;
      splitter.reset();
    },
  };
}
