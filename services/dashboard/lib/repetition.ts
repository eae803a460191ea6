/** Limit of the interval, which doubles with each failure. */
const MAX_INTERVAL_MS = 30_000;

/**
 * Runs `work` immediately and then `everyMs` after each run, less often while it fails. Pauses
 * while the page is hidden; runs at once when the page is shown again or the network returns.
 * `onFailure` receives the errors of `work` until `stop`.
 */
export class Repetition {
  readonly #work: (signal: AbortSignal) => Promise<void>;
  readonly #everyMs: number;
  readonly #onFailure: (error: unknown) => void;
  readonly #ending = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWorking = false;
  #again = false;
  #failures = 0;

  constructor(
    work: (signal: AbortSignal) => Promise<void>,
    everyMs: number,
    onFailure: (error: unknown) => void = () => undefined,
  ) {
    this.#work = work;
    this.#everyMs = everyMs;
    this.#onFailure = onFailure;
    const { signal } = this.#ending;
    const wake = () => {
      if (!document.hidden) this.now();
    };
    document.addEventListener('visibilitychange', wake, { signal });
    addEventListener('online', wake, { signal });
    this.now();
  }

  /** Runs the work now and restarts the interval. */
  now(): void {
    clearTimeout(this.#timer);
    if (this.#isWorking) this.#again = true;
    else void this.#run();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#ending.abort();
  }

  async #run(): Promise<void> {
    this.#isWorking = true;
    try {
      await this.#work(this.#ending.signal);
      this.#failures = 0;
    } catch (error) {
      this.#failures++;
      if (!this.#ending.signal.aborted) this.#onFailure(error);
    } finally {
      this.#isWorking = false;
    }
    if (this.#ending.signal.aborted) return;
    if (this.#again) {
      this.#again = false;
      this.now();
    } else if (!document.hidden) {
      const waitMs = Math.min(this.#everyMs * 2 ** this.#failures, Math.max(this.#everyMs, MAX_INTERVAL_MS));
      this.#timer = setTimeout(() => this.now(), waitMs);
    }
  }
}
