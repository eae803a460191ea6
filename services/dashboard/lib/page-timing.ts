/** Time and the network as the page has them. */
export interface Timing {
  /** Resolves after that long, or when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** 0 to 1. */
  random(): number;
  /** False: the browser knows of no network. */
  online(): boolean;
  /**
   * Tells when a connection may have died unnoticed: the page was asleep, or the network has come
   * back. Returns what ends it.
   */
  onWake(listener: () => void): () => void;
}

// Browsers freeze pages that nobody looks at, and phones their network; what was asleep for less is
// still there.
const ASLEEP_MS = 10_000;

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
      else if (Date.now() - hiddenAtMs > ASLEEP_MS) listener();
    };
    document.addEventListener('visibilitychange', visibility);
    addEventListener('online', listener);
    return () => {
      document.removeEventListener('visibilitychange', visibility);
      removeEventListener('online', listener);
    };
  },
};
