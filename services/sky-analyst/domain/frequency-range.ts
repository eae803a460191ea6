/** Frequencies, ends included. */
export interface FrequencyRange {
  fromHz: number;
  toHz: number;
}

/** Whether two lists of ranges share a frequency. */
export function shareFrequency(a: readonly FrequencyRange[], b: readonly FrequencyRange[]): boolean {
  return a.some(({ fromHz, toHz }) => b.some((other) => fromHz <= other.toHz && other.fromHz <= toHz));
}
