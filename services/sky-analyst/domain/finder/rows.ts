import { medianOf } from '#shared/spectrum/median';
import { angleBetween, dot, vectorAt, type Vector } from './sphere.ts';

/**
 * Extent of a row, in beam widths, from which on a source covers less than half of it: a straight
 * row of 3.5 beam widths, or a circle with a radius of one around the zenith.
 */
const MIN_EXTENT = 1;
const MIN_POINTS = 8;

/** The points of one sweep over the sky, in the order of time. */
export interface Row {
  points: Int32Array;
  /** The length of the path through the points, radians. */
  length: number;
  /** The root mean square distance of the points from their middle, radians. */
  extent: number;
}

/** A pause ends a row if it is longer than this many typical steps. */
const PAUSE_STEPS = 20;
/** Part of the beam width by which the elevation may change within a row. */
const LEVEL = 0.25;

/**
 * Splits points into rows. Without numbers of rows, a new row begins where the elevation has
 * changed by a quarter of the beam width since its begin, or after a pause.
 */
export function rowsOf(
  vectors: Float64Array,
  timeMs: Float64Array,
  numbers: Int32Array | undefined,
  beamWidth: number,
): Row[] {
  const order = Int32Array.from(timeMs, (_, k) => k).sort(
    (a, b) => (timeMs[a] as number) - (timeMs[b] as number),
  );
  const groups = numbers ? byNumber(order, numbers) : byElevation(order, vectors, timeMs, beamWidth);
  return groups.map((points) => ({ points, ...shapeOf(points, vectors) }));
}

function byNumber(order: Int32Array, numbers: Int32Array): Int32Array[] {
  const groups = new Map<number, number[]>();
  for (const point of order) {
    const number = numbers[point] as number;
    const group = groups.get(number);
    if (group) group.push(point);
    else groups.set(number, [point]);
  }
  return [...groups.values()].map((points) => Int32Array.from(points));
}

function byElevation(
  order: Int32Array,
  vectors: Float64Array,
  timeMs: Float64Array,
  beamWidth: number,
): Int32Array[] {
  const steps = order.subarray(1).reduce(
    (all, point, k) => {
      all[k] = (timeMs[point] as number) - (timeMs[order[k] as number] as number);
      return all;
    },
    new Float64Array(order.length - 1),
  );
  const longest = PAUSE_STEPS * medianOf(steps.slice());
  const elevation = (point: number) => Math.asin(vectors[3 * point + 2] as number);
  const groups: Int32Array[] = [];
  let start = 0;
  for (let k = 1; k <= order.length; k++) {
    const isSame =
      k < order.length &&
      Math.abs(elevation(order[k] as number) - elevation(order[start] as number)) <= LEVEL * beamWidth &&
      (steps[k - 1] as number) <= longest;
    if (isSame) continue;
    groups.push(order.slice(start, k));
    start = k;
  }
  return groups;
}

function shapeOf(points: Int32Array, vectors: Float64Array): { length: number; extent: number } {
  let length = 0;
  const sum: [number, number, number] = [0, 0, 0];
  points.forEach((point, k) => {
    const here = vectorAt(vectors, point);
    if (k > 0) length += angleBetween(here, vectorAt(vectors, points[k - 1] as number));
    for (const axis of [0, 1, 2] as const) sum[axis] += here[axis];
  });
  const size = Math.hypot(...sum);
  // A great circle has no middle.
  if (size < 1e-6 * points.length) return { length, extent: Math.PI / 2 };
  const middle: Vector = [sum[0] / size, sum[1] / size, sum[2] / size];
  const squares = points.reduce(
    (total, point) => total + Math.acos(Math.min(1, dot(middle, vectorAt(vectors, point)))) ** 2,
    0,
  );
  return { length, extent: Math.sqrt(squares / points.length) };
}

/** Whether a source covers less than half of a row. */
export function isLong({ points, extent }: Row, beamWidth: number): boolean {
  return points.length >= MIN_POINTS && extent >= MIN_EXTENT * beamWidth;
}
