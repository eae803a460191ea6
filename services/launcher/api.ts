import { createApiClient, type ApiClient } from '#contract/client/api-client';
import { bearerConnection } from '#contract/client/bearer-connection';
import { errorMessage } from '#shared/base/errors';

const TIMEOUT_MS = 10_000;

/** The REST API of the gateway that this launcher started. */
export function createApi(baseUrl: string, key: string | undefined, signal: AbortSignal): ApiClient {
  const unreachable = (cause: unknown) => `cannot reach the API at ${baseUrl}: ${errorMessage(cause)}`;
  return createApiClient(bearerConnection({ baseUrl, key, signal, timeoutMs: TIMEOUT_MS, unreachable }));
}
