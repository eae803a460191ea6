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
  const net = netOf(vectors, neighbours, beamWidth);
  const levels = net.annuli.map((annulus) => annulusLevel(annulus, level, sigma));
  const background = new Float64Array(level.length);
  if (levels.every((value) => value === 0)) return background;
  net.nodes.forEach(({ places, weights, total }, point) => {
    let sum = 0;
    for (let n = 0; n < places.length; n++)
      sum += (weights[n] as number) * (levels[places[n] as number] as number);
    if (total > 0) background[point] = sum / total;
  });
  return background;
}

/** What the backgrounds of all levels of the same points have in common. */
interface Net {
  /** The points in the annulus of each place. */
  annuli: Int32Array[];
  /** The places near each point, and their weights. */
  nodes: { places: Int32Array; weights: Float64Array; total: number }[];
}

/** A map is searched several times: the net takes as long as the medians. */
const nets = new WeakMap<Neighbours, Map<number, Net>>();

function netOf(vectors: Float64Array, neighbours: Neighbours, beamWidth: number): Net {
  const byWidth = nets.get(neighbours) ?? new Map<number, Net>();
  nets.set(neighbours, byWidth);
  const known = byWidth.get(beamWidth);
  if (known) return known;
  const places = placesNear(neighbours, beamWidth);
  const spacing = SPACING * beamWidth;
  const near = createNeighbours(Float64Array.from(places.flat()), spacing);
  const net: Net = {
    annuli: places.map((place) => annulusAround(place, neighbours, beamWidth)),
    nodes: Array.from({ length: vectors.length / 3 }, (_, point) => {
      const count = near.near(vectorAt(vectors, point), 1.5 * spacing);
      const weights = new Float64Array(count);
      let total = 0;
      for (let n = 0; n < count; n++) {
        const angle = Math.sqrt(near.chordSquare[n] as number);
        total += weights[n] = Math.exp(-BEAM_EXPONENT * (angle / (1.2 * spacing)) ** 2);
      }
      return { places: near.index.slice(0, count), weights, total };
    }),
  };
  byWidth.set(beamWidth, net);
  return net;
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

/** Some of the points in an annulus. */
function annulusAround(place: Vector, neighbours: Neighbours, beamWidth: number): Int32Array {
  const count = neighbours.near(place, Math.min(Math.PI, OUTER * beamWidth));
  const { index, chordSquare } = neighbours;
  const inside = (2 * Math.sin(Math.min(Math.PI, INNER * beamWidth) / 2)) ** 2;
  const step = Math.max(1, Math.floor(count / MAX_VALUES));
  const points = new Int32Array(Math.ceil(count / step));
  let size = 0;
  for (let n = 0; n < count; n += step)
    if (!((chordSquare[n] as number) < inside)) points[size++] = index[n] as number;
  return points.slice(0, size);
}

function annulusLevel(annulus: Int32Array, level: Float64Array, sigma: Float64Array): number {
  const size = annulus.length;
  if (size < MIN_VALUES) return 0;
  // `from` with a function takes ten times as long.
  const values = new Float64Array(size);
  let variance = 0;
  for (let n = 0; n < size; n++) {
    const point = annulus[n] as number;
    values[n] = level[point] as number;
    variance += (sigma[point] as number) ** 2;
  }
  const median = medianOf(values);
  const error = (MEDIAN_ERROR * Math.sqrt(variance / size)) / Math.sqrt(size);
  return beyondNoise(median, error);
}
