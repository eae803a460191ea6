import { SkyScanError } from '#shared/base/errors';
import { orAborted } from '#shared/runtime/waiting';
import { deferred } from '../engine/deferred.ts';

/** A value that may be absent for a time and can be waited for. */
export interface Readiness<T> {
  readonly value: T | undefined;
  set(value: T | undefined): void;
  /** Throws `unavailable` with the reason if the value is absent for `withinMs`. */
  wait(withinMs: number, signal: AbortSignal, reason: () => string): Promise<T>;
}

export function createReadiness<T>(): Readiness<T> {
  const waiting = new Set<(value: T) => void>();
  let value: T | undefined;
  return {
    get value() {
      return value;
    },
    set(next) {
      value = next;
      if (next !== undefined) for (const resolve of waiting) resolve(next);
    },
    async wait(withinMs, signal, reason) {
      if (value !== undefined) return value;
      const { promise, resolve } = deferred<T>();
      const timeout = AbortSignal.timeout(withinMs);
      waiting.add(resolve);
      try {
        return await orAborted(promise, AbortSignal.any([signal, timeout]));
      } catch (error) {
        signal.throwIfAborted();
        throw timeout.aborted ? new SkyScanError('unavailable', reason(), { cause: error }) : error;
      } finally {
        waiting.delete(resolve);
      }
    },
  };
}
