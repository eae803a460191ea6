import type { Neighbours } from '../finder/neighbours.ts';
import { angleOfChord, tangentPlaneAt, vectorAt, type Vector } from '../finder/sphere.ts';
import { solvePositive } from '../statistics/solve-positive.ts';

/** The points of a pattern. */
export interface PatternPoints {
  /** Where the source was: right, forward, up; three numbers for each point. */
  vectors: Float64Array;
  /** Linear power less background. */
  power: Float64Array;
  /** Power with background; noise is proportional to it. */
  level: Float64Array;
  /** The level, averaged over the nearest points. */
  total: Float64Array;
  /** 1: of a higher receiver gain, with a relative noise of its own. Absent: one gain. */
  isHigh?: Uint8Array | undefined;
  /** Errors of the power that points share, of one sigma, each independent. Absent: none. */
  errors?: readonly Float64Array[] | undefined;
  neighbours: Neighbours;
}

/** The pattern at a direction: the sum of weight times power of the points near it. */
export interface LocalValue {
  value: number;
  index: Int32Array;
  weights: Float64Array;
}

/** Terms of polynomials of these degrees in two variables. */
const TERMS = { 2: 6, 4: 15, 6: 28 } as const;
/** Points for each term; with fewer, a polynomial follows the noise. */
const POINTS_PER_TERM = 1.6;
/** A value whose noise exceeds that of one point is extrapolated. */
const MAX_NOISE_GAIN = 1;
/** Points at the same places do not determine a polynomial, but for rounding. */
const SINGULAR = 1e-9;

/** The points of a fit. */
export interface Reach {
  /** Radians. */
  radius: number;
  /**
   * About the largest number of points: where they are denser, as at the poles of the mount, the
   * radius is smaller.
   */
  most: number;
}

/**
 * The pattern at a direction, by a polynomial of the sixth degree (fourth or second, where there
 * are few points) in the tangent plane, fitted to the linear power of all points within a radius.
 * Near points have more weight, and so have low levels, because the noise is proportional to the
 * level (local regression: Cleveland and Devlin 1988). Undefined: too few points, or all on one
 * side.
 */
export function fitLocally(
  { vectors, power, total, neighbours }: PatternPoints,
  direction: Vector,
  { radius: largest, most }: Reach,
): LocalValue | undefined {
  let [radius, count] = [largest, neighbours.near(direction, largest)];
  if (count > most) {
    radius = radiusFor(neighbours, count, { radius, most });
    count = neighbours.near(direction, radius);
  }
  if (count < POINTS_PER_TERM * TERMS[2]) return undefined;
  const { right, up } = tangentPlaneAt(direction);
  const index = neighbours.index.slice(0, count);
  const kernel = new Float64Array(count);
  let [sumTotal, sumKernel] = [0, 0];
  for (let n = 0; n < count; n++) {
    const distance = angleOfChord(neighbours.chordSquare[n] as number) / radius;
    const near = Math.max(0, 1 - distance * distance);
    kernel[n] = near;
    sumTotal += near ** 4 * (total[index[n] as number] as number);
    sumKernel += near ** 4;
  }
  const here = sumTotal / sumKernel;
  const offsets = new Float64Array(2 * count);
  const weights = new Float64Array(count);
  for (let n = 0; n < count; n++) {
    const at = index[n] as number;
    const [x, y] = offset(vectorAt(vectors, at), direction, right, up);
    offsets[2 * n] = x / radius;
    offsets[2 * n + 1] = y / radius;
    weights[n] = (kernel[n] as number) / (1 + ((total[at] as number) / here) ** 2);
  }
  // Points at the same places, as of a mount that turns over, may not determine the higher degree.
  const found =
    (count >= POINTS_PER_TERM * TERMS[6] ? weightsOfFit(offsets, weights, 6) : undefined) ??
    (count >= POINTS_PER_TERM * TERMS[4] ? weightsOfFit(offsets, weights, 4) : undefined) ??
    weightsOfFit(offsets, weights, 2);
  if (!found) return undefined;
  let value = 0;
  for (let n = 0; n < count; n++) value += (found[n] as number) * (power[index[n] as number] as number);
  return { value, index, weights: found };
}

/** A radius with fewer points. It changes smoothly with the direction, so that the fits do. */
function radiusFor({ chordSquare }: Neighbours, count: number, { radius, most }: Reach): number {
  let sum = 0;
  for (let n = 0; n < count; n++) sum += 1 - (angleOfChord(chordSquare[n] as number) / radius) ** 2;
  // Of points that are spread evenly, the sum is half of their number.
  return radius * Math.min(1, Math.sqrt(most / (2 * sum)));
}

/** The factor of each point in the value of a weighted fit at offset 0. */
function weightsOfFit(
  offsets: Float64Array,
  weights: Float64Array,
  degree: 2 | 4 | 6,
): Float64Array | undefined {
  const count = weights.length;
  const terms = TERMS[degree];
  // Term by term: sums of products of consecutive numbers are fast.
  const columns = termsOf(offsets, degree);
  const normal = new Float64Array(terms * terms);
  const weighted = new Float64Array(count);
  for (let i = 0; i < terms; i++) {
    for (let n = 0; n < count; n++) weighted[n] = (weights[n] as number) * (columns[i * count + n] as number);
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let n = 0, at = j * count; n < count; n++, at++)
        sum += (weighted[n] as number) * (columns[at] as number);
      normal[i * terms + j] = sum;
    }
  }
  // The row of the inverse that gives the value.
  const first = new Float64Array(terms);
  first[0] = 1;
  if (!solvePositive(normal, first, SINGULAR)) return undefined;
  const factors = new Float64Array(count);
  for (let i = 0; i < terms; i++)
    for (let n = 0, at = i * count; n < count; n++, at++)
      factors[n] = (factors[n] as number) + (first[i] as number) * (columns[at] as number);
  let noiseGain = 0;
  for (let n = 0; n < count; n++) {
    const factor = (factors[n] as number) * (weights[n] as number);
    factors[n] = factor;
    noiseGain += factor ** 2;
  }
  return noiseGain <= MAX_NOISE_GAIN ? factors : undefined;
}

/** Azimuthal equidistant projection around a direction. */
function offset(vector: Vector, direction: Vector, right: Vector, up: Vector): [number, number] {
  const along = (axis: Vector) => vector[0] * axis[0] + vector[1] * axis[1] + vector[2] * axis[2];
  const [x, y] = [along(right), along(up)];
  const sine = Math.hypot(x, y);
  const scale = sine < 1e-12 ? 1 : Math.atan2(sine, along(direction)) / sine;
  return [x * scale, y * scale];
}

/** x^a y^b of all points, one term after the other, by rising degree. */
function termsOf(offsets: Float64Array, degree: 2 | 4 | 6): Float64Array {
  const count = offsets.length / 2;
  const columns = new Float64Array(TERMS[degree] * count).fill(1, 0, count);
  let [term, lower] = [1, 0];
  for (let power = 1; power <= degree; power++) {
    const first = term;
    // Those of the degree before, times x; then the last one of them, times y.
    for (let k = 0; k <= power; k++, term++) {
      const [from, axis] = k < power ? [lower + k, 0] : [lower + power - 1, 1];
      for (let n = 0; n < count; n++)
        columns[term * count + n] = (columns[from * count + n] as number) * (offsets[2 * n + axis] as number);
    }
    lower = first;
  }
  return columns;
}
