interface Handlers<Query, Result> {
  /** Throws when the request fails. */
  fetch(query: Query, signal: AbortSignal): Promise<Result>;
  onResponse(result: Result, query: Query): void;
  onFailure(error: unknown, query: Query): void;
}

// Longer than the usual pause between keystrokes.
const DEBOUNCE_MS = 150;

/**
 * Sends requests for the latest value of a changing input. Waits until the input has not changed
 * for `debounceMs` and the previous request, which a change aborts, has ended. So at most one
 * request is in flight and responses arrive in order.
 */
export class LatestRequest<Query, Result> {
  readonly #handlers: Handlers<Query, Result>;
  readonly #debounceMs: number;
  #waiting: { query: Query } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: AbortController | undefined;

  constructor(handlers: Handlers<Query, Result>, debounceMs = DEBOUNCE_MS) {
    this.#handlers = handlers;
    this.#debounceMs = debounceMs;
  }

  /** Sends a request after the debounce time; discards earlier queries. */
  send(query: Query): void {
    this.stop();
    this.#waiting = { query };
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#run();
    }, this.#debounceMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
    this.#request?.abort();
  }

  async #run(): Promise<void> {
    if (this.#request || !this.#waiting) return;
    const { query } = this.#waiting;
    this.#waiting = undefined;
    const { signal } = (this.#request = new AbortController());
    try {
      const result = await this.#handlers.fetch(query, signal);
      if (!signal.aborted) this.#handlers.onResponse(result, query);
    } catch (error) {
      if (!signal.aborted) this.#handlers.onFailure(error, query);
    }
    this.#request = undefined;
    // A pending debounce timer sends the next request.
    if (this.#timer === undefined) void this.#run();
  }
}
