import type { Timing } from '../lib/page-timing.ts';

/** Time that the test controls. */
export class FakeTiming implements Timing {
  nowMs = 0;
  connected = true;
  /** Durations passed to `sleep`, milliseconds. */
  readonly waits: number[] = [];
  #sleepers: { atMs: number; wake: () => void }[] = [];
  readonly #listeners = new Set<() => void>();

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.waits.push(ms);
    return new Promise((resolve) => {
      const done = () => {
        this.#sleepers = this.#sleepers.filter(({ wake }) => wake !== done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#sleepers.push({ atMs: this.nowMs + ms, wake: done });
      if (signal.aborted) done();
      else signal.addEventListener('abort', done);
    });
  }

  random(): number {
    return 0.5;
  }

  online(): boolean {
    return this.connected;
  }

  onWake(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Advances the time by `ms`; resolves when all pending work is done. */
  async pass(ms: number): Promise<void> {
    await settle();
    for (const endMs = this.nowMs + ms; ;) {
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#sleepers[0];
      if (!next || next.atMs > endMs) {
        this.nowMs = endMs;
        return;
      }
      this.nowMs = next.atMs;
      next.wake();
      await settle();
    }
  }

  wake(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Resolves when all settled promises have run their callbacks. */
async function settle(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setImmediate(resolve));
}
