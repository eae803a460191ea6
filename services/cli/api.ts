import { createApiClient, type ApiClient } from '#contract/client/api-client';
import { ApiError } from '#contract/client/api-error';
import { errorMessage } from '#shared/base/errors';

/**
 * The public API, as the commands use it. Every call throws `ApiError`, or the reason of the signal
 * once that has fired.
 */
export interface Api extends ApiClient {
  /** The body of an answer as it comes. */
  stream(path: string): AsyncGenerator<Uint8Array>;
  /** The body of an answer line by line, as it comes. */
  lines(path: string): AsyncGenerator<string>;
  /**
   * Posts and takes the answer line by line, as it comes; once the signal fires the connection is
   * closed.
   */
  postForLines(path: string): AsyncGenerator;
  /** Address and headers of a WebSocket. */
  socket(path: string): { url: string; headers: Record<string, string> };
}

export function createApi(baseUrl: string, key: string | undefined, signal: AbortSignal): Api {
  const base = baseUrl.replace(/\/+$/, '');
  const authorization: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
  const client = createApiClient({
    send: (path, request) =>
      fetch(`${base}${path}`, { signal, ...request, headers: { ...authorization, ...request.headers } }),
    unreachable: (error) => because(error, `cannot reach Sky Scan at ${baseUrl} (SKYSCAN_URL)`),
    signal,
  });

  async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
    try {
      yield* response.body ?? [];
    } catch (error) {
      if (signal.aborted) throw error;
      throw new ApiError(0, because(error, 'the connection broke'), [], { cause: error });
    }
  }

  return {
    ...client,
    stream: async function* (path) {
      yield* chunks(await client.fetch(path));
    },
    lines: async function* (path) {
      yield* toLines(chunks(await client.fetch(path)));
    },
    postForLines: async function* (path) {
      const response = await client.fetch(path, { method: 'POST' });
      for await (const line of toLines(chunks(response))) yield JSON.parse(line) as unknown;
    },
    socket: (path) => ({ url: `${base.replace(/^http/, 'ws')}${path}`, headers: authorization }),
  };
}

/** What failed, and the error of the network below it. */
function because(error: unknown, what: string): string {
  const { cause } = error as { cause?: unknown };
  const reason = cause instanceof Error ? errorMessage(cause) : errorMessage(error);
  return reason ? `${what}: ${reason}` : what;
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
