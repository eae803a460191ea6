import { fitGroup, type FittedSource, type GroupFit } from '../finder/fit-group.ts';
import { addSource, LINKING } from '../finder/fit-sources.ts';
import { groupsOf } from '../finder/groups.ts';
import type { PreparedMap } from '../finder/prepared-map.ts';
import { angleBetween, vectorAt, type Vector } from '../finder/sphere.ts';
import type { DifferenceMap } from './difference-map.ts';

/** What has become of a source of the baseline. */
export interface SourceChange {
  usual: FittedSource;
  /** As it is now; undefined: it is gone. */
  now: FittedSource | undefined;
  /** Of the amplitude; without the source in `now` as the filter finds it. */
  change: number;
  /** Standard deviation of the change. */
  sigma: number;
  /** Radians, and its standard deviation per axis. */
  shift: number;
  shiftSigma: number;
  /** The largest ratio of the matched filter on the difference near the source. */
  z: number;
}

/**
 * Differences at a source that are worth a fit, in sigma, and how near they must be, in beam
 * widths.
 */
const WORTH_A_FIT = 3.75;
const NEAR = 0.75;
/** A source is gone if what is left is below 5 sigma or this part of it. */
const LEFT_SIGMA = 5;
const LEFT_SHARE = 0.05;
/** A free offset raises the error of an amplitude (docs/sources.md). */
const OFFSET_ERROR = 1.3;
/** A fit must describe the points this well, chi^2 per point, with the error of the model. */
const MAX_MISFIT = 3;
const SHAPE_ERROR = 0.03;
/** Another source may disturb the fit within this distance, in beam widths. */
const OTHER = 1.5;
/** A source that has moved farther than a fit may move it is gone, in beam widths. */
const MAX_SHIFT = 0.7;
const FIXED = { width: false, motion: false };

/** The largest |ratio| within a distance of a direction, with its sign. */
function strongestRatio(
  { points: { neighbours } }: DifferenceMap,
  { ratios }: PreparedMap,
  direction: Vector,
  radius: number,
): number {
  const count = neighbours.near(direction, radius);
  let strongest = 0;
  for (let n = 0; n < count; n++) {
    const ratio = ratios[neighbours.index[n] as number] as number;
    if (Math.abs(ratio) > Math.abs(strongest)) strongest = ratio;
  }
  return strongest;
}

/**
 * Fits the sources of the baseline again where the session differs. The difference plus the
 * model of a source is what the session has of it, without the errors that both have in common:
 * without a difference, the fit returns the source of the baseline. Changes that the fit does
 * not describe are omitted.
 * @param prepared Of the difference.
 * @param others Sources of the difference that the baseline does not have; they are subtracted.
 */
export function sourceChanges(
  map: DifferenceMap,
  prepared: PreparedMap,
  usual: readonly FittedSource[],
  others: readonly FittedSource[],
): SourceChange[] {
  const { points } = map;
  const { beamWidth } = points;
  const affected = usual
    .map((source) => ({
      source,
      z: strongestRatio(map, prepared, source.direction, NEAR * beamWidth),
    }))
    .filter(({ z }) => Math.abs(z) >= WORTH_A_FIT);
  const rest = prepared.above.slice();
  for (const source of others) addSource(rest, source, -1, points);
  const strongestFirst = affected
    .map(({ source, z }) => ({ ...source, original: source, z }))
    .sort((a, b) => b.amplitude - a.amplitude);
  return groupsOf(strongestFirst, LINKING * beamWidth).flatMap((group) => {
    const changes = group.map(({ original, z }) => filteredChange(map, prepared, original, z));
    const present = changes.filter(({ usual: source, change, sigma }) => isLeft(source, change, sigma));
    const gone = changes.filter((change) => !present.includes(change));
    for (const change of changes) addSource(rest, change.usual, 1, points);
    const fitted = present.length > 0 ? fittedChanges(map, prepared, rest, present) : [];
    for (const change of changes) addSource(rest, change.usual, -1, points);
    return [...gone, ...fitted];
  });
}

/** By the matched filter at the place of the source. */
function filteredChange(
  { sensitivity, points }: DifferenceMap,
  { filter, correlation }: PreparedMap,
  usual: FittedSource,
  z: number,
): SourceChange {
  const { amplitude, sigma } = filter.at(usual.direction);
  const share = Math.sqrt(sensitivity.at(usual.direction));
  return {
    usual,
    now: undefined,
    change: amplitude / share ** 2,
    sigma: (OFFSET_ERROR * sigma * correlation) / share,
    shift: 0,
    shiftSigma: points.beamWidth / 2,
    z,
  };
}

/** Whether a source is still there. */
function isLeft({ amplitude }: FittedSource, change: number, sigma: number): boolean {
  return amplitude + change > Math.max(LEFT_SIGMA * sigma, LEFT_SHARE * amplitude);
}

function fittedChanges(
  map: DifferenceMap,
  prepared: PreparedMap,
  level: Float64Array,
  changes: readonly SourceChange[],
): SourceChange[] {
  const { beamWidth } = map.points;
  const fitted = fitOf(map, prepared, level, changes);
  return changes.flatMap((change, k) => {
    // Most of it is not there anymore: what is there may be another source.
    if (!fitted) return change.change < -change.usual.amplitude / 2 ? [change] : [];
    const now = fitted[k];
    if (!now) return [{ ...change, change: -change.usual.amplitude }];
    const difference = now.amplitude - change.usual.amplitude;
    const shift = angleBetween(now.direction, change.usual.direction);
    if (!isLeft(change.usual, difference, change.sigma)) return [{ ...change, change: difference }];
    if (shift > MAX_SHIFT * beamWidth) return [{ ...change, change: -change.usual.amplitude }];
    const [xx, , yy] = now.covariance;
    return [
      {
        ...change,
        now: { ...now, widthSigma: undefined },
        change: difference,
        shift,
        shiftSigma: Math.sqrt((xx + yy) / 2),
      },
    ];
  });
}

/**
 * The sources as they are now; if that does not describe the points, with another one where the
 * difference is the largest; or with that one instead of the strongest, which is undefined then.
 * Undefined if nothing describes them.
 */
function fitOf(
  map: DifferenceMap,
  prepared: PreparedMap,
  level: Float64Array,
  changes: readonly SourceChange[],
): (FittedSource | undefined)[] | undefined {
  const { points, sigma } = map;
  const starts = changes.map(({ usual, change }) => ({
    ...usual,
    amplitude: Math.max(usual.amplitude + change, LEFT_SHARE * usual.amplitude),
  }));
  const largest = Math.max(...changes.map(({ usual }) => largestNear(map, prepared, usual.direction)));
  const error = sigma.map((value) => Math.hypot(value, SHAPE_ERROR * largest));
  const input = { ...points, level, sigma: error };
  const isGood = (fit: GroupFit | undefined): fit is GroupFit =>
    fit !== undefined && fit.chiSquare <= MAX_MISFIT * fit.values;
  const alone = fitGroup(input, starts, FIXED);
  if (isGood(alone)) return alone.sources;
  const [first, ...next] = starts as [FittedSource, ...FittedSource[]];
  const other = { ...first, ...peakNear(map, prepared, first.direction), width: points.beamWidth };
  const both = fitGroup(input, [...starts, other], FIXED);
  if (isGood(both)) return both.sources;
  const instead = fitGroup(input, [...next, other], FIXED);
  return isGood(instead) ? [undefined, ...instead.sources] : undefined;
}

/** The largest |difference| near a direction. */
function largestNear({ points }: DifferenceMap, { above }: PreparedMap, direction: Vector): number {
  const count = points.neighbours.near(direction, points.beamWidth);
  const near = points.neighbours.index.subarray(0, count);
  return near.reduce((largest, point) => Math.max(largest, Math.abs(above[point] as number)), 0);
}

/** Where the difference is the largest near a direction. */
function peakNear(
  { points: { vectors, neighbours, beamWidth } }: DifferenceMap,
  { ratios, filter }: PreparedMap,
  direction: Vector,
): Pick<FittedSource, 'direction' | 'amplitude'> {
  const count = neighbours.near(direction, OTHER * beamWidth);
  const near = Array.from(neighbours.index.subarray(0, count));
  const peak = near.reduce((best, point) =>
    (ratios[point] as number) > (ratios[best] as number) ? point : best,
  );
  const place = vectorAt(vectors, peak);
  return { direction: place, amplitude: Math.max(0, filter.at(place).amplitude) };
}
