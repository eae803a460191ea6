import { setTimeout as delay } from 'node:timers/promises';

const FIRST_PAUSE_MS = 10;
// Polling also costs the polled process, so the interval grows up to this.
const LAST_PAUSE_MS = 50;

/**
 * Polls `ask` until it returns something other than undefined, null and false, and returns that. An
 * exception counts as "not yet". Throws after `timeoutMs` with `what` and the last exception.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  timeoutMs = 60_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.2, LAST_PAUSE_MS)) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== null && answer !== false)
        return answer as NonNullable<Exclude<T, false>>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline)
      throw new Error(`timed out after ${timeoutMs} ms waiting for: ${what}`, { cause: lastError });
    await delay(pauseMs);
  }
}
