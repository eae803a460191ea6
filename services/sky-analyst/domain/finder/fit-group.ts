import { leastSquares } from './least-squares.ts';
import { parameterCount, SourceModel, type Freedom } from './source-model.ts';
import { directionInPlane, tangentPlaneAt, vectorAt, type Vector } from './sphere.ts';
import type { Neighbours } from './neighbours.ts';

/** A source of the sky. Angles in radians. */
export interface FittedSource {
  direction: Vector;
  amplitude: number;
  /** That of the beam, if it was not fitted. */
  width: number;
  /** Standard deviation of the fitted width. */
  widthSigma: number | undefined;
  /** Variances and covariance in the tangent plane: xx, xy, yy (x: rising azimuth). */
  covariance: readonly [number, number, number];
}

/** What is to be fitted. */
export interface FitInput {
  vectors: Float64Array;
  neighbours: Neighbours;
  timeMs: Float64Array;
  /** Above the background, without the sources that are not fitted. */
  level: Float64Array;
  sigma: Float64Array;
  beamWidth: number;
}

export interface GroupFit {
  sources: FittedSource[];
  chiSquare: number;
  values: number;
  /** Of the first source, if free: radians while the points were measured. */
  motion: { x: number; y: number; durationMs: number } | undefined;
}

/** Points up to this many beam widths from a source are fitted: they determine the offset. */
export const REACH = 1.25;
/** How far a position may move in a fit, in beam widths. */
const MAX_SHIFT = 0.75;
/**
 * What is known of a position before the fit: it is at its start with this standard deviation, in
 * beam widths. It matters only where the points do not determine it: across a single row.
 */
const PRIOR = 0.5;
const MAX_WIDTH = 4;
const MIN_WIDTH = 0.3;

/**
 * Fits sources and a common offset to the points around them (Condon 1997): amplitude and position
 * of each, and what `freedom` adds. Undefined if the points do not determine them.
 */
export function fitGroup(
  input: FitInput,
  starts: readonly FittedSource[],
  freedom: Freedom,
): GroupFit | undefined {
  const points = pointsNear(input, starts);
  const vectors = Array.from(points, (point) => vectorAt(input.vectors, point));
  const column = (of: Float64Array) => Float64Array.from(points, (point) => of[point] as number);
  const { ages, durationMs } = agesOf(column(input.timeMs));
  const models = starts.map(
    ({ direction, width }) => new SourceModel({ centre: direction, width, freedom }, vectors, ages),
  );
  const perSource = parameterCount(freedom);
  const sources = perSource * starts.length;
  if (points.length <= sources) return undefined;
  // With few points, the background must do.
  const hasOffset = points.length > sources + 3;
  const shift = MAX_SHIFT * input.beamWidth;
  const limitsOf = (sign: -1 | 1) =>
    starts.flatMap(() => [
      ...[sign < 0 ? 0 : Infinity, sign * shift, sign * shift],
      ...(freedom.width ? [(sign < 0 ? MIN_WIDTH : MAX_WIDTH) * input.beamWidth] : []),
      ...(freedom.motion ? [sign * 2 * input.beamWidth, sign * 2 * input.beamWidth] : []),
    ]);
  const offset = (value: number) => (hasOffset ? [value] : []);
  const priors = 2 * starts.length;
  const fit = leastSquares({
    values: Float64Array.of(...column(input.level), ...new Float64Array(priors)),
    sigma: Float64Array.of(...column(input.sigma), ...new Float64Array(priors).fill(PRIOR * input.beamWidth)),
    initial: [
      ...starts.flatMap(({ amplitude, width }) => [
        ...[amplitude, 0, 0],
        ...(freedom.width ? [width] : []),
        ...(freedom.motion ? [0, 0] : []),
      ]),
      ...offset(0),
    ],
    lower: [...limitsOf(-1), ...offset(-Infinity)],
    upper: [...limitsOf(1), ...offset(Infinity)],
    evaluate: (parameters, values, derivatives) => {
      const total = values.length;
      values.fill(hasOffset ? (parameters[sources] as number) : 0);
      if (hasOffset) derivatives?.fill(1, sources * total, sources * total + points.length);
      models.forEach((model, k) => {
        model.add(parameters, k * perSource, values, derivatives);
        for (const axis of [0, 1]) {
          const parameter = k * perSource + 1 + axis;
          const prior = points.length + 2 * k + axis;
          values[prior] = parameters[parameter] as number;
          if (derivatives) derivatives[parameter * total + prior] = 1;
        }
      });
    },
  });
  if (!fit) return undefined;
  const size = sources + offset(0).length;
  const covariance = (i: number, j: number) => fit.covariance[i * size + j] as number;
  return {
    chiSquare: fit.chiSquare,
    values: points.length,
    motion: freedom.motion
      ? {
          x: fit.parameters[perSource - 2] as number,
          y: fit.parameters[perSource - 1] as number,
          durationMs,
        }
      : undefined,
    sources: starts.map((start, k) => {
      const at = k * perSource;
      const [amplitude, x, y, width] = fit.parameters.slice(at, at + 4) as [number, number, number, number];
      return {
        direction: directionInPlane(tangentPlaneAt(start.direction), x, y),
        amplitude,
        width: freedom.width ? width : start.width,
        widthSigma: freedom.width ? Math.sqrt(covariance(at + 3, at + 3)) : undefined,
        covariance: [
          covariance(at + 1, at + 1),
          covariance(at + 1, at + 2),
          covariance(at + 2, at + 2),
        ] as const,
      };
    }),
  };
}

function pointsNear({ neighbours, beamWidth }: FitInput, starts: readonly FittedSource[]): Int32Array {
  const chosen = new Set<number>();
  for (const { direction, width } of starts) {
    const count = neighbours.near(direction, Math.min(Math.PI, REACH * Math.max(width, beamWidth)));
    for (let n = 0; n < count; n++) chosen.add(neighbours.index[n] as number);
  }
  return Int32Array.from(chosen).sort();
}

/** Times from -0.5 to 0.5. */
function agesOf(timeMs: Float64Array): { ages: Float64Array; durationMs: number } {
  const first = timeMs.reduce((a, b) => Math.min(a, b), Infinity);
  const last = timeMs.reduce((a, b) => Math.max(a, b), -Infinity);
  const durationMs = last - first;
  return {
    ages: timeMs.map((time) => (durationMs > 0 ? (time - first) / durationMs - 0.5 : 0)),
    durationMs,
  };
}
