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

/** Which samples to take. */
export interface Period {
  sampleRateHz: number;
  /** Samples taken before this monotonic time are discarded. */
  notBeforeMs: number;
  /** Throws `unavailable` if the last sample has not arrived by then. */
  withinMs: number;
}

export interface Collection extends Period {
  reads: number;
  splitter: ReadSplitter;
}

/** Takes consecutive samples until it has enough. */
export interface Collector {
  readonly isComplete: boolean;
  /** What has arrived, for messages: `3 of 10 reads`. */
  readonly arrived: string;
  /** Adds the samples that were taken after `notBeforeMs`. */
  add(block: SampleBlock, notBeforeMs: number): void;
  /** Samples are missing. */
  dropped(gap: Gap): void;
  restart(): void;
}

// Samples late at the end of a dwell either catch up or are missing; the sample clock usually
// decides within 300 ms.
const DOUBT_MS = 400;

/** Takes consecutive reads, as `collect`. */
export async function collectReads(
  receiver: Receiver,
  collection: Collection,
  clock: Clock,
  signal: AbortSignal,
): Promise<TimedRead[]> {
  const collector = createReadCollector(collection);
  await collect(receiver, collector, collection, clock, signal);
  return [...collector.done];
}

/**
 * Feeds a collector until it is complete. If the receiver is lost meanwhile, starts again once it
 * has reconnected.
 */
export function collect(
  receiver: Receiver,
  collector: Collector,
  { notBeforeMs, withinMs }: Period,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let completeMs: number | undefined;
  let lost: SkyScanError | undefined;

  return new Promise((resolve, reject) => {
    const stopListening = receiver.listen({
      onSamples(block) {
        if (!collector.isComplete) collector.add(block, Math.max(notBeforeMs, receiver.settledMs));
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
    const deadline = setTimeout(finish, withinMs);
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
      if (collector.isComplete) resolve();
      else reject(tooLate());
    }
  });

  function tooLate(): SkyScanError {
    const progress = `${collector.arrived} arrived within ${Math.round(withinMs)} ms`;
    return new SkyScanError('unavailable', lost ? `${lost.message}; ${progress}` : `receiver: ${progress}`);
  }
}

/** Samples at the start of a block that were taken before `notBeforeMs`. */
export function samplesBefore({ firstMs }: SampleBlock, notBeforeMs: number, sampleRateHz: number): number {
  return Math.max(0, Math.ceil(((notBeforeMs - firstMs) * sampleRateHz) / 1000));
}

/** The reads of one collection. */
interface ReadCollector extends Collector {
  /** At most `collection.reads`. */
  readonly done: readonly TimedRead[];
}

function createReadCollector({ reads, splitter, sampleRateHz }: Collection): ReadCollector {
  const msPerSample = 1000 / sampleRateHz;
  const done: TimedRead[] = [];
  let isStarted = false;

  return {
    done,
    get isComplete() {
      return done.length >= reads;
    },
    get arrived() {
      return countedOf(done.length, reads, 'read');
    },
    add(block, notBeforeMs) {
      const skip = isStarted ? 0 : samplesBefore(block, notBeforeMs, sampleRateHz);
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
