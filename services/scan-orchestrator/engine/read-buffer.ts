import { SkyScanError } from '#shared/base/errors';
import { orAborted } from '#shared/runtime/waiting';
import type { TimedRead } from '../domain/sweep-reads.ts';

// Longer than a reconnect of the receiver and than any block of samples.
const READ_TIMEOUT_MS = 5_000;
// One hour of 10 ms reads. A longer row loses its oldest reads.
const CAPACITY = 400_000;

/** Buffers a stream of reads in the background. */
export class ReadBuffer {
  readonly #ended = new AbortController();
  #reads: TimedRead[] = [];
  #latestMs = -Infinity;
  #wake: (() => void) | undefined;

  /** `stream` runs until its signal fires; if it ends earlier, the buffer fails with its error. */
  constructor(
    stream: (onRead: (read: TimedRead) => void, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ) {
    const both = AbortSignal.any([signal, this.#ended.signal]);
    stream((read) => this.#add(read), both).then(
      () => this.#ended.abort(new SkyScanError('unavailable', 'the stream of reads ended')),
      (error: unknown) => this.#ended.abort(error),
    );
  }

  /** Fires with the reason when the stream has ended. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * Resolves once a read at or after `atMs` has arrived; `-Infinity`: any read. Throws
   * `unavailable` when none arrives in time.
   */
  async until(atMs: number, signal: AbortSignal): Promise<void> {
    const timeout = AbortSignal.timeout(READ_TIMEOUT_MS);
    const any = AbortSignal.any([signal, this.ended, timeout]);
    try {
      while (!(this.#latestMs >= atMs) || this.#latestMs === -Infinity)
        await orAborted(new Promise<void>((resolve) => (this.#wake = resolve)), any);
    } catch (error) {
      signal.throwIfAborted();
      this.ended.throwIfAborted();
      if (!timeout.aborted) throw error;
      throw new SkyScanError('unavailable', `the receiver has sent no read for ${READ_TIMEOUT_MS / 1000} s`);
    }
  }

  /** Returns the reads since the previous call. */
  cut(): TimedRead[] {
    const reads = this.#reads;
    this.#reads = [];
    return reads;
  }

  stop(): void {
    this.#ended.abort();
  }

  #add(read: TimedRead): void {
    if (this.#reads.length >= CAPACITY) this.#reads.splice(0, CAPACITY / 2);
    this.#reads.push(read);
    this.#latestMs = read.middleMs;
    this.#wake?.();
  }
}
