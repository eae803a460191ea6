import { matchAddress } from '#contract/page-addresses';
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
export class Prefetch {
  readonly #pending = new Map<string, PendingRequest>();

  /** `key`: the API key, if any; `base`: URL of the API. */
  constructor(paths: readonly string[], key: string | undefined, base = '') {
    const headers = keyHeader(key);
    for (const path of paths) {
      const controller = new AbortController();
      const response = fetch(base + path, { cache: 'no-store', headers, signal: controller.signal });
      // The caller of `take` handles the error.
      response.catch(() => undefined);
      this.#pending.set(path, { response, controller });
    }
    setTimeout(() => this.forget(), FRESH_MS);
  }

  /** The response to a prefetched path; undefined if it was not requested or was taken already. */
  take(path: string, signal?: AbortSignal | null): Promise<Response> | undefined {
    const pending = this.#pending.get(path);
    if (!pending) return undefined;
    this.#pending.delete(path);
    if (signal?.aborted) pending.controller.abort();
    signal?.addEventListener('abort', () => pending.controller.abort());
    return pending.response;
  }

  /** Aborts the requests that were not taken. */
  forget(): void {
    for (const { controller } of this.#pending.values()) controller.abort();
    this.#pending.clear();
  }
}

/** The paths that the page at a hash requests first. */
export function initialPaths(hash: string): string[] {
  const id = matchAddress('sessions/:id', parseHash(hash).path)?.['id'] ?? '';
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
