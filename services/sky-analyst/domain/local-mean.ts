import { STATE, type Plane } from './plane.ts';
import { halfWindow } from './window.ts';

const HALF_ROWS = 10;
/** Clean values of the mean 0 that are added: in a window full of flags, the mean is 0. */
const PRIOR_VALUES = 30;

/**
 * Subtracts from each value the mean of the clean values in a window of 21 points x 31 channels
 * around it (with fewer than 256 channels, an eighth of them). Levels that change within minutes
 * or within some hundred kilohertz disappear.
 * @param plane Levels around 0; the result replaces them.
 * @param limit Levels beyond this count as this much: a row whose level was not found has little
 * effect on others.
 */
export function subtractLocalMean(
  { rows, channels, values }: Plane,
  states: Uint8Array,
  limit: number,
): void {
  // Sums over the channels of the rows in the window, and the sums of these sums.
  const slots = 2 * HALF_ROWS + 1;
  const sums = new Float32Array(slots * channels);
  const counts = new Uint8Array(slots * channels);
  const windowSums = new Float64Array(channels);
  const windowCounts = new Int32Array(channels);
  for (let ahead = 0; ahead < rows + HALF_ROWS; ahead++) {
    const slot = (ahead % slots) * channels;
    for (let k = 0; k < channels; k++) {
      windowSums[k] = (windowSums[k] as number) - (sums[slot + k] as number);
      windowCounts[k] = (windowCounts[k] as number) - (counts[slot + k] as number);
    }
    sums.fill(0, slot, slot + channels);
    counts.fill(0, slot, slot + channels);
    if (ahead < rows) {
      sumRow(values, states, ahead * channels, channels, limit, sums, counts, slot);
      for (let k = 0; k < channels; k++) {
        windowSums[k] = (windowSums[k] as number) + (sums[slot + k] as number);
        windowCounts[k] = (windowCounts[k] as number) + (counts[slot + k] as number);
      }
    }
    const start = (ahead - HALF_ROWS) * channels;
    if (start < 0) continue;
    for (let k = 0; k < channels; k++) {
      const mean = (windowSums[k] as number) / ((windowCounts[k] as number) + PRIOR_VALUES);
      values[start + k] = (values[start + k] as number) - mean;
    }
  }
}

/** The sums of the clean values of a row in the window around each channel. */
function sumRow(
  values: Float32Array,
  states: Uint8Array,
  start: number,
  channels: number,
  limit: number,
  sums: Float32Array,
  counts: Uint8Array,
  slot: number,
): void {
  let sum = 0;
  let count = 0;
  const half = halfWindow(channels);
  for (let ahead = 0; ahead < channels + half; ahead++) {
    if (ahead < channels && states[start + ahead] === STATE.clean) {
      sum += Math.max(-limit, Math.min(values[start + ahead] as number, limit));
      count++;
    }
    const channel = ahead - half;
    if (channel < 0) continue;
    sums[slot + channel] = sum;
    counts[slot + channel] = count;
    const behind = start + channel - half;
    if (behind >= start && states[behind] === STATE.clean) {
      sum -= Math.max(-limit, Math.min(values[behind] as number, limit));
      count--;
    }
  }
}
