import { orAborted } from '#shared/runtime/waiting';
import type { RecentCache } from '../domain/recent-cache.ts';

/** Results that are computed once: kept in a cache, and shared by all who ask meanwhile. */
export interface KeptResults<T> {
  /**
   * The result for a key, which must contain all that it depends on. The signal of `compute` aborts
   * when nobody waits for it any more. Throws the error of `compute`, which is not kept, or the
   * reason of `signal`.
   */
  get(key: string, compute: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

interface Running<T> {
  result: Promise<T>;
  ended: AbortController;
  waiting: number;
}

export function createKeptResults<T>(cache: RecentCache<T>): KeptResults<T> {
  const all = new Map<string, Running<T>>();

  function start(key: string, compute: (signal: AbortSignal) => Promise<T>): Running<T> {
    const ended = new AbortController();
    const running = { ended, waiting: 0, result: compute(ended.signal) };
    all.set(key, running);
    const forget = () => {
      if (all.get(key) === running) all.delete(key);
    };
    running.result.then((value) => {
      forget();
      cache.set(key, value);
    }, forget);
    return running;
  }

  return {
    async get(key, compute, signal) {
      signal.throwIfAborted();
      const kept = cache.get(key);
      if (kept !== undefined) return kept;
      const running = all.get(key) ?? start(key, compute);
      running.waiting++;
      try {
        return await orAborted(running.result, signal);
      } finally {
        running.waiting--;
        if (running.waiting === 0) {
          // A later request starts a new computation.
          if (all.get(key) === running) all.delete(key);
          running.ended.abort();
        }
      }
    },
  };
}
