import { STATE, type Plane } from './plane.ts';

/** Limit of a single value, in standard deviations. */
const FIRST_LIMIT = 6;
/** What the limit of a mean is divided by when its window is twice as long. */
const LIMIT_RATIO = 1.5;
const WINDOWS = [1, 2, 4, 8, 16, 32, 64];

/**
 * SumThreshold (Offringa et al. 2010): flags each window of N = 1, 2, 4 ... 64 consecutive values,
 * in time and in frequency, whose mean is above `factor` 6 sigma / 1.5^log2(N). Values that a
 * shorter window has flagged are left out, so that a strong one does not flag its neighbours, and
 * N is the number of the others: with the limit of the whole window, every second value beside a
 * long signal would be flagged. Interference adds power, so low values are not flagged.
 * @param plane Noise of mean 0 and this standard deviation, and interference. Values that are not
 * clean become 0.
 * @param states Flags are added.
 */
export function sumThreshold(plane: Plane, states: Uint8Array, sigma: number, factor: number): void {
  // Values that are not clean add 0 to a sum and to its number of values. That has no branches,
  // which takes half of the time.
  const counted = new Uint8Array(states.length);
  const { values } = plane;
  for (let at = 0; at < values.length; at++)
    if (states[at] === STATE.clean) counted[at] = 1;
    else values[at] = 0;
  for (const size of WINDOWS) {
    const limits = sumLimits(size, factor * FIRST_LIMIT * sigma);
    if (size <= plane.rows) thresholdTime(plane, counted, limits);
    if (size > 1 && size <= plane.channels) thresholdFrequency(plane, counted, limits);
  }
  for (let at = 0; at < values.length; at++)
    if (counted[at] === 0 && states[at] === STATE.clean) states[at] = STATE.flagged;
}

/** The limits of the sums of 0 to `size` values. */
function sumLimits(size: number, first: number): Float64Array {
  // Infinity for none: the difference of sums of many values may not be exactly 0 then.
  return Float64Array.from({ length: size + 1 }, (_, count) =>
    count === 0 ? Infinity : (count * first) / LIMIT_RATIO ** Math.log2(count),
  );
}

// Each window is judged by the flags of shorter windows, not by those of windows of its own
// length: a value is flagged when it leaves the window.

function thresholdFrequency(
  { rows, channels, values }: Plane,
  counted: Uint8Array,
  limits: Float64Array,
): void {
  const size = limits.length - 1;
  for (let start = 0; start < rows * channels; start += channels) {
    const end = start + channels;
    let sum = 0;
    let count = 0;
    for (let at = start; at < start + size - 1; at++) {
      sum += values[at] as number;
      count += counted[at] as number;
    }
    /** The values up to here are to be flagged. */
    let until = 0;
    for (let at = start + size - 1; at < end; at++) {
      sum += values[at] as number;
      count += counted[at] as number;
      if (sum > (limits[count] as number)) until = at + 1;
      const first = at - size + 1;
      sum -= values[first] as number;
      count -= counted[first] as number;
      if (first < until) values[first] = counted[first] = 0;
    }
    for (let at = end - size + 1; at < until; at++) values[at] = counted[at] = 0;
  }
}

function thresholdTime({ rows, channels, values }: Plane, counted: Uint8Array, limits: Float64Array): void {
  const size = limits.length - 1;
  const sums = new Float64Array(channels);
  const counts = new Int32Array(channels);
  /** The rows up to which the values of each channel are to be flagged, and the highest of them. */
  const until = new Int32Array(channels);
  let highest = 0;
  const flagRow = (row: number) => {
    const start = row * channels;
    for (let k = 0; k < channels; k++)
      if (row < (until[k] as number)) values[start + k] = counted[start + k] = 0;
  };
  for (let row = 0; row < size - 1; row++) addRow(values, counted, row * channels, sums, counts);
  for (let row = size - 1; row < rows; row++) {
    const last = row * channels;
    const firstRow = row - size + 1;
    const first = firstRow * channels;
    for (let k = 0; k < channels; k++) {
      const sum = (sums[k] as number) + (values[last + k] as number);
      const count = (counts[k] as number) + (counted[last + k] as number);
      if (sum > (limits[count] as number)) until[k] = highest = row + 1;
      sums[k] = sum - (values[first + k] as number);
      counts[k] = count - (counted[first + k] as number);
    }
    if (firstRow < highest) flagRow(firstRow);
  }
  for (let row = rows - size + 1; row < highest; row++) flagRow(row);
}

function addRow(
  values: Float32Array,
  counted: Uint8Array,
  start: number,
  sums: Float64Array,
  counts: Int32Array,
): void {
  for (let k = 0; k < sums.length; k++) {
    sums[k] = (sums[k] as number) + (values[start + k] as number);
    counts[k] = (counts[k] as number) + (counted[start + k] as number);
  }
}
