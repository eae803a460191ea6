import { ApiError } from '#contract/client/api-error';
import type { AntennaPattern } from '#contract/rest/patterns';
import { errorText, type Api } from '../lib/api.ts';

/** The pattern from a session, as reactive state. */
export class SessionPattern {
  /** The last one, which stays while another one is measured. Undefined: none. */
  pattern = $state.raw<AntennaPattern | undefined>();
  /** Why there is none. */
  problem = $state<string | undefined>();
  /** Messages of the API by parameter. */
  problems = $state.raw<Map<string, string>>(new Map());
  isLoading = $state(false);
  readonly #api: Api;
  readonly #path;

  constructor(api: Api, sessionId: number) {
    this.#api = api;
    this.#path = `/api/skyscan/${sessionId}/pattern` as const;
  }

  /** Measures the pattern; returns how to stop. */
  load(query: string): () => void {
    const ending = new AbortController();
    this.isLoading = true;
    this.#api
      .get(`${this.#path}?${query}&map=true`, ending.signal)
      .then(
        (pattern) => {
          this.pattern = pattern;
          this.problem = undefined;
          this.problems = new Map();
        },
        (error: unknown) => {
          if (ending.signal.aborted) return;
          this.pattern = undefined;
          this.problem = errorText(error);
          this.problems = error instanceof ApiError ? error.byField : new Map<string, string>();
        },
      )
      .finally(() => {
        if (!ending.signal.aborted) this.isLoading = false;
      });
    return () => ending.abort();
  }

  clear(): void {
    this.pattern = this.problem = undefined;
    this.problems = new Map();
    this.isLoading = false;
  }
}
