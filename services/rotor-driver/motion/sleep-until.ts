import { sleep } from '#shared/runtime/waiting';

// Timers are coarse: the last part is spent in turns of the event loop.
const SPIN_MS = 1.5;

/** Waits until a monotonic time, milliseconds; rejects with the reason of the signal. */
export async function sleepUntil(dueMs: number, signal: AbortSignal): Promise<void> {
  const remainingMs = dueMs - performance.now();
  if (remainingMs > SPIN_MS) await sleep(remainingMs - SPIN_MS, signal);
  while (performance.now() < dueMs) {
    await new Promise(setImmediate);
    signal.throwIfAborted();
  }
}
