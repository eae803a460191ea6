import { findPage } from '#contract/page-addresses';
import { measurementsPath, NEWEST_SESSIONS, planPath, ROTORS, sessionPath } from './paths.ts';
import { parseHash } from './hash-location.ts';

// Longer than the page takes to load.
const FRESH_MS = 10_000;

interface PendingRequest {
  response: Promise<Response>;
  controller: AbortController;
}

/**
 * Requests that are sent while the scripts still load. Each response is handed out once, within 10
 * s.
 */
export interface Prefetch {
  /** The response to a prefetched path; undefined if it was not requested or was taken already. */
  take(path: string, signal?: AbortSignal | null): Promise<Response> | undefined;
  /** Aborts the requests that were not taken. */
  forget(): void;
}

/** `key`: the API key, if any; `base`: URL of the API. */
export function startPrefetch(paths: readonly string[], key: string | undefined, base = ''): Prefetch {
  const headers = keyHeader(key);
  const pending = new Map(paths.map((path) => [path, request(base + path, headers)]));

  function forget(): void {
    for (const { controller } of pending.values()) controller.abort();
    pending.clear();
  }

  setTimeout(forget, FRESH_MS);
  return {
    take(path, signal) {
      const taken = pending.get(path);
      if (!taken) return undefined;
      pending.delete(path);
      if (signal?.aborted) taken.controller.abort();
      signal?.addEventListener('abort', () => taken.controller.abort());
      return taken.response;
    },
    forget,
  };
}

function request(url: string, headers: Record<string, string>): PendingRequest {
  const controller = new AbortController();
  const response = fetch(url, { cache: 'no-store', headers, signal: controller.signal });
  // The caller of `take` handles the error.
  response.catch(() => undefined);
  return { response, controller };
}

/** The paths that the page at a hash requests first. */
export function initialPaths(hash: string): string[] {
  const page = findPage(parseHash(hash).path);
  const id = (page?.address.startsWith('scan/sessions/:id') && page.params['id']) || '';
  const session = /^[1-9]\d{0,9}$/.test(id) ? Number(id) : undefined;
  return [
    ...(session === undefined
      ? []
      : [sessionPath(session), planPath(session, false), measurementsPath(session, 0)]),
    ROTORS,
    NEWEST_SESSIONS,
  ];
}

/** The header with the API key. `Authorization` stays free for the login of a proxy. */
export function keyHeader(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { 'X-API-Key': key };
}
