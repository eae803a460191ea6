import { createApiClient, type ApiClient } from '#contract/client/api-client';
import { ApiError, describeProblem } from '#contract/client/api-error';
import { keyHeader, type Prefetch } from './prefetch.ts';
import { pageBase } from './paths.ts';

/** The public API; sends the API key with every request. */
export interface Api extends ApiClient {
  /** Opens a WebSocket to a path under /ws/. */
  socket(path: string): WebSocket;
}

/** Supplies the API key. */
export interface ApiKeySource {
  value: string | undefined;
  /** The API answered 401: it requires a key or rejects the one that was sent. */
  onUnauthorized(sent: string | undefined): void;
}

export function createApi(apiKey: ApiKeySource, prefetch: Prefetch, base: string = pageBase()): Api {
  const client = createApiClient({
    async send(path, request) {
      const prefetched =
        (request.method ?? 'GET') === 'GET' ? prefetch.take(path, request.signal) : undefined;
      const key = apiKey.value;
      const headers = { ...request.headers, ...keyHeader(key) };
      const response = await (prefetched ?? fetch(base + path, { cache: 'no-store', ...request, headers }));
      if (response.status === 401) {
        // The other prefetched requests were sent without a valid key too.
        prefetch.forget();
        apiKey.onUnauthorized(key);
      }
      return response;
    },
    unreachable: () => 'Sky Scan cannot be reached',
  });
  return {
    ...client,
    socket: (path) =>
      new WebSocket(
        base.replace(/^http/, 'ws') + path,
        apiKey.value === undefined ? ['skyscan'] : ['skyscan', `bearer.${apiKey.value}`],
      ),
  };
}

/** The message to show for an error; validation problems go on separate lines. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError && error.problems.length > 0)
    return error.problems.map(describeProblem).join('\n');
  return error instanceof Error ? error.message : String(error);
}
