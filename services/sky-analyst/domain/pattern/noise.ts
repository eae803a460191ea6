import { medianOf } from '#shared/spectrum/median';
import { robustScatter } from '../finder/robust.ts';
import { vectorAt } from '../finder/sphere.ts';
import type { PatternPoints } from './local-fit.ts';
import type { Smoothed, Smoother } from './smoother.ts';

const MAX_TESTED = 1_500;
/** Levels are sorted into groups of this width, each of at least this number of points. */
const GROUP_RATIO = 4;
const MIN_GROUP = 200;

/**
 * The standard deviation of the power of each point, from the differences between points and the
 * pattern around them, in groups of similar levels.
 */
export function pointSigmas(
  points: Pick<PatternPoints, 'power' | 'total' | 'vectors'>,
  smoother: Smoother,
): Float64Array {
  const { power, total } = points;
  const residuals: { total: number; relative: number }[] = [];
  const step = Math.ceil(power.length / MAX_TESTED);
  for (let k = 0; k < power.length; k += step) {
    const fit = smoother(vectorAt(points.vectors, k));
    if (!fit) continue;
    const at = total[k] as number;
    const variance = varianceOfDifference(fit, k, total);
    if (variance < 0.1) continue;
    residuals.push({
      total: at,
      relative: ((power[k] as number) - fit.value) / (at * Math.sqrt(variance)),
    });
  }
  residuals.sort((a, b) => a.total - b.total);
  const groups: { total: number; relative: number }[] = [];
  for (let from = 0; from < residuals.length;) {
    let to = from + 1;
    const limit = GROUP_RATIO * (residuals[from]?.total ?? 0);
    while (to < residuals.length && (to - from < MIN_GROUP || (residuals[to]?.total ?? 0) < limit)) to++;
    // A rest is too small for a group of its own.
    if (residuals.length - to < MIN_GROUP) to = residuals.length;
    const part = residuals.slice(from, to);
    groups.push({
      total: part[part.length >> 1]?.total ?? 0,
      relative: robustScatter(Float64Array.from(part, ({ relative }) => relative)),
    });
    from = to;
  }
  return total.map((level) => level * relativeAt(groups, level));
}

/** The typical noise of a point relative to its level. */
export function medianRelative(sigmas: Float64Array, total: Float64Array): number {
  return medianOf(sigmas.map((sigma, k) => sigma / (total[k] as number)));
}

/**
 * Of the difference between a point and the fit, relative to that of the point: it is part of the
 * fit, and the noise of the others is proportional to their levels.
 */
function varianceOfDifference({ index, weights }: Smoothed, point: number, total: Float64Array): number {
  let [own, squares] = [0, 0];
  for (let n = 0; n < index.length; n++) {
    const [k, weight] = [index[n] as number, weights[n] as number];
    if (k === point) own = weight;
    squares += (weight * ((total[k] as number) / (total[point] as number))) ** 2;
  }
  return 1 - 2 * own + squares;
}

/** Interpolated by the logarithm of the level. */
function relativeAt(groups: readonly { total: number; relative: number }[], level: number): number {
  const next = groups.findIndex(({ total }) => total > level);
  const [first, last] = [groups[0], groups.at(-1)];
  if (!first || !last) return NaN;
  if (next === 0) return first.relative;
  const [below, above] = [groups[next - 1], groups[next]];
  if (next < 0 || !below || !above) return last.relative;
  const share = Math.log(level / below.total) / Math.log(above.total / below.total);
  return below.relative + share * (above.relative - below.relative);
}
