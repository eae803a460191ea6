const KEPT = 5;

/**
 * Typical duration of a dwell: rtl_power takes seconds for any number of reads, and a slow link
 * delays the samples.
 */
export class DwellTimes {
  readonly #lastMs: number[] = [];

  /** Adds the duration of a successful dwell. */
  add(ms: number): void {
    this.#lastMs.push(ms);
    if (this.#lastMs.length > KEPT) this.#lastMs.shift();
  }

  /**
   * Median of the last dwells, milliseconds; 0 if unknown. Not the maximum: one dwell that waited
   * for an unplugged dongle would delay the report of every later fault.
   */
  get medianMs(): number {
    const sorted = [...this.#lastMs].sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  }
}
