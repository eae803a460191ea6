import { createApiClient, type ApiClient } from '#contract/client/api-client';
import { errorMessage } from '#shared/base/errors';

const DEADLINE_MS = 10_000;

/** The REST API of the gateway that this launcher started. */
export function createApi(baseUrl: string, key: string | undefined, signal: AbortSignal): ApiClient {
  const authorization: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
  return createApiClient({
    send: (path, request) =>
      fetch(`${baseUrl}${path}`, {
        ...request,
        headers: { ...authorization, ...request.headers },
        signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
      }),
    unreachable: (cause) => `cannot reach the API at ${baseUrl}: ${errorMessage(cause)}`,
    signal,
  });
}
