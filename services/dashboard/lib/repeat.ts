/** How a repetition goes on after a failure: twice as long each time, up to a limit. */
const MOST_MS = 30_000;

export interface Repetition {
  /** Does the work now; it is repeated from then on. */
  now(): void;
  stop(): void;
}

/**
 * Does the work at once and then again, `everyMs` after it was done; less and less often while it
 * fails. Rests while nobody looks at the page, and does it at once when somebody looks again or the
 * network is back.
 */
export function repeat(work: (signal: AbortSignal) => Promise<void>, everyMs: number): Repetition {
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let working = false;
  let again = false;
  let failures = 0;

  async function turn(): Promise<void> {
    clearTimeout(timer);
    if (working) {
      again = true;
      return;
    }
    working = true;
    try {
      await work(ending.signal);
      failures = 0;
    } catch {
      failures++; // whoever works tells; this only waits
    } finally {
      working = false;
    }
    if (ending.signal.aborted) return;
    if (again) {
      again = false;
      void turn();
    } else if (!document.hidden) {
      timer = setTimeout(() => void turn(), Math.min(everyMs * 2 ** failures, Math.max(everyMs, MOST_MS)));
    }
  }

  const wake = () => {
    if (!document.hidden) void turn();
  };
  document.addEventListener('visibilitychange', wake, { signal: ending.signal });
  addEventListener('online', wake, { signal: ending.signal });
  void turn();
  return {
    now: () => void turn(),
    stop() {
      clearTimeout(timer);
      ending.abort();
    },
  };
}
