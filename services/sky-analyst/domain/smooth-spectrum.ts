import { ParabolaFit, valueAt, type Parabola } from './parabola.ts';
import { upperMedian } from './plane.ts';
import { halfWindow } from './window.ts';

const ROUNDS = 3;
/** Bisquare weights are 0 from this many median distances from the curve on (Cleveland 1979). */
const CUT_OFF = 6;

/**
 * A smooth curve through the levels of the channels: at each channel, the parabola that fits the
 * nearest known levels best, 31 with 256 channels or more (Cleveland 1979). A carrier narrower
 * than half of that has no effect.
 * @param levels NaN where unknown.
 */
export function smoothSpectrum(levels: Float64Array): Float64Array {
  const known = Int32Array.from(levels.keys()).filter((k) => !Number.isNaN(levels[k]));
  const size = 2 * halfWindow(levels.length) + 1;
  const fit = new ParabolaFit();
  let after = 0;
  return levels.map((_, channel) => {
    while (after < known.length && (known[after] as number) < channel) after++;
    const first = Math.max(0, Math.min(after - (size >> 1), known.length - size));
    return levelAt(channel, levels, known.subarray(first, first + size), fit);
  });
}

/** `window`: the channels to use. */
function levelAt(channel: number, levels: Float64Array, window: Int32Array, fit: ParabolaFit): number {
  const x = Float64Array.from(window, (k) => (k - channel) / levels.length);
  const values = Float32Array.from(window, (k) => levels[k] as number);
  const distances = new Float32Array(window.length);
  let curve: Parabola = [upperMedian(values.slice()), 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    for (let k = 0; k < x.length; k++)
      distances[k] = Math.abs((values[k] as number) - valueAt(curve, x[k] as number));
    const reach = CUT_OFF * upperMedian(distances.slice());
    // More than half of the values are on the curve.
    if (!(reach > 0)) break;
    fit.clear();
    for (let k = 0; k < x.length; k++) {
      const weight = Math.max(0, 1 - ((distances[k] as number) / reach) ** 2) ** 2;
      fit.add(x[k] as number, values[k] as number, weight);
    }
    curve = fit.solve(2);
  }
  return curve[0];
}
