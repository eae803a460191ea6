/** Time, randomness and network state; tests replace it. */
export interface Timing {
  /** Resolves after `ms`, or earlier when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** False if the browser reports that it is offline. */
  online(): boolean;
  /**
   * Calls `listener` when a connection may have broken unnoticed: the page was suspended, or the
   * network has returned. Returns a function that unsubscribes.
   */
  onWake(listener: () => void): () => void;
}

// Browsers suspend hidden pages, and phones their network. Connections survive shorter pauses.
const SUSPENDED_MS = 10_000;

export const pageTiming: Timing = {
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      if (signal.aborted) done();
      else signal.addEventListener('abort', done);
    }),
  random: () => Math.random(),
  online: () => navigator.onLine,
  onWake(listener) {
    let hiddenAtMs = Date.now();
    const visibility = () => {
      if (document.hidden) hiddenAtMs = Date.now();
      else if (Date.now() - hiddenAtMs > SUSPENDED_MS) listener();
    };
    document.addEventListener('visibilitychange', visibility);
    addEventListener('online', listener);
    return () => {
      document.removeEventListener('visibilitychange', visibility);
      removeEventListener('online', listener);
    };
  },
};
