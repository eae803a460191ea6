/** Limit of the interval, which doubles with each failure. */
const MAX_INTERVAL_MS = 30_000;

export interface Repetition {
  /** Runs the work now and restarts the interval. */
  now(): void;
  stop(): void;
}

/**
 * Runs `work` immediately and then `everyMs` after each run, less often while it fails. Pauses
 * while the page is hidden; runs at once when the page is shown again or the network returns.
 */
export function repeat(work: (signal: AbortSignal) => Promise<void>, everyMs: number): Repetition {
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let working = false;
  let again = false;
  let failures = 0;

  async function run(): Promise<void> {
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
      failures++; // `work` reports its errors
    } finally {
      working = false;
    }
    if (ending.signal.aborted) return;
    if (again) {
      again = false;
      void run();
    } else if (!document.hidden) {
      timer = setTimeout(
        () => void run(),
        Math.min(everyMs * 2 ** failures, Math.max(everyMs, MAX_INTERVAL_MS)),
      );
    }
  }

  const wake = () => {
    if (!document.hidden) void run();
  };
  document.addEventListener('visibilitychange', wake, { signal: ending.signal });
  addEventListener('online', wake, { signal: ending.signal });
  void run();
  return {
    now: () => void run(),
    stop() {
      clearTimeout(timer);
      ending.abort();
    },
  };
}
