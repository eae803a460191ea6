import { backoffMs } from '#shared/runtime/waiting';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 1_000;

/** Repeats an action that failed, with growing delays. */
export class RetryTimer {
  readonly #action: () => void;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(action: () => void) {
    this.#action = action;
  }

  /** Repeats the action later. */
  failed(): void {
    if (this.#isClosed) return;
    const delayMs = backoffMs(this.#failures++, FIRST_RETRY_MS, MAX_RETRY_MS);
    this.#timer = setTimeout(this.#action, delayMs);
  }

  /** The next retry is soon again. */
  succeeded(): void {
    this.#failures = 0;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
