import { gainByChord } from './beam.ts';
import type { Neighbours } from './neighbours.ts';
import { vectorAt, type Vector } from './sphere.ts';

/** Beyond one beam width, the gain is below 6 %: 0.4 % of the sum of its squares. */
const REACH = 1;

export interface FilterOutput {
  /** The most likely amplitude of a source there. */
  amplitude: number;
  /** Its standard deviation; Infinity without points. */
  sigma: number;
}

export interface MatchedFilter {
  at(direction: Vector): FilterOutput;
  /** Amplitude divided by sigma, at each point. */
  map(): Float64Array;
}

/**
 * The matched filter for a Gaussian beam, z = sum(w g d) / sqrt(sum(w g^2)) with w = 1 / sigma^2
 * (Turin 1960), over the points near a direction: any grid, gaps and edges.
 * @param level Above the background.
 */
export function createMatchedFilter(
  vectors: Float64Array,
  neighbours: Neighbours,
  level: Float64Array,
  sigma: Float64Array,
  beamWidth: number,
): MatchedFilter {
  const reach = Math.min(Math.PI, REACH * beamWidth);
  const gainOf = gainByChord(beamWidth, reach);
  const at = (direction: Vector): FilterOutput => {
    const count = neighbours.near(direction, reach);
    const { index, chordSquare } = neighbours;
    let [product, square] = [0, 0];
    for (let n = 0; n < count; n++) {
      const point = index[n] as number;
      const gain = gainOf(chordSquare[n] as number);
      const weighted = gain / (sigma[point] as number) ** 2;
      product += weighted * (level[point] as number);
      square += weighted * gain;
    }
    return square === 0
      ? { amplitude: 0, sigma: Infinity }
      : { amplitude: product / square, sigma: 1 / Math.sqrt(square) };
  };
  return {
    at,
    map: () =>
      level.map((_, point) => {
        const { amplitude, sigma: error } = at(vectorAt(vectors, point));
        return amplitude / error;
      }),
  };
}
