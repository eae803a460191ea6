import { REASON_HEADER } from '#contract/http-headers';
import type { Problem } from '#contract/rest/errors';
import { keyHeader, type EarlyAnswers } from './early-answers.ts';
import { pageBase } from './paths.ts';

/** The API's own word that it does not do what was asked; `status` 0: it could not be asked. */
export class ApiError extends Error {
  readonly status: number;
  readonly problems: Problem[];

  constructor(status: number, message: string, problems: Problem[] = []) {
    super(message);
    this.status = status;
    this.problems = problems;
  }

  /** The problems by field; of nested fields (`horizon.0.1`) by the path. What concerns none stands under ''. */
  get byField(): Map<string, string> {
    const fields = new Map<string, string>();
    for (const { loc, msg } of this.problems) {
      const name = loc.slice(1).join('.');
      const before = fields.get(name);
      fields.set(name, before === undefined ? msg : `${before}; ${msg}`);
    }
    return fields;
  }
}

/** The public API. Every call throws `ApiError` with the API's words, and the signal's reason once that has fired. */
export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<void>;
  /** The answer itself, for what is no JSON. */
  fetch(path: string, init?: ApiRequest): Promise<Response>;
  /** A WebSocket to a path under /ws/, with the key. */
  socket(path: string): WebSocket;
}

/** A request; headers by name. */
interface ApiRequest extends RequestInit {
  headers?: Record<string, string>;
}

/** Who we say we are. */
export interface Identity {
  key: string | undefined;
  /** The API wants a key, or another one. */
  onRefused(): void;
}

export function createApi(identity: Identity, early: EarlyAnswers, base: string = pageBase()): Api {
  async function call(path: string, init: ApiRequest = {}): Promise<Response> {
    const response = await answerTo(path, init).catch((error: unknown) => {
      if (init.signal?.aborted) throw error;
      throw new ApiError(0, 'Sky Scan cannot be reached');
    });
    if (response.ok) return response;
    if (response.status === 401) {
      // The others are refused as well; the key that is given now is for new ones.
      early.forget();
      identity.onRefused();
    }
    throw errorOf(response, await response.text());
  }

  function answerTo(path: string, init: ApiRequest): Promise<Response> {
    const asked = (init.method ?? 'GET') === 'GET' ? early.take(path, init.signal) : undefined;
    if (asked) return asked;
    const headers = { ...init.headers, ...keyHeader(identity.key) };
    return fetch(base + path, { cache: 'no-store', ...init, headers });
  }

  async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const response = await call(path, {
      method,
      ...(signal && { signal }),
      ...(body !== undefined && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  return {
    get: (path, signal) => send('GET', path, undefined, signal),
    post: (path, body, signal) => send('POST', path, body, signal),
    put: (path, body) => send('PUT', path, body),
    delete: (path) => send('DELETE', path),
    fetch: call,
    socket: (path) =>
      new WebSocket(
        base.replace(/^http/, 'ws') + path,
        identity.key === undefined ? ['skyscan'] : ['skyscan', `bearer.${identity.key}`],
      ),
  };
}

/** What to tell of whatever was caught. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the published message leaves out stands in a header. */
function errorOf({ status, headers }: Response, text: string): ApiError {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    const reason = headers.get(REASON_HEADER);
    if (typeof detail === 'string')
      return new ApiError(status, reason === null ? detail : `${detail}: ${reason}`);
    if (Array.isArray(detail)) {
      const problems = detail as Problem[];
      const words = problems.map(({ loc, msg }) => `${loc.slice(1).join('.') || 'request'}: ${msg}`);
      return new ApiError(status, words.join('\n'), problems);
    }
  } catch {
    // Not ours: a proxy's page.
  }
  return new ApiError(status, `The server answers ${status}`);
}
