/** A reference measurement: Unix time in milliseconds and level in dB. */
export interface DriftReference {
  atMs: number;
  levelDb: number;
  /**
   * Its level is unreliable: the converter was overdriven, or the tuner's DC offset may hide a
   * carrier.
   */
  unusable: boolean;
}

/**
 * The drift of the receiver since the first reference, dB, as a function of time: linear between
 * references, constant previous the first and after the last. Sorts the references by time and
 * ignores unusable ones; undefined if none is usable.
 */
export function createDrift(references: readonly DriftReference[]): ((atMs: number) => number) | undefined {
  const usable = references.filter(({ unusable }) => !unusable).sort((a, b) => a.atMs - b.atMs);
  const origin = usable[0];
  if (!origin) return undefined;
  return (atMs) => {
    const next = firstAfter(usable, atMs);
    const previous = usable[next - 1] ?? origin;
    const following = usable[next] ?? previous;
    const spanMs = following.atMs - previous.atMs;
    const share = spanMs > 0 ? (atMs - previous.atMs) / spanMs : 0;
    const levelDb = previous.levelDb + Math.max(0, share) * (following.levelDb - previous.levelDb);
    return levelDb - origin.levelDb;
  };
}

/** Index of the first reference after a time; the length if there is none. */
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
