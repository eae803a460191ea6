const KEPT = 5;

/**
 * How long a dwell usually takes: rtl_power needs seconds for any number of reads, and samples of a
 * slow link arrive late.
 */
export class DwellTimes {
  readonly #lastMs: number[] = [];

  /** A dwell that brought its reads took this long. */
  add(ms: number): void {
    this.#lastMs.push(ms);
    if (this.#lastMs.length > KEPT) this.#lastMs.shift();
  }

  /**
   * The median of the last dwells, milliseconds; 0: not known. Not the longest: one that waited for
   * a dongle that was away would delay the report of every later fault.
   */
  get usualMs(): number {
    const sorted = [...this.#lastMs].sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  }
}
