/** A reference measurement: when, Unix milliseconds, and the level, dB. */
export interface DriftReference {
  atMs: number;
  levelDb: number;
  /**
   * Its level is not the true one: the converter was overdriven, or a carrier may be hidden by the
   * tuner's DC offset.
   */
  unusable: boolean;
}

/**
 * How far the receiver is from where it was at the first reference, dB, at any time: straight lines
 * between neighbouring references, held before the first and after the last. Unusable references do
 * not count; undefined when none is left. The order of the references is that of their times,
 * whatever it was that they were stored in.
 */
export function createDrift(references: readonly DriftReference[]): ((atMs: number) => number) | undefined {
  const usable = references.filter(({ unusable }) => !unusable).sort((a, b) => a.atMs - b.atMs);
  const origin = usable[0];
  if (!origin) return undefined;
  return (atMs) => {
    const next = firstAfter(usable, atMs);
    const before = usable[next - 1] ?? origin;
    const after = usable[next] ?? before;
    const spanMs = after.atMs - before.atMs;
    const share = spanMs > 0 ? (atMs - before.atMs) / spanMs : 0;
    const levelDb = before.levelDb + Math.max(0, share) * (after.levelDb - before.levelDb);
    return levelDb - origin.levelDb;
  };
}

/** Index of the first reference after a time; their number when there is none. */
function firstAfter(references: readonly DriftReference[], atMs: number): number {
  let low = 0;
  let high = references.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((references[middle] as DriftReference).atMs > atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
