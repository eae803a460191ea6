const KEPT = 5;

/**
 * Typical duration of a dwell: rtl_power takes seconds for any number of reads, and a slow link
 * delays the samples.
 */
export interface DwellTimes {
  /** Adds the duration of a successful dwell. */
  add(ms: number): void;
  /**
   * Median of the last dwells, milliseconds; 0 if unknown. Not the maximum: one dwell that waited
   * for an unplugged dongle would delay the report of every later fault.
   */
  readonly medianMs: number;
}

export function createDwellTimes(): DwellTimes {
  const lastMs: number[] = [];
  return {
    add(ms) {
      lastMs.push(ms);
      if (lastMs.length > KEPT) lastMs.shift();
    },
    get medianMs() {
      const sorted = [...lastMs].sort((a, b) => a - b);
      return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
    },
  };
}
