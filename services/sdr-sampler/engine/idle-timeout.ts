import type { Sampler } from './sampler.ts';

/** Calls `goIdle` when a sampler has had no requests for `idleMs`. */
export function withIdleTimeout(sampler: Sampler, idleMs: number): Sampler {
  let busy = 0;
  let timer: NodeJS.Timeout | undefined;

  function begin(): void {
    busy++;
    clearTimeout(timer);
  }

  function end(): void {
    busy--;
    if (busy === 0) timer = setTimeout(() => sampler.goIdle(), idleMs).unref();
  }

  async function during<T>(task: () => Promise<T>): Promise<T> {
    begin();
    try {
      return await task();
    } finally {
      end();
    }
  }

  return {
    timesReads: sampler.timesReads,
    recordsIq: sampler.recordsIq,
    describe: (settings, signal) => during(() => sampler.describe(settings, signal)),
    measure: (settings, reads, signal, notBeforeMs) =>
      during(() => sampler.measure(settings, reads, signal, notBeforeMs)),
    record: (settings, durationMs, signal) => during(() => sampler.record(settings, durationMs, signal)),
    async *stream(settings, signal) {
      begin();
      try {
        yield* sampler.stream(settings, signal);
      } finally {
        end();
      }
    },
    goIdle: () => sampler.goIdle(),
    async close() {
      clearTimeout(timer);
      await sampler.close();
    },
  };
}
