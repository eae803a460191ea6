import { gainByChord } from './beam.ts';
import type { Neighbours } from './neighbours.ts';
import { vectorAt } from './sphere.ts';

/** The matched filter of all points, which is the same in every channel. */
export interface ChannelWeights {
  /** Neighbours of point p: from starts[p] to starts[p + 1]. */
  starts: Int32Array;
  index: Int32Array;
  /** g / sqrt(sum g^2): sums of unit noise keep the standard deviation 1. */
  weight: Float32Array;
  /** 1 / sqrt(sum g^2): amplitude of a source relative to its value in the filter. */
  peakPerValue: Float32Array;
  /**
   * How many times as many transforms as a point the filter's output has, by its skewness, which is
   * sum(g^3) / sum(g^2)^(3/2) of that of a point.
   */
  transformsFactor: Float32Array;
}

/** In beam widths: see matched-filter.ts. */
const REACH = 1;

export function channelWeights(
  vectors: Float64Array,
  neighbours: Neighbours,
  beamWidth: number,
): ChannelWeights {
  const count = vectors.length / 3;
  const reach = Math.min(Math.PI, REACH * beamWidth);
  const gainOf = gainByChord(beamWidth, reach);
  const starts = new Int32Array(count + 1);
  for (let point = 0; point < count; point++)
    starts[point + 1] = (starts[point] as number) + neighbours.near(vectorAt(vectors, point), reach);
  const size = starts[count] as number;
  const weights: ChannelWeights = {
    starts,
    index: new Int32Array(size),
    weight: new Float32Array(size),
    peakPerValue: new Float32Array(count),
    transformsFactor: new Float32Array(count),
  };
  for (let point = 0; point < count; point++) {
    const found = neighbours.near(vectorAt(vectors, point), reach);
    const start = starts[point] as number;
    let [squares, cubes] = [0, 0];
    for (let n = 0; n < found; n++) {
      const gain = gainOf(neighbours.chordSquare[n] as number);
      squares += gain ** 2;
      cubes += gain ** 3;
      weights.index[start + n] = neighbours.index[n] as number;
      weights.weight[start + n] = gain;
    }
    const scale = 1 / Math.sqrt(squares);
    for (let n = 0; n < found; n++) weights.weight[start + n] = (weights.weight[start + n] as number) * scale;
    weights.peakPerValue[point] = scale;
    weights.transformsFactor[point] = squares ** 3 / cubes ** 2;
  }
  return weights;
}
