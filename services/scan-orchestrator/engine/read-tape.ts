import { SkyScanError } from '#shared/base/errors';
import { orAborted } from '#shared/runtime/waiting';
import type { TimedRead } from '../domain/sweep-reads.ts';

// Longer than a receiver that comes back by itself needs, and than any block of samples takes.
const PATIENCE_MS = 5_000;
// An hour of 10 ms reads. A row that takes longer loses its oldest ones and is short of reads
// there.
const CAPACITY = 400_000;

/** Takes down a stream of reads while something else goes on. */
export class ReadTape {
  readonly #ended = new AbortController();
  #reads: TimedRead[] = [];
  #latestMs = -Infinity;
  #wake: (() => void) | undefined;

  /** `stream` runs until its signal fires; what ends it before that fails the tape. */
  constructor(
    stream: (onRead: (read: TimedRead) => void, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ) {
    const both = AbortSignal.any([signal, this.#ended.signal]);
    stream((read) => this.#take(read), both).then(
      () => this.#ended.abort(new SkyScanError('unavailable', 'the stream of reads ended')),
      (error: unknown) => this.#ended.abort(error),
    );
  }

  /** Fires with the reason when there are no more reads. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * Resolves once a read of that time or later is in: `-Infinity` for any. Throws `unavailable`
   * when none comes.
   */
  async until(atMs: number, signal: AbortSignal): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const any = AbortSignal.any([signal, this.ended, patience]);
    try {
      while (!(this.#latestMs >= atMs) || this.#latestMs === -Infinity)
        await orAborted(new Promise<void>((resolve) => (this.#wake = resolve)), any);
    } catch (error) {
      signal.throwIfAborted();
      this.ended.throwIfAborted();
      if (!patience.aborted) throw error;
      throw new SkyScanError('unavailable', `the receiver gave no read for ${PATIENCE_MS / 1000} s`);
    }
  }

  /** What has come in since it was asked last. */
  cut(): TimedRead[] {
    const reads = this.#reads;
    this.#reads = [];
    return reads;
  }

  stop(): void {
    this.#ended.abort();
  }

  #take(read: TimedRead): void {
    if (this.#reads.length >= CAPACITY) this.#reads.splice(0, CAPACITY / 2);
    this.#reads.push(read);
    this.#latestMs = read.middleMs;
    this.#wake?.();
  }
}
