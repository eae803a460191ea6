import { setTimeout as delay } from 'node:timers/promises';

const FIRST_PAUSE_MS = 10;
// Every question costs whoever answers it as much as it costs us: ever more slowly, while that is
// no loss.
const LAST_PAUSE_MS = 50;

/**
 * Asks again and again until the answer is something other than undefined, null and false, and
 * returns that. A question that throws counts as not yet. Throws after `timeoutMs` with `what` and
 * the last thing that went wrong.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  timeoutMs = 30_000,
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
      throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`, { cause: lastError });
    await delay(pauseMs);
  }
}
