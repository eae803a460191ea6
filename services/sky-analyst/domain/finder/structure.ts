import { Matrix, solve } from 'ml-matrix';
import { medianOf } from '#shared/spectrum/median';
import { SIGMA_TO_MAD } from '../robust-sigma.ts';
import { placesNear } from './background.ts';
import { createNeighbours, type Neighbours } from './neighbours.ts';
import type { Points } from './points.ts';
import { tangentPlaneAt, vectorAt, type Vector } from './sphere.ts';

/** Radius of the surfaces, in beam widths. */
const REACH = 3;
/** Distance between their centres, in beam widths. */
const SPACING = 0.75;
const MAX_VALUES = 400;
/** Twice the coefficients of a surface. */
const MIN_VALUES = 12;
const FITS = 6;
/**
 * Asymmetric least squares (Eilers and Boelens 2005) begins: sources are above the background, so
 * levels above it count less.
 */
const ABOVE = 0.15;
const FIRST_FITS = 3;
/** Of the biweight of Tukey, in standard deviations: 95 % efficient for normal noise. */
const BIWEIGHT = 4.685;

/**
 * The structure of the sky at directions: quadratic surfaces in the planes that touch the sky,
 * fitted robustly to the logarithms of the levels within three beam widths. What is wider than a
 * few beams follows them, a source does not.
 * @param level Above 0.
 * @param sigma Standard deviation of each level, relative to it; Infinity: it does not count.
 * @param targets Unit vectors, three numbers for each direction.
 */
export function structureAt(
  { vectors, neighbours, beamWidth }: Pick<Points, 'vectors' | 'neighbours' | 'beamWidth'>,
  level: Float64Array,
  sigma: Float64Array,
  targets: Float64Array,
): Float64Array {
  const logs = level.map((value) => Math.log(value));
  const places = placesNear(neighbours, beamWidth);
  const surfaces = places.map((place) => surfaceAt(place, vectors, neighbours, logs, sigma, beamWidth));
  const reach = 1.5 * SPACING * beamWidth;
  const nodes = createNeighbours(Float64Array.from(places.flat()), SPACING * beamWidth);
  const middle = medianOf(logs.slice());
  return Float64Array.from({ length: targets.length / 3 }, (_, target) => {
    const vector = vectorAt(targets, target);
    const count = nodes.near(vector, reach);
    let [sum, weights] = [0, 0];
    for (let n = 0; n < count; n++) {
      const surface = surfaces[nodes.index[n] as number];
      if (!surface) continue;
      const weight = Math.max(0, 1 - (nodes.chordSquare[n] as number) / reach ** 2) ** 2;
      sum += weight * surface(vector);
      weights += weight;
    }
    return Math.exp(weights > 0 ? sum / weights : middle);
  });
}

type Surface = (direction: Vector) => number;

function surfaceAt(
  place: Vector,
  vectors: Float64Array,
  neighbours: Neighbours,
  level: Float64Array,
  sigma: Float64Array,
  beamWidth: number,
): Surface | undefined {
  const reach = REACH * beamWidth;
  const count = neighbours.near(place, Math.min(Math.PI, reach));
  const step = Math.max(1, Math.floor(count / MAX_VALUES));
  const used = Array.from({ length: Math.ceil(count / step) }, (_, k) => k * step).filter(
    (n) => sigma[neighbours.index[n] as number] !== Infinity,
  );
  if (used.length < MIN_VALUES) return undefined;
  const points = used.map((n) => neighbours.index[n] as number);
  const basisAt = basisAround(place, reach);
  const basis = points.map((point) => basisAt(vectorAt(vectors, point)));
  const near = used.map((n) => (1 - (neighbours.chordSquare[n] as number) / reach ** 2) ** 2 + 1e-3);
  const errors = points.map((point) => sigma[point] as number);
  const values = points.map((point) => level[point] as number);
  let coefficients: number[] | undefined;
  let robust = values.map(() => 1);
  for (let fit = 0; fit < FITS; fit++) {
    coefficients = fitted(
      basis,
      values,
      robust.map((weight, k) => (weight * (near[k] as number)) / (errors[k] as number) ** 2),
    );
    if (!coefficients) return undefined;
    const own = coefficients;
    const deviations = values.map(
      (value, k) => (value - dotOf(own, basis[k] as number[])) / (errors[k] as number),
    );
    if (fit < FIRST_FITS) robust = deviations.map((deviation) => (deviation > 0 ? ABOVE : 1 - ABOVE));
    else {
      const below = deviations.filter((deviation) => deviation < 0).map((deviation) => -deviation);
      const scatter = Math.max(1, below.length > 0 ? SIGMA_TO_MAD * medianOf(Float64Array.from(below)) : 1);
      robust = deviations.map((deviation) => Math.max(0, 1 - (deviation / (BIWEIGHT * scatter)) ** 2) ** 2);
    }
  }
  const own = coefficients as number[];
  return (direction) => dotOf(own, basisAt(direction));
}

/** 1, x, y, x^2, xy, y^2 in the tangent plane, in units of the radius. */
function basisAround(place: Vector, reach: number): (direction: Vector) => number[] {
  const { right, up } = tangentPlaneAt(place);
  return ([a, b, c]) => {
    const x = (a * right[0] + b * right[1] + c * right[2]) / reach;
    const y = (a * up[0] + b * up[1] + c * up[2]) / reach;
    return [1, x, y, x * x, x * y, y * y];
  };
}

function fitted(basis: number[][], values: number[], weights: number[]): number[] | undefined {
  const size = 6;
  const normal = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const right = new Array<number>(size).fill(0);
  basis.forEach((row, k) => {
    const weight = weights[k] as number;
    for (let i = 0; i < size; i++) {
      const own = weight * (row[i] as number);
      right[i] = (right[i] as number) + own * (values[k] as number);
      for (let j = 0; j < size; j++)
        (normal[i] as number[])[j] = ((normal[i] as number[])[j] as number) + own * (row[j] as number);
    }
  });
  const trace = normal.reduce((sum, row, i) => sum + (row[i] as number), 0);
  normal.forEach((row, i) => (row[i] = (row[i] as number) + 1e-9 * trace));
  const result = solve(new Matrix(normal), Matrix.columnVector(right)).to1DArray();
  return result.every(Number.isFinite) ? result : undefined;
}

function dotOf(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
}
