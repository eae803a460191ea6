import { subtractLocalMean } from './local-mean.ts';
import { STATE, upperMedian, type Plane } from './plane.ts';
import { robustSigma } from './robust-sigma.ts';
import { subtractRobustLines, subtractRowShapes } from './row-shape.ts';
import { smoothSpectrum } from './smooth-spectrum.ts';

/** Rows from which the first bandpass is found. */
const MAX_MEDIAN_ROWS = 255;
/** Larger deviations from the background count as this many standard deviations in a mean. */
const MAX_DEVIATION = 3;

/** Subtracts from a plane of levels what changes slowly or over the whole band. */
export interface HighPass {
  /**
   * The levels above the background, which is found without the flagged values. Returns the same
   * plane every time. Values that are not usable are undefined.
   */
  filter(states: Uint8Array): Plane;
  /** The level of each channel relative to the rows, as `filter` has found it last. */
  bandpass(): Float64Array;
}

/** `levels`: natural logarithms of power, NaN where `states` are unusable. */
export function createHighPass(levels: Plane, states: Uint8Array): HighPass {
  const { rows, channels, values } = levels;
  const residual: Plane = { rows, channels, values: new Float32Array(values.length) };
  let bandpass = smoothSpectrum(medianSpectrum(levels, states));
  let isFirst = true;
  const subtractBandpass = () => {
    for (let at = 0; at < values.length;)
      for (let k = 0; k < channels; k++, at++)
        residual.values[at] = (values[at] as number) - (bandpass[k] as number);
  };
  return {
    filter(flags) {
      subtractBandpass();
      if (isFirst) {
        isFirst = false;
        subtractRobustLines(residual, flags);
        return residual;
      }
      subtractRowShapes(residual, flags);
      const limit = MAX_DEVIATION * robustSigma(residual, flags);
      const correction = meanSpectrum(residual, flags, limit);
      const next = smoothSpectrum(correction.map((level, k) => (bandpass[k] as number) + level));
      const change = next.map((level, k) => level - (bandpass[k] as number));
      for (let at = 0; at < values.length;)
        for (let k = 0; k < channels; k++, at++)
          residual.values[at] = (residual.values[at] as number) - (change[k] as number);
      bandpass = next;
      subtractLocalMean(residual, flags, limit);
      return residual;
    },
    bandpass: () => bandpass,
  };
}

/** The median over some rows of each channel relative to the median of its row. */
function medianSpectrum({ rows, channels, values }: Plane, states: Uint8Array): Float64Array {
  const count = Math.min(rows, MAX_MEDIAN_ROWS);
  const chosen = Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * rows) / count) * channels);
  const rowLevels = chosen.map((start) =>
    upperMedian(
      values.subarray(start, start + channels).filter((_, k) => states[start + k] !== STATE.unusable),
    ),
  );
  return Float64Array.from({ length: channels }, (_, k) => {
    const column = Float32Array.from(
      chosen,
      (start, row) => (values[start + k] as number) - (rowLevels[row] as number),
    );
    return upperMedian(column.filter((_, row) => states[(chosen[row] as number) + k] !== STATE.unusable));
  });
}

/** The mean of the clean values of each channel; NaN where there are none. */
function meanSpectrum({ rows, channels, values }: Plane, states: Uint8Array, limit: number): Float64Array {
  const sums = new Float64Array(channels);
  const counts = new Int32Array(channels);
  for (let row = 0, at = 0; row < rows; row++)
    for (let k = 0; k < channels; k++, at++) {
      if (states[at] !== STATE.clean) continue;
      sums[k] = (sums[k] as number) + Math.max(-limit, Math.min(values[at] as number, limit));
      counts[k] = (counts[k] as number) + 1;
    }
  return sums.map((sum, k) => sum / (counts[k] as number));
}
