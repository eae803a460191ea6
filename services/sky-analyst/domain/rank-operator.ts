import { STATE } from './plane.ts';

/** Share of clean values in an interval up to which the whole interval is flagged. */
const ETA = 0.2;

/**
 * The scale-invariant rank operator (Offringa et al. 2012), in time and in frequency: flags each
 * interval of any length in which at least 80 % of the usable values are flagged. Unusable values
 * do not count. Flags are added to `states`, rows x channels.
 */
export function extendFlags(states: Uint8Array, rows: number, channels: number): void {
  const original = states.slice();
  const rowWork = createWork(channels);
  for (let row = 0; row < rows; row++) extendLine(original, states, row * channels, 1, channels, rowWork);
  const columnWork = createWork(rows);
  for (let k = 0; k < channels; k++) extendLine(original, states, k, channels, rows, columnWork);
}

interface Work {
  /** Indices of the usable values. */
  indices: Int32Array;
  /** Before each of them, and after the last one: 0.2 for each flagged value, -0.8 for others. */
  sums: Float64Array;
  /** The highest sum from a place on. */
  highest: Float64Array;
}

function createWork(length: number): Work {
  return {
    indices: new Int32Array(length),
    sums: new Float64Array(length + 1),
    highest: new Float64Array(length + 1),
  };
}

/**
 * An interval is flagged if the sum after it is at least the sum before it. A value is in such an
 * interval if the highest sum after it is at least the lowest sum before it.
 */
function extendLine(
  original: Uint8Array,
  states: Uint8Array,
  start: number,
  step: number,
  length: number,
  { indices, sums, highest }: Work,
): void {
  let count = 0;
  let flagged = 0;
  for (let k = 0, at = start; k < length; k++, at += step) {
    const state = original[at];
    if (state === STATE.unusable) continue;
    const isFlagged = state === STATE.flagged;
    if (isFlagged) flagged++;
    indices[count++] = at;
    // Products, because sums of 0.2 are not exact: four of five flagged values are enough.
    sums[count] = flagged - (1 - ETA) * count;
  }
  if (flagged === 0 || flagged === count) return;
  let next = -Infinity;
  for (let k = count; k > 0; k--) highest[k] = next = Math.max(next, sums[k] as number);
  let lowest = Infinity;
  for (let k = 0; k < count; k++) {
    lowest = Math.min(lowest, sums[k] as number);
    if ((highest[k + 1] as number) >= lowest - 1e-9) states[indices[k] as number] = STATE.flagged;
  }
}
