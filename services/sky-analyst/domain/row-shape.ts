import { ParabolaFit, valueAt, type Parabola } from './parabola.ts';
import { STATE, upperMedian, type Plane } from './plane.ts';

const BLOCKS = 8;
/** Evenly spread values are enough for the median of a block. */
const MAX_BLOCK_VALUES = 40;
/** Shares of clean values from which on they determine a parabola or a line. */
const PARABOLA_SHARE = 0.75;
const LINE_SHARE = 0.5;

/**
 * Subtracts from each row its level as a function of frequency: a parabola by least squares if
 * most values of the row are clean, a line if fewer are, and a robust line if flags cover half of
 * the band. Broadband sources and the drift of the gain disappear.
 * @param plane Levels without the bandpass; the result replaces them, those of flagged values too.
 */
export function subtractRowShapes(plane: Plane, states: Uint8Array): void {
  const fit = new ParabolaFit();
  subtractFromRows(plane, states, (values, rowStates) => {
    fit.clear();
    let usable = 0;
    let clean = 0;
    for (let k = 0; k < values.length; k++) {
      if (rowStates[k] === STATE.unusable) continue;
      usable++;
      if (rowStates[k] !== STATE.clean) continue;
      clean++;
      fit.add(xOf(k, values.length), values[k] as number, 1);
    }
    if (usable === 0 || clean < LINE_SHARE * usable) return robustLine(values, rowStates);
    return fit.solve(clean < PARABOLA_SHARE * usable ? 1 : 2);
  });
}

/** The same with robust lines for all rows, before anything is flagged. */
export function subtractRobustLines(plane: Plane, states: Uint8Array): void {
  subtractFromRows(plane, states, robustLine);
}

function subtractFromRows(
  { rows, channels, values }: Plane,
  states: Uint8Array,
  shapeOf: (values: Float32Array, states: Uint8Array) => Parabola,
): void {
  for (let start = 0; start < rows * channels; start += channels) {
    const row = values.subarray(start, start + channels);
    const shape = shapeOf(row, states.subarray(start, start + channels));
    for (let k = 0; k < channels; k++) row[k] = (row[k] as number) - valueAt(shape, xOf(k, channels));
  }
}

/** From -1 to 1 over the band. */
function xOf(channel: number, channels: number): number {
  return (2 * channel + 1) / channels - 1;
}

/**
 * The line with the least median distance from the medians of eight blocks (Rousseeuw 1984),
 * through two of them or level: a signal that covers three blocks does not affect it. Ignores
 * flags.
 */
function robustLine(values: Float32Array, states: Uint8Array): Parabola {
  const points = blockMedians(values, states);
  const distances = new Float32Array(points.length);
  let best: Parabola = [NaN, 0, 0];
  let least = Infinity;
  const tryLine = (c0: number, c1: number) => {
    for (let k = 0; k < distances.length; k++) {
      const { x, median } = points[k] as { x: number; median: number };
      distances[k] = Math.abs(median - c0 - c1 * x);
    }
    const distance = upperMedian(distances);
    if (distance >= least) return;
    least = distance;
    best = [c0, c1, 0];
  };
  points.forEach((a, i) => {
    tryLine(a.median, 0);
    for (const b of points.slice(i + 1)) {
      const slope = (b.median - a.median) / (b.x - a.x);
      tryLine(a.median - slope * a.x, slope);
    }
  });
  return best;
}

function blockMedians(values: Float32Array, states: Uint8Array): { x: number; median: number }[] {
  const channels = values.length;
  const chosen = new Float32Array(MAX_BLOCK_VALUES);
  const points: { x: number; median: number }[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const first = Math.round((block * channels) / BLOCKS);
    const end = Math.round(((block + 1) * channels) / BLOCKS);
    const step = Math.ceil((end - first) / MAX_BLOCK_VALUES);
    let count = 0;
    for (let k = first; k < end; k += step)
      if (states[k] !== STATE.unusable) chosen[count++] = values[k] as number;
    if (count === 0) continue;
    points.push({ x: xOf((first + end - 1) / 2, channels), median: upperMedian(chosen.subarray(0, count)) });
  }
  return points;
}
