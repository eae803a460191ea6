import type { Clock } from '#shared/runtime/clock';

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
}

/**
 * Returns the reads once a position check at their end has succeeded. The check runs while the last
 * samples arrive, so it takes no extra time; it is repeated when the reads arrive late.
 */
export async function checkedReads<T>({ reads, endMs, check, clock }: CheckedReads<T>): Promise<T> {
  let checkedMs = -Infinity;
  let checking: Promise<void> | undefined;
  async function checkNow(): Promise<void> {
    const askedMs = clock.monotonicMs();
    await check();
    checkedMs = askedMs;
  }
  function checkAtEnd(): void {
    checking = checkNow();
    // If both fail, the error of the reads is reported.
    checking.catch(() => undefined);
  }
  // A timer without a signal: each aborted signal costs an exception with its stack.
  const untilEnd = (ms: number) => setTimeout(checkAtEnd, Math.max(0, ms - clock.monotonicMs()));
  const timer = endMs === undefined ? undefined : untilEnd(endMs);
  const all = await reads.finally(() => clearTimeout(timer));
  const arrivedMs = clock.monotonicMs();
  await checking;
  if (arrivedMs - checkedMs > MAX_EARLY_MS) await check();
  return all;
}
