import { gainByChord } from './beam.ts';
import type { Points } from './points.ts';
import { vectorAt } from './sphere.ts';

/** The matched filter of all points, which is the same in every channel. */
export interface ChannelWeights {
  /**
   * Fills `index` and `weight` with the neighbours of a point and returns their number. The weights
   * are g n / sqrt(sum n g^2) for means of n points: sums of unit noise keep the standard
   * deviation 1. Valid until the next call.
   */
  near(point: number): number;
  index: Int32Array;
  weight: Float64Array;
  /** 1 / sqrt(sum n g^2): amplitude of a source relative to its value in the filter. */
  peakPerValue: Float64Array;
  /**
   * How many times as many transforms as a measured point the filter's output has, by its skewness,
   * which is sum(n g^3) / sum(n g^2)^(3/2) of that of a point.
   */
  transformsFactor: Float64Array;
}

/** In beam widths: see matched-filter.ts. */
const REACH = 1;

/** Searches neighbours again for each call: lists of all would not fit in memory on large maps. */
export function channelWeights({ vectors, neighbours, counts, beamWidth }: Points): ChannelWeights {
  const size = counts.length;
  const reach = Math.min(Math.PI, REACH * beamWidth);
  const gainOf = gainByChord(beamWidth, reach);
  const weights: ChannelWeights = {
    near,
    index: neighbours.index,
    weight: new Float64Array(0),
    peakPerValue: new Float64Array(size),
    transformsFactor: new Float64Array(size),
  };
  for (let point = 0; point < size; point++) {
    const found = neighbours.near(vectorAt(vectors, point), reach);
    let [squares, cubes] = [0, 0];
    for (let n = 0; n < found; n++) {
      const gain = gainOf(neighbours.chordSquare[n] as number);
      const count = counts[neighbours.index[n] as number] as number;
      squares += count * gain ** 2;
      cubes += count * gain ** 3;
    }
    weights.peakPerValue[point] = 1 / Math.sqrt(squares);
    weights.transformsFactor[point] = squares ** 3 / cubes ** 2;
  }
  return weights;

  function near(point: number): number {
    const found = neighbours.near(vectorAt(vectors, point), reach);
    if (weights.weight.length < found) weights.weight = new Float64Array(neighbours.index.length);
    weights.index = neighbours.index;
    const scale = weights.peakPerValue[point] as number;
    for (let n = 0; n < found; n++) {
      const gain = gainOf(neighbours.chordSquare[n] as number);
      weights.weight[n] = scale * gain * (counts[neighbours.index[n] as number] as number);
    }
    return found;
  }
}
