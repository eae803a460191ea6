import type { Clock } from '#shared/runtime/clock';
import { sleep } from '#shared/runtime/waiting';

/**
 * Maximum time between the check and the arrival of the reads; the last samples take about 15 ms.
 */
const MAX_EARLY_MS = 50;

export interface CheckedReads<T> {
  reads: Promise<T>;
  /**
   * When the last sample is expected, monotonic milliseconds; undefined: check only after the
   * reads.
   */
  endMs: number | undefined;
  /** Reads the position; rejects when it differs from the previous one. */
  check: () => Promise<unknown>;
  clock: Pick<Clock, 'monotonicMs'>;
  signal: AbortSignal;
}

/**
 * Returns the reads once a position check at their end has succeeded. The check runs while the last
 * samples arrive, so it takes no extra time; it is repeated when the reads arrive late.
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
  // If both fail, the error of the reads is reported.
  checking.catch(() => undefined);
  const all = await reads.finally(() => arrived.abort());
  const arrivedMs = clock.monotonicMs();
  await checking;
  if (arrivedMs - checkedMs > MAX_EARLY_MS) await check();
  return all;
}
