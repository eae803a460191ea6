import { REASON_HEADER } from '../http-headers.ts';
import { ApiError, toApiError } from './api-error.ts';
import type { AddressOf, AnswerOf, BodyOf } from './route-types.ts';

/** A request; headers by name. */
export interface ApiRequest extends RequestInit {
  headers?: Record<string, string>;
}

/** How requests reach the API. */
export interface ApiConnection {
  /** Sends a request with the key, if there is one. */
  send(path: string, request: ApiRequest): Promise<Response>;
  /** The message if there is no response. */
  unreachable(cause: unknown): string;
  /** Aborts every request. */
  signal?: AbortSignal;
}

/**
 * Client of the public API. The address determines the types of body and answer. Every call throws
 * `ApiError`, or the signal's reason once it has fired.
 */
export interface ApiClient {
  get<Address extends AddressOf<'GET'>>(
    address: Address,
    signal?: AbortSignal,
  ): Promise<AnswerOf<'GET', Address>>;
  post<Address extends AddressOf<'POST'>>(
    address: Address,
    ...rest: PostArguments<BodyOf<'POST', Address>>
  ): Promise<AnswerOf<'POST', Address>>;
  put<Address extends AddressOf<'PUT'>>(
    address: Address,
    body: BodyOf<'PUT', Address>,
  ): Promise<AnswerOf<'PUT', Address>>;
  delete(address: AddressOf<'DELETE'>): Promise<void>;
  /** The response itself, for content other than JSON. */
  fetch(path: string, request?: ApiRequest): Promise<Response>;
}

type PostArguments<Body> = [Body] extends [undefined]
  ? [body?: undefined, signal?: AbortSignal]
  : [body: Body, signal?: AbortSignal];

export function createApiClient(connection: ApiConnection): ApiClient {
  async function call(path: string, request: ApiRequest = {}): Promise<Response> {
    const response = await connection.send(path, request).catch((error: unknown) => {
      if (connection.signal?.aborted || request.signal?.aborted) throw error;
      throw new ApiError(0, connection.unreachable(error), [], { cause: error });
    });
    if (response.ok) return response;
    throw toApiError(response.status, await response.text(), response.headers.get(REASON_HEADER));
  }

  async function json<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const response = await call(path, {
      method,
      ...(signal && { signal }),
      ...(body !== undefined && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new ApiError(0, `${path}: the answer is not JSON; another program is listening there`, [], {
        cause: error,
      });
    }
  }

  return {
    get: (address, signal) => json('GET', address, undefined, signal),
    post: (address, ...[body, signal]) => json('POST', address, body, signal),
    put: (address, body) => json('PUT', address, body),
    delete: (address) => json('DELETE', address),
    fetch: call,
  };
}
