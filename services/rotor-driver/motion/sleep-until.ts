import { sleep } from '#shared/runtime/waiting';

// Timers are coarse: the last of it is waited for in turns of the event loop.
const TURNS_MS = 1.5;

/** Waits until a monotonic moment, milliseconds, or rejects with the signal's reason. */
export async function sleepUntil(dueMs: number, signal: AbortSignal): Promise<void> {
  const restMs = dueMs - performance.now();
  if (restMs > TURNS_MS) await sleep(restMs - TURNS_MS, signal);
  while (performance.now() < dueMs) {
    await new Promise(setImmediate);
    signal.throwIfAborted();
  }
}
