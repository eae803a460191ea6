import { medianOf } from '#shared/spectrum/median';
import { robustScatter } from '../finder/robust.ts';
import { vectorAt } from '../finder/sphere.ts';
import type { PatternPoints } from './local-fit.ts';
import type { Smoothed, Smoother } from './smoother.ts';

const MAX_TESTED = 1_500;
/** More points are so dense that the mean of the nearest ones is the level of the pattern. */
const MAX_FITTED = 10_000;
/** Where the fit is lower, as in a null between two points, it is not known. */
const MIN_SHARE = 0.05;
/** Levels are sorted into groups of this width, each of at least this number of points. */
const GROUP_RATIO = 4;
const MIN_GROUP = 200;
/** Fewer points at a gain do not show its noise. */
const MIN_OWN = 20;

/**
 * The standard deviation of the power of each point, from the differences between points and the
 * pattern around them, in groups of similar levels.
 * @param among Points that are needed; the others have the noise of these. Default: all.
 */
export function pointSigmas(
  points: Omit<PatternPoints, 'neighbours'>,
  smoother: Smoother,
  among: Int32Array = Int32Array.from(points.power, (_, k) => k),
): Float64Array {
  const { power, isHigh } = points;
  const gainOf = (k: number) => (isHigh?.[k] === 1 ? 1 : 0);
  const total = fittedLevels(points, smoother, among);
  const residuals: [Residual[], Residual[]] = [[], []];
  const step = Math.ceil(among.length / MAX_TESTED);
  for (let n = 0; n < among.length; n += step) {
    const k = among[n] as number;
    const fit = smoother(vectorAt(points.vectors, k));
    if (!fit) continue;
    const at = total[k] as number;
    const variance = varianceOfDifference(fit, k, total);
    if (variance < 0.1) continue;
    residuals[gainOf(k)].push({
      total: at,
      relative: ((power[k] as number) - fit.value) / (at * Math.sqrt(variance)),
    });
  }
  const all = residuals.flat();
  const groups = residuals.map((own) => groupsOf(own.length < MIN_OWN ? all : own));
  return total.map((level, k) => level * relativeAt(groups[gainOf(k)] ?? [], level));
}

interface Residual {
  total: number;
  relative: number;
}

/** The scatter of similar levels, by rising level. */
function groupsOf(residuals: Residual[]): Residual[] {
  residuals.sort((a, b) => a.total - b.total);
  const groups: Residual[] = [];
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
  return groups;
}

/**
 * The levels of the pattern at the points, with background: means of the nearest points are lower
 * at the top of a beam and higher in nulls, and the noise would be as well.
 */
function fittedLevels(
  { vectors, power, level, total }: Omit<PatternPoints, 'neighbours'>,
  smoother: Smoother,
  among: Int32Array,
): Float64Array {
  if (among.length > MAX_FITTED) return total;
  const fitted = total.slice();
  for (const k of among) {
    const fit = smoother(vectorAt(vectors, k));
    if (!fit) continue;
    const whole = fit.value + (level[k] as number) - (power[k] as number);
    fitted[k] = Math.max(whole, MIN_SHARE * (total[k] as number));
  }
  return fitted;
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
function relativeAt(groups: readonly Residual[], level: number): number {
  const next = groups.findIndex(({ total }) => total > level);
  const [first, last] = [groups[0], groups.at(-1)];
  if (!first || !last) return NaN;
  if (next === 0) return first.relative;
  const [below, above] = [groups[next - 1], groups[next]];
  if (next < 0 || !below || !above) return last.relative;
  const share = Math.log(level / below.total) / Math.log(above.total / below.total);
  return below.relative + share * (above.relative - below.relative);
}
