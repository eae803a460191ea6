import { createApiClient, type ApiClient } from '#contract/client/api-client';
import { ApiError } from '#contract/client/api-error';
import { bearerConnection, bearerHeaders } from '#contract/client/bearer-connection';
import { errorMessage } from '#shared/base/errors';

/**
 * Client of the public API for the commands. Every call throws `ApiError`, or the signal's reason
 * once it has fired.
 */
export interface Api extends ApiClient {
  /** Streams the body of a response; with `body`, of a POST request. */
  stream(path: string, body?: object): AsyncGenerator<Uint8Array>;
  /** Streams the body of a response line by line. */
  lines(path: string): AsyncGenerator<string>;
  /**
   * Sends a POST request and streams the response line by line; the connection is closed when the
   * signal fires.
   */
  postForLines(path: string): AsyncGenerator;
  /** Address and headers of a WebSocket. */
  socket(path: string): { url: string; headers: Record<string, string> };
}

export function createApi(baseUrl: string, key: string | undefined, signal: AbortSignal): Api {
  const unreachable = (cause: unknown) =>
    withCause(cause, `cannot reach Sky Scan at ${baseUrl} (SKYSCAN_URL)`);
  const client = createApiClient(bearerConnection({ baseUrl, key, signal, unreachable }));

  async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
    try {
      yield* response.body ?? [];
    } catch (error) {
      if (signal.aborted) throw error;
      throw new ApiError(0, withCause(error, 'the connection broke'), [], { cause: error });
    }
  }

  return {
    ...client,
    stream: async function* (path, body) {
      const headers = { 'Content-Type': 'application/json' };
      const request = body && { method: 'POST', headers, body: JSON.stringify(body) };
      yield* chunks(await client.fetch(path, request));
    },
    lines: async function* (path) {
      yield* toLines(chunks(await client.fetch(path)));
    },
    postForLines: async function* (path) {
      const response = await client.fetch(path, { method: 'POST' });
      for await (const line of toLines(chunks(response))) yield JSON.parse(line) as unknown;
    },
    socket: (path) => ({
      url: `${baseUrl.replace(/\/+$/, '').replace(/^http/, 'ws')}${path}`,
      headers: bearerHeaders(key),
    }),
  };
}

/** The message with the underlying network error. */
function withCause(error: unknown, message: string): string {
  const { cause } = error as { cause?: unknown };
  const reason = cause instanceof Error ? errorMessage(cause) : errorMessage(error);
  return reason ? `${message}: ${reason}` : message;
}

/** Complete lines; text after the last line feed is dropped. */
async function* toLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.replace(/\r$/, '');
  }
}
