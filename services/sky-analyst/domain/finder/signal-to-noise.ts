import { gaussianGain } from './beam.ts';
import type { FittedSource } from './fit-group.ts';
import type { Points } from './points.ts';
import { MODEL_ERROR, type PreparedMap } from './prepared-map.ts';
import { angleBetween, angleOfChord, vectorAt } from './sphere.ts';

/** Sources at this distance do not matter, in beam widths. */
const REACH = 3.5;

/**
 * SNR_mf of a source: its amplitude in the matched filter, without the other sources, divided by
 * the noise that would be there without it.
 */
export function signalToNoise(
  { vectors, neighbours, counts, beamWidth }: Points,
  { above, background, baselineSigma, relativeSigma, noiseScale, correlation }: PreparedMap,
  sources: readonly FittedSource[],
  source: FittedSource,
): number {
  const others = sources.filter(
    (other) => other !== source && angleBetween(other.direction, source.direction) < REACH * beamWidth,
  );
  const count = neighbours.near(source.direction, Math.min(Math.PI, beamWidth));
  let [product, square] = [0, 0];
  for (let n = 0; n < count; n++) {
    const point = neighbours.index[n] as number;
    const gain = gaussianGain(angleOfChord(neighbours.chordSquare[n] as number), beamWidth);
    let other = 0;
    for (const { direction, amplitude, width } of others)
      other += amplitude * gaussianGain(angleBetween(direction, vectorAt(vectors, point)), width);
    const level = (background[point] as number) + other;
    const noise = (level * relativeSigma * noiseScale) / Math.sqrt(counts[point] as number);
    const sigma = Math.hypot(noise, MODEL_ERROR * other, baselineSigma[point] as number);
    const weighted = gain / sigma ** 2;
    product += weighted * ((above[point] as number) - other);
    square += weighted * gain;
  }
  return square > 0 ? product / Math.sqrt(square) / correlation : 0;
}
