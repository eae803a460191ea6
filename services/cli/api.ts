import { REASON_HEADER } from '#contract/http-headers';
import { errorMessage, SkyScanError } from '#shared/errors';

/** The API's own word that it does not do what was asked. */
export class RefusedError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** The public API. Every call throws `RefusedError` with the API's words, or `unavailable` when it cannot be reached. */
export interface Api {
  get<T>(path: string): Promise<T>;
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** The body of an answer as it comes. */
  stream(path: string): AsyncGenerator<Uint8Array>;
  /** The body of an answer line by line, as it comes. */
  lines(path: string): AsyncGenerator<string>;
  /** Posts and takes the answer line by line, as it comes; once the signal fires the connection is closed. */
  postForLines(path: string): AsyncGenerator;
  /** Address and headers of a WebSocket. */
  socket(path: string): { url: string; headers: Record<string, string> };
}

export function createApi(baseUrl: string, key: string | undefined, signal: AbortSignal): Api {
  const base = baseUrl.replace(/\/+$/, '');
  const authorization: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};

  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const json = body !== undefined;
    const headers = { ...authorization, ...(json && { 'content-type': 'application/json' }) };
    const request = { method, headers, signal, ...(json && { body: JSON.stringify(body) }) };
    const response = await fetch(`${base}${path}`, request).catch((error: unknown) => {
      throw lost(error, `cannot reach Sky Scan at ${baseUrl} (SKYSCAN_URL)`);
    });
    if (response.ok) return response;
    const detail = detailOf(await response.text(), response.status);
    // What the published message leaves out stands in a header.
    const reason = response.headers.get(REASON_HEADER);
    throw new RefusedError(response.status, reason === null ? detail : `${detail}: ${reason}`);
  }

  /** What broke the connection: the user, or the network. */
  function lost(error: unknown, what: string): unknown {
    if (signal.aborted) return error;
    const { cause } = error as { cause?: unknown };
    const why = cause instanceof Error ? errorMessage(cause) : errorMessage(error);
    return new SkyScanError('unavailable', why ? `${what}: ${why}` : what, { cause: error });
  }

  async function parsed<T>(response: Response): Promise<T> {
    if (response.status === 204) return undefined as T;
    return response.json().then(
      (body) => body as T,
      () => {
        throw new SkyScanError('unavailable', `what answers at ${baseUrl} is no Sky Scan (SKYSCAN_URL)`);
      },
    );
  }

  async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
    try {
      yield* response.body ?? [];
    } catch (error) {
      throw lost(error, 'the connection broke');
    }
  }

  return {
    get: async <T>(path: string) => parsed<T>(await call('GET', path)),
    send: async <T>(method: string, path: string, body?: unknown) =>
      parsed<T>(await call(method, path, body)),
    stream: async function* (path) {
      yield* chunks(await call('GET', path));
    },
    lines: async function* (path) {
      yield* toLines(chunks(await call('GET', path)));
    },
    postForLines: async function* (path) {
      for await (const line of toLines(chunks(await call('POST', path)))) yield JSON.parse(line) as unknown;
    },
    socket: (path) => ({ url: `${base.replace(/^http/, 'ws')}${path}`, headers: authorization }),
  };
}

/** Whole lines; what comes after the last line feed is left out. */
async function* toLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.replace(/\r$/, '');
  }
}

/** The sentence of an error; of a request that does not validate every problem. */
export function detailOf(text: string, status: number): string {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    if (typeof detail === 'string') return detail;
    if (Array.isArray(detail))
      return (detail as { loc: (string | number)[]; msg: string }[])
        .map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`)
        .join('; ');
  } catch {
    // Not ours: a proxy's page.
  }
  return `the API answers ${status}`;
}
