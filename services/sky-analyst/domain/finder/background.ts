import { medianOf } from '#shared/spectrum/median';
import { BEAM_EXPONENT } from './beam.ts';
import { createNeighbours, type Neighbours } from './neighbours.ts';
import { beyondNoise } from './robust.ts';
import { vectorAt, vectorOf, type Vector } from './sphere.ts';

/** The annulus, in beam widths. */
const INNER = 1.5;
const OUTER = 4;
/** Distance between the places where the background is computed, in beam widths. */
const SPACING = 0.75;
/** Evenly spread values are enough for a median. */
const MAX_VALUES = 400;
const MIN_VALUES = 16;
/** Standard error of a median divided by that of a mean of normal values, for large numbers. */
const MEDIAN_ERROR = 1.2533;

/**
 * The background at each point: the median of the levels in an annulus of 1.5 to 4 beam widths. It
 * is computed on a net of places and interpolated. What noise alone may cause is not subtracted.
 * @param level Differences from the row baselines.
 * @param sigma Standard deviation of each level.
 */
export function annulusBackground(
  vectors: Float64Array,
  neighbours: Neighbours,
  level: Float64Array,
  sigma: Float64Array,
  beamWidth: number,
): Float64Array {
  const places = placesNear(neighbours, beamWidth);
  const levels = places.map((place) => annulusLevel(place, neighbours, level, sigma, beamWidth));
  const background = new Float64Array(level.length);
  if (levels.every((value) => value === 0)) return background;
  const nodes = createNeighbours(Float64Array.from(places.flat()), SPACING * beamWidth);
  const spacing = SPACING * beamWidth;
  for (let point = 0; point < level.length; point++) {
    const count = nodes.near(vectorAt(vectors, point), 1.5 * spacing);
    let [sum, weights] = [0, 0];
    for (let n = 0; n < count; n++) {
      const angle = Math.sqrt(nodes.chordSquare[n] as number);
      const weight = Math.exp(-BEAM_EXPONENT * (angle / (1.2 * spacing)) ** 2);
      sum += weight * (levels[nodes.index[n] as number] as number);
      weights += weight;
    }
    if (weights > 0) background[point] = sum / weights;
  }
  return background;
}

/** Places all over the sphere, as far as there are points next to them. */
export function placesNear(neighbours: Neighbours, beamWidth: number): Vector[] {
  const spacing = SPACING * beamWidth;
  const bands = Math.ceil(Math.PI / spacing);
  const places: Vector[] = [];
  for (let band = 0; band < bands; band++) {
    const elevationDeg = ((band + 0.5) / bands) * 180 - 90;
    const circumference = 2 * Math.PI * Math.cos((elevationDeg * Math.PI) / 180);
    const columns = Math.max(1, Math.ceil(circumference / spacing));
    for (let column = 0; column < columns; column++) {
      const place = vectorOf((360 * (column + (band % 2) / 2)) / columns, elevationDeg);
      if (neighbours.near(place, 1.5 * spacing) > 0) places.push(place);
    }
  }
  return places;
}

function annulusLevel(
  place: Vector,
  neighbours: Neighbours,
  level: Float64Array,
  sigma: Float64Array,
  beamWidth: number,
): number {
  const count = neighbours.near(place, Math.min(Math.PI, OUTER * beamWidth));
  const { index, chordSquare } = neighbours;
  const inside = (2 * Math.sin(Math.min(Math.PI, INNER * beamWidth) / 2)) ** 2;
  const step = Math.max(1, Math.floor(count / MAX_VALUES));
  const values = new Float64Array(Math.ceil(count / step));
  let [size, variance] = [0, 0];
  for (let n = 0; n < count; n += step) {
    if ((chordSquare[n] as number) < inside) continue;
    const point = index[n] as number;
    values[size++] = level[point] as number;
    variance += (sigma[point] as number) ** 2;
  }
  if (size < MIN_VALUES) return 0;
  const median = medianOf(values.subarray(0, size));
  const error = (MEDIAN_ERROR * Math.sqrt(variance / size)) / Math.sqrt(size);
  return beyondNoise(median, error);
}
