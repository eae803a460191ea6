/** Sends requests for the latest value of a changing input. */
export interface LatestRequest<Query> {
  /** Sends a request after the debounce time; discards earlier queries. */
  send(query: Query): void;
  stop(): void;
}

interface Handlers<Query, Result> {
  /** Throws when the request fails. */
  fetch(query: Query, signal: AbortSignal): Promise<Result>;
  onResponse(result: Result, query: Query): void;
  onFailure(error: unknown, query: Query): void;
}

// Longer than the usual pause between keystrokes.
const DEBOUNCE_MS = 150;

/**
 * Waits until the input has not changed for `debounceMs` and the previous request, which a change
 * aborts, has ended. So at most one request is in flight and responses arrive in order.
 */
export function createLatestRequest<Query, Result>(
  handlers: Handlers<Query, Result>,
  debounceMs = DEBOUNCE_MS,
): LatestRequest<Query> {
  let waiting: { query: Query } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let request: AbortController | undefined;

  const debouncing = () => timer !== undefined;

  async function run(): Promise<void> {
    if (request || !waiting) return;
    const { query } = waiting;
    waiting = undefined;
    const { signal } = (request = new AbortController());
    try {
      const result = await handlers.fetch(query, signal);
      if (!signal.aborted) handlers.onResponse(result, query);
    } catch (error) {
      if (!signal.aborted) handlers.onFailure(error, query);
    }
    request = undefined;
    // A pending debounce timer sends the next request.
    if (!debouncing()) void run();
  }

  function cancel(): void {
    clearTimeout(timer);
    timer = undefined;
    waiting = undefined;
    request?.abort();
  }

  return {
    send(query) {
      cancel();
      waiting = { query };
      timer = setTimeout(() => {
        timer = undefined;
        void run();
      }, debounceMs);
    },
    stop: cancel,
  };
}
