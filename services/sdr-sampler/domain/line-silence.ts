/** Length of a tick. */
export const TICK_MS = 250;
const START_TIMEOUT_TICKS = 24;
// A line arrives every second.
const SILENT_TICKS = 8;

/**
 * Detects that rtl_power sends no usable lines. Counts ticks: a process that was suspended reads
 * its pending lines before a false alarm.
 */
export class LineSilence {
  #ticks = 0;
  #maxTicks = START_TIMEOUT_TICKS;
  #problem = '';

  /** Counts a tick; returns true when the silence lasts too long. */
  tick(): boolean {
    return ++this.#ticks >= this.#maxTicks;
  }

  /** A usable line has arrived. */
  usable(): void {
    this.#ticks = 0;
    this.#maxTicks = SILENT_TICKS;
    this.#problem = '';
  }

  /**
   * An unusable line does not end the silence. Returns false if the last one had the same problem.
   */
  unusable(problem: string): boolean {
    const isNew = problem !== this.#problem;
    this.#problem = problem;
    return isNew;
  }

  get description(): string {
    const problem = this.#problem && `: ${this.#problem}`;
    return `has sent no usable line for ${(this.#ticks * TICK_MS) / 1000} s${problem}`;
  }
}
