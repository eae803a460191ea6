import { matchAddress } from '#contract/page-addresses';
import { measurementsPath, NEWEST_SESSIONS, planPath, ROTORS, sessionPath } from './paths.ts';
import { parseHash } from './place.ts';

// Longer than a page takes to begin; what is asked for later is asked anew.
const FRESH_MS = 10_000;

interface Asked {
  answer: Promise<Response>;
  ending: AbortController;
}

/**
 * Answers that are on their way while the browser still reads the scripts. Each is given once, and
 * only while it is fresh.
 */
export class EarlyAnswers {
  readonly #asked = new Map<string, Asked>();

  /** `key`: of the API, when there is one; `base`: where the API is. */
  constructor(paths: readonly string[], key: string | undefined, base = '') {
    const headers = keyHeader(key);
    for (const path of paths) {
      const ending = new AbortController();
      const answer = fetch(base + path, { cache: 'no-store', headers, signal: ending.signal });
      // Told to whoever takes it.
      answer.catch(() => undefined);
      this.#asked.set(path, { answer, ending });
    }
    setTimeout(() => this.forget(), FRESH_MS);
  }

  /** Undefined: it was not asked for, or somebody has it already. */
  take(path: string, signal?: AbortSignal | null): Promise<Response> | undefined {
    const asked = this.#asked.get(path);
    if (!asked) return undefined;
    this.#asked.delete(path);
    if (signal?.aborted) asked.ending.abort();
    signal?.addEventListener('abort', () => asked.ending.abort());
    return asked.answer;
  }

  /** Nobody will want what is left. */
  forget(): void {
    for (const { ending } of this.#asked.values()) ending.abort();
    this.#asked.clear();
  }
}

/** What the page of a hash asks for first. */
export function firstPaths(hash: string): string[] {
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

/**
 * The header that says who asks; not `Authorization`, which a proxy may need for a login of its
 * own.
 */
export function keyHeader(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { 'X-API-Key': key };
}
