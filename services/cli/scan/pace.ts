interface Mark {
  atMs: number;
  completed: number;
}

// A mark every half second for a minute.
const APART_MS = 500;
const WINDOW_MS = 60_000;
const ENOUGH_MS = 3_000;

/** How quickly points come, over the last minute; time arrives as a number. */
export class Pace {
  #marks: Mark[] = [];

  /** So many points are there. */
  note(completed: number, atMs: number): void {
    const last = this.#marks.at(-1);
    if (last && atMs - last.atMs < APART_MS) return;
    this.#marks.push({ atMs, completed });
    while (this.#marks.length > 2 && atMs - (this.#marks[0]?.atMs ?? 0) > WINDOW_MS) this.#marks.shift();
  }

  /** Begins anew: after a pause, and after an outage whose points came all at once. */
  reset(): void {
    this.#marks = [];
  }

  /** Points per second; undefined while too little was seen. */
  perSecond(completed: number, nowMs: number): number | undefined {
    const first = this.#marks[0];
    if (!first || nowMs - first.atMs < ENOUGH_MS) return undefined;
    return ((completed - first.completed) * 1000) / (nowMs - first.atMs);
  }
}
