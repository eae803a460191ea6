import { createApiClient, type ApiClient } from '#contract/client/api-client';
import { ApiError, describeProblem } from '#contract/client/api-error';
import { keyHeader, type EarlyAnswers } from './early-answers.ts';
import { pageBase } from './paths.ts';

/** The public API, with the key of the page. */
export interface Api extends ApiClient {
  /** A WebSocket to a path under /ws/, with the key. */
  socket(path: string): WebSocket;
}

/** Who we say we are. */
export interface Identity {
  key: string | undefined;
  /** The API wants a key, or another one. */
  onRefused(): void;
}

export function createApi(identity: Identity, early: EarlyAnswers, base: string = pageBase()): Api {
  const client = createApiClient({
    async send(path, request) {
      const asked = (request.method ?? 'GET') === 'GET' ? early.take(path, request.signal) : undefined;
      const headers = { ...request.headers, ...keyHeader(identity.key) };
      const response = await (asked ?? fetch(base + path, { cache: 'no-store', ...request, headers }));
      if (response.status === 401) {
        // The others are refused as well; the key that is given now is for new ones.
        early.forget();
        identity.onRefused();
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
        identity.key === undefined ? ['skyscan'] : ['skyscan', `bearer.${identity.key}`],
      ),
  };
}

/** What to show of whatever was caught; the problems of a request one per line. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError && error.problems.length > 0)
    return error.problems.map(describeProblem).join('\n');
  return error instanceof Error ? error.message : String(error);
}
