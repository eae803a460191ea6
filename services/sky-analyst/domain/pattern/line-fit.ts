import { dot, vectorAt, type Vector } from '../finder/sphere.ts';
import { solvePositive } from '../statistics/solve-positive.ts';
import type { LocalValue, PatternPoints } from './local-fit.ts';

/** A great circle through the axis of the antenna, and the points along it by rising angle. */
export interface PatternLine {
  forward: Vector;
  /** The direction of positive angles: at a right angle to `forward`. */
  along: Vector;
  points: Omit<PatternPoints, 'neighbours'>;
  /** Of the points, from the axis, radians. */
  angles: Float64Array;
  /** Of the points, in those of the scan. */
  places: Int32Array;
}

/** Degree of the polynomial, and points that it needs. */
const DEGREES = [
  [6, 11],
  [4, 8],
  [2, 5],
] as const;
/** A value whose noise exceeds that of one point is extrapolated. */
const MAX_NOISE_GAIN = 1;
const SINGULAR = 1e-9;

/** The points of each principal plane: those nearer to it than to the other one. */
export function planesOf(points: PatternPoints): [azimuth: PatternLine, elevation: PatternLine] {
  const forward: Vector = [0, 1, 0];
  return [
    lineOf(points, { forward, along: [1, 0, 0] }, isLevel),
    lineOf(points, { forward, along: [0, 0, 1] }, (vector) => !isLevel(vector)),
  ];
}

/** Nearer to the plane of azimuth. */
export function isLevel([right, , up]: Vector): boolean {
  return Math.abs(up) <= Math.abs(right);
}

/** The points for which `isOnLine`, in the order of their angles. */
function lineOf(
  { vectors, power, level, isHigh, errors }: PatternPoints,
  { forward, along }: Pick<PatternLine, 'forward' | 'along'>,
  isOnLine: (vector: Vector) => boolean,
): PatternLine {
  const placed = Array.from(power, (_, k) => ({
    k,
    angle: angleOn({ forward, along }, vectorAt(vectors, k)),
  }))
    .filter(({ k }) => isOnLine(vectorAt(vectors, k)))
    .sort((a, b) => a.angle - b.angle);
  const chosen = new Float64Array(3 * placed.length);
  placed.forEach(({ k }, n) => chosen.set(vectorAt(vectors, k), 3 * n));
  const levelOf = (n: number) => level[placed[n]?.k ?? NaN];
  return {
    forward,
    along,
    angles: Float64Array.from(placed, ({ angle }) => angle),
    places: Int32Array.from(placed, ({ k }) => k),
    points: {
      vectors: chosen,
      power: Float64Array.from(placed, ({ k }) => power[k] as number),
      level: Float64Array.from(placed, ({ k }) => level[k] as number),
      isHigh: isHigh && Uint8Array.from(placed, ({ k }) => isHigh[k] as number),
      errors: errors?.map((column) => Float64Array.from(placed, ({ k }) => column[k] as number)),
      total: Float64Array.from(placed, ({ k }, n) => {
        const own = level[k] as number;
        return ((levelOf(n - 1) ?? own) + 2 * own + (levelOf(n + 1) ?? own)) / 4;
      }),
    },
  };
}

/** Of the part of a direction in the plane of the line. */
function angleOn({ forward, along }: Pick<PatternLine, 'forward' | 'along'>, vector: Vector): number {
  return Math.atan2(dot(vector, along), dot(vector, forward));
}

/**
 * The pattern at a direction on a line, by a polynomial of the sixth degree (less, where there are
 * few points) in the angle, with the weights of `fitLocally`. Undefined: too few points, or all on
 * one side.
 */
export function fitAlong(line: PatternLine, direction: Vector, radius: number): LocalValue | undefined {
  const { angles, points } = line;
  const angle = angleOn(line, direction);
  const near: number[] = [];
  const offsets: number[] = [];
  for (let k = 0; k < angles.length; k++) {
    const offset = withinHalfTurn((angles[k] as number) - angle) / radius;
    if (Math.abs(offset) >= 1) continue;
    near.push(k);
    offsets.push(offset);
  }
  const [degree] = DEGREES.find(([, least]) => near.length >= least) ?? [];
  if (degree === undefined) return undefined;
  let [sumTotal, sumKernel] = [0, 0];
  near.forEach((k, n) => {
    const kernel = (1 - (offsets[n] as number) ** 2) ** 4;
    sumTotal += kernel * (points.total[k] as number);
    sumKernel += kernel;
  });
  const here = sumTotal / sumKernel;
  const weights = near.map(
    (k, n) => (1 - (offsets[n] as number) ** 2) / (1 + ((points.total[k] as number) / here) ** 2),
  );
  const factors = factorsOfFit(offsets, weights, degree);
  if (!factors) return undefined;
  const value = near.reduce((sum, k, n) => sum + (factors[n] as number) * (points.power[k] as number), 0);
  return { value, index: Int32Array.from(near), weights: factors };
}

/** The factor of each point in the value of a weighted polynomial at offset 0. */
function factorsOfFit(
  offsets: readonly number[],
  weights: readonly number[],
  degree: number,
): Float64Array | undefined {
  const terms = degree + 1;
  const moments = Array.from({ length: 2 * degree + 1 }, (_, power) =>
    offsets.reduce((sum, offset, n) => sum + (weights[n] as number) * offset ** power, 0),
  );
  const normal = new Float64Array(terms * terms);
  for (let i = 0; i < terms; i++)
    for (let j = 0; j <= i; j++) normal[i * terms + j] = moments[i + j] as number;
  const first = new Float64Array(terms);
  first[0] = 1;
  if (!solvePositive(normal, first, SINGULAR)) return undefined;
  const factors = Float64Array.from(offsets, (offset, n) => {
    const polynomial = first.reduce((sum, factor, power) => sum + factor * offset ** power, 0);
    return (weights[n] as number) * polynomial;
  });
  const noiseGain = factors.reduce((sum, factor) => sum + factor ** 2, 0);
  return noiseGain <= MAX_NOISE_GAIN ? factors : undefined;
}

function withinHalfTurn(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
