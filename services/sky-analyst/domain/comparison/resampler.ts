import { gainByChord } from '../finder/beam.ts';
import { createNeighbours, type Neighbours } from '../finder/neighbours.ts';
import { vectorAt, type Vector } from '../finder/sphere.ts';
import { solvePositive } from '../statistics/solve-positive.ts';

/** Moves levels from measured directions to others. */
export interface Resampler {
  /** Levels are moved: the directions are not the same. */
  moves: boolean;
  /** Of each target: the source whose direction is the nearest; -1: none is near enough. */
  nearest: Int32Array;
  /**
   * Levels at the targets, dB; NaN: none.
   * @param correction Receives by how much each level was changed to move it, dB.
   */
  apply(levelsDb: ArrayLike<number>, correction?: Float64Array): Float64Array;
  /** The mean of any values over the sources of each target, without a correction. */
  mean(values: ArrayLike<number>): Float64Array;
}

/** A level is moved by at most this part of the beam width. */
const MAX_OFFSET = 0.25;
/** A smaller offset, in beam widths, changes a level by less than 0.01 dB per dB of the source. */
const SMALL = 2e-3;
/**
 * The shape of the map around a target is that of the levels within this distance, in beam
 * widths.
 */
const SHAPE_REACH = 0.9;
/** More levels do not determine the shape better. */
const MAX_SHAPE_LEVELS = 40;
/** Half-power width of the correlation of the shape, in beam widths. */
const CORRELATION = 1.4;
/** Variance of the noise relative to that of the shape. */
const NOISE = 3e-4;

/**
 * The level at a target is the mean of the levels that are nearer to it than to other targets,
 * or else the nearest one, each plus the difference of the map's shape between the two places.
 * The shape is the most likely one of a smooth function of the sky (kriging, Cressie 1990): a
 * map is smooth over a beam width. At the same place a level does not change, so that the noise
 * stays independent.
 * @param from Unit vectors of the levels; `to`: of the targets.
 */
export function createResampler(from: Float64Array, to: Float64Array, beamWidth: number): Resampler {
  const sources = createNeighbours(from, beamWidth / 2);
  const levels = { vectors: from, neighbours: sources, beamWidth };
  const gainOf = gainByChord(CORRELATION * beamWidth, Math.min(Math.PI, 4 * beamWidth));
  const correlation = (a: Vector, b: Vector) =>
    gainOf((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2);
  const reach = MAX_OFFSET * beamWidth * (1 + 1e-6);
  const count = to.length / 3;
  const { members, starts } = membersOf(from, to, reach, beamWidth);
  const nearest = new Int32Array(count).fill(-1);
  const plans: Plan[] = [];
  for (let target = 0; target < count; target++) {
    const own = members.subarray(starts[target], starts[target + 1]);
    const plan = planOf(target, own, undefined);
    plans.push(plan);
    nearest[target] = plan.nearest;
  }
  return {
    nearest,
    moves: plans.some(({ shape }) => shape !== undefined),
    apply(levelsDb, correction) {
      const result = new Float64Array(count).fill(NaN);
      for (let target = 0; target < count; target++) {
        let plan = plans[target] as Plan;
        if (!isKnown(plan, levelsDb)) {
          const own = members.subarray(starts[target], starts[target + 1]);
          plan = planOf(target, own, levelsDb);
        }
        const { points, shape } = plan;
        if (points.length === 0) continue;
        const level = meanOf(points, levelsDb);
        let moved = 0;
        shape?.points.forEach((point, k) => {
          moved += (shape.weights[k] as number) * (levelsDb[point] as number);
        });
        result[target] = level + moved;
        if (correction) correction[target] = Math.abs(moved);
      }
      return result;
    },
    mean: (values) =>
      Float64Array.from(plans, ({ points }) => (points.length > 0 ? meanOf(points, values) : NaN)),
  };

  /** @param levelsDb Only levels that are not NaN count; undefined: all count. */
  function planOf(target: number, own: Int32Array, levelsDb: ArrayLike<number> | undefined): Plan {
    const counts = (point: number) => !levelsDb || !Number.isNaN(levelsDb[point]);
    const direction = vectorAt(to, target);
    const size = sources.near(direction, reach);
    let nearestPoint = -1;
    let least = Infinity;
    for (let n = 0; n < size; n++) {
      const point = sources.index[n] as number;
      if ((sources.chordSquare[n] as number) >= least || !counts(point)) continue;
      least = sources.chordSquare[n] as number;
      nearestPoint = point;
    }
    const known = own.filter(counts);
    const points = known.length > 0 ? known : Int32Array.from(nearestPoint < 0 ? [] : [nearestPoint]);
    const isNear = points.length <= 1 && Math.sqrt(least) < SMALL * beamWidth;
    if (points.length === 0 || isNear) return { points, nearest: nearestPoint, shape: undefined };
    const shape = shapeWeights(levels, correlation, direction, points, counts);
    return { points, nearest: nearestPoint, shape };
  }
}

/** Where levels are. */
interface Levels {
  vectors: Float64Array;
  neighbours: Neighbours;
  beamWidth: number;
}

interface Plan {
  nearest: number;
  /** Whose mean is the level. */
  points: Int32Array;
  /** Whose weighted sum is added. */
  shape: { points: Int32Array; weights: Float64Array } | undefined;
}

function isKnown({ points, shape }: Plan, levels: ArrayLike<number>): boolean {
  const has = (point: number) => !Number.isNaN(levels[point]);
  return points.every(has) && (!shape || shape.points.every(has));
}

function meanOf(points: Int32Array, values: ArrayLike<number>): number {
  return points.reduce((sum, point) => sum + (values[point] as number), 0) / points.length;
}

/** The sources of each target: those to which it is the nearest target. */
function membersOf(from: Float64Array, to: Float64Array, reach: number, beamWidth: number) {
  const targets = createNeighbours(to, beamWidth / 2);
  const owner = new Int32Array(from.length / 3).fill(-1);
  const starts = new Int32Array(to.length / 3 + 1);
  for (let source = 0; source < owner.length; source++) {
    const size = targets.near(vectorAt(from, source), reach);
    let least = Infinity;
    for (let n = 0; n < size; n++) {
      if ((targets.chordSquare[n] as number) >= least) continue;
      least = targets.chordSquare[n] as number;
      owner[source] = targets.index[n] as number;
    }
    const own = owner[source] as number;
    if (own >= 0) starts[own + 1] = (starts[own + 1] as number) + 1;
  }
  for (let target = 1; target < starts.length; target++)
    starts[target] = (starts[target] as number) + (starts[target - 1] as number);
  const next = starts.slice();
  const members = new Int32Array(starts.at(-1) as number);
  owner.forEach((own, source) => {
    if (own < 0) return;
    members[next[own] as number] = source;
    next[own] = (next[own] as number) + 1;
  });
  return { members, starts };
}

/**
 * Weights of the levels in the difference between the shape at the target and its mean at the
 * points. Their sum is zero.
 */
function shapeWeights(
  { vectors: from, neighbours, beamWidth }: Levels,
  correlation: (a: Vector, b: Vector) => number,
  direction: Vector,
  points: Int32Array,
  counts: (point: number) => boolean,
): Plan['shape'] {
  const size = neighbours.near(direction, SHAPE_REACH * beamWidth);
  const near = Array.from(neighbours.index.subarray(0, size)).filter(counts);
  const step = Math.ceil(near.length / MAX_SHAPE_LEVELS);
  const used = Int32Array.from(near.filter((_, k) => k % step === 0)).sort();
  const vectors = Array.from(used, (point) => vectorAt(from, point));
  const count = vectors.length;
  const matrix = new Float64Array(count * count);
  vectors.forEach((a, i) => {
    for (let j = 0; j < i; j++) matrix[i * count + j] = correlation(a, vectors[j] as Vector);
    matrix[i * count + i] = 1 + NOISE;
  });
  const places = Array.from(points, (point) => vectorAt(from, point));
  const weights = Float64Array.from(vectors, (vector) =>
    places.reduce(
      (sum, place) => sum - correlation(vector, place) / places.length,
      correlation(vector, direction),
    ),
  );
  if (!solvePositive(matrix, weights)) return undefined;
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / count;
  return { points: used, weights: weights.map((weight) => weight - mean) };
}
