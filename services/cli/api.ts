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
  /** Posts and takes the answer line by line, as it comes; once the signal fires the connection is closed. */
  postForLines(path: string): AsyncGenerator;
}

export function createApi(baseUrl: string, key: string | undefined, signal: AbortSignal): Api {
  async function call(method: string, path: string): Promise<Response> {
    const headers = { ...(key && { authorization: `Bearer ${key}` }) };
    const url = `${baseUrl.replace(/\/$/, '')}${path}`;
    const response = await fetch(url, { method, headers, signal }).catch((error: unknown) => {
      throw lost(error, `cannot reach Sky Scan at ${baseUrl} (SKYSCAN_URL)`);
    });
    if (response.ok) return response;
    throw new RefusedError(response.status, detailOf(await response.text(), response.status));
  }

  /** What broke the connection: the user, or the network. */
  function lost(error: unknown, what: string): unknown {
    if (signal.aborted) return error;
    const { cause } = error as { cause?: unknown };
    const why = cause instanceof Error ? errorMessage(cause) : errorMessage(error);
    return new SkyScanError('unavailable', why ? `${what}: ${why}` : what, { cause: error });
  }

  return {
    get: async <T>(path: string) => (await (await call('GET', path)).json()) as T,
    async *postForLines(path) {
      const { body } = await call('POST', path);
      let rest = '';
      try {
        for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) yield JSON.parse(line) as unknown;
        }
      } catch (error) {
        throw lost(error, 'the connection broke');
      }
    },
  };
}

/** The sentence of an error; of a request that does not validate every problem. */
function detailOf(text: string, status: number): string {
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
