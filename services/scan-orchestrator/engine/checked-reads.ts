import type { Clock } from '#shared/runtime/clock';
import { sleep } from '#shared/runtime/waiting';

/**
 * A check may lie this long before the reads are here: their last samples are on their way for some
 * 15 ms.
 */
const MAX_EARLY_MS = 50;

export interface CheckedReads<T> {
  reads: Promise<T>;
  /**
   * When the last sample is expected to be taken, monotonic milliseconds; undefined: the check has
   * to wait for the reads.
   */
  endMs: number | undefined;
  /** Asks for the position; rejects when it contradicts the one before. */
  check: () => Promise<unknown>;
  clock: Pick<Clock, 'monotonicMs'>;
  signal: AbortSignal;
}

/**
 * The reads, once a check at their end has agreed. It is made while their last samples are on their
 * way, so that it costs no time; reads that arrive later than expected are checked again.
 */
export async function checkedReads<T>(options: CheckedReads<T>): Promise<T> {
  const { reads, endMs, check, clock, signal } = options;
  const arrived = new AbortController();
  let checkedMs = -Infinity;
  async function checkAtEnd(): Promise<void> {
    if (endMs === undefined) return;
    const waiting = AbortSignal.any([signal, arrived.signal]);
    const inTime = await sleep(Math.max(0, endMs - clock.monotonicMs()), waiting).then(
      () => true,
      () => false,
    );
    if (!inTime) return;
    const askedMs = clock.monotonicMs();
    await check();
    checkedMs = askedMs;
  }
  const checking = checkAtEnd();
  // The reads come first: their error is the one that counts.
  checking.catch(() => undefined);
  const all = await reads.finally(() => arrived.abort());
  const arrivedMs = clock.monotonicMs();
  await checking;
  if (arrivedMs - checkedMs > MAX_EARLY_MS) await check();
  return all;
}
