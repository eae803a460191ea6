import { SkyScanError } from '#shared/errors';

/** The part of the gateway's REST API that the launcher uses. */
export interface ApiClient {
  get<T>(path: string): Promise<T>;
  send<T>(method: 'POST' | 'PUT', path: string, body: unknown): Promise<T>;
}

const DEADLINE_MS = 10_000;

/** Every call throws `unavailable` with the API's own words when the answer is no success. */
export function createApiClient(baseUrl: string, key: string | undefined, signal: AbortSignal): ApiClient {
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
    const text = await response.text();
    if (!response.ok) throw new SkyScanError('unavailable', `${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
  return {
    get: async <T>(path: string) => (await call('GET', path)) as T,
    send: async <T>(method: 'POST' | 'PUT', path: string, body: unknown) =>
      (await call(method, path, body)) as T,
  };
}
