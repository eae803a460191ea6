import { robustScatter } from '../finder/robust.ts';
import { vectorAt, type Vector } from '../finder/sphere.ts';
import { fitLocally, type PatternPoints, type Reach } from './local-fit.ts';

/** In beam widths. */
const CANDIDATES = [0.3, 0.4, 0.5, 0.65, 0.8] as const;
/** A polynomial of the sixth degree needs 45 points, and some places have fewer than others. */
const MIN_POINTS = { least: 60, candidate: 72 };
/** With more points, noise is so low that the bias that cross-validation accepts would matter. */
const MAX_POINTS = 400;
/** The number of points of other fits, relative to those at the peak. */
const MOST = 1.5;
const MAX_RADIUS = Math.PI / 3;
const TESTED = 250;
/** Of the part of the sphere that counts as beam, in beam widths. */
const BEAM_REACH = 1;
/** Cross-validation accepts a bias of half a sigma; a smaller radius has less. */
const TOLERANCE = 1.01;

/** Side lobes are narrower than the beam. */
export interface PatternReaches {
  beam: Reach;
  /** Everywhere else. */
  sides: Reach;
}

/**
 * The reaches of the local fits: the smallest whose errors, each point compared with a fit without
 * it, are as small as those of the best candidate. Angles in radians.
 */
export function smoothingReaches(points: PatternPoints, peak: Vector, beamWidth: number): PatternReaches {
  const least = radiusWith(points, peak, MIN_POINTS.least);
  const next = radiusWith(points, peak, MIN_POINTS.candidate);
  const largest = Math.min(MAX_RADIUS, radiusWith(points, peak, MAX_POINTS));
  const candidates = CANDIDATES.map((factor) => factor * beamWidth).filter((radius) => radius >= next);
  const radii = [least, ...candidates].filter((radius, n) => n === 0 || radius <= largest);
  const bestFor = (tested: Int32Array) => {
    const errors = radii.map((radius) => errorWith(points, tested, reachAt(points, peak, radius)));
    const best = Math.min(...errors);
    return radii[errors.findIndex((error) => error <= TOLERANCE * best)] ?? least;
  };
  // Far from a narrow beam there is nothing that a large radius could blur.
  const all = Int32Array.from(points.power, (_, k) => k);
  const count = points.neighbours.near(peak, BEAM_REACH * beamWidth);
  const inBeam = points.neighbours.index.slice(0, count);
  const beam = bestFor(thinned(inBeam));
  return {
    beam: reachAt(points, peak, beam),
    sides: reachAt(points, peak, Math.min(beam, bestFor(thinned(all)))),
  };
}

/** Fits of this radius; where points are denser than at the peak, with fewer of them. */
export function reachAt({ neighbours }: PatternPoints, peak: Vector, radius: number): Reach {
  return { radius, most: MOST * neighbours.near(peak, radius) };
}

function thinned(points: Int32Array): Int32Array {
  const step = Math.max(1, Math.floor(points.length / TESTED));
  return points.filter((_, n) => n % step === 0);
}

/** The radius around a direction that contains this many points. */
export function radiusWith(
  { neighbours, vectors }: Pick<PatternPoints, 'neighbours' | 'vectors'>,
  direction: Vector,
  count: number,
): number {
  if (vectors.length / 3 <= count) return Math.PI;
  let [low, high] = [0, Math.PI];
  while (high - low > 1e-3 * high) {
    const middle = (low + high) / 2;
    if (neighbours.near(direction, middle) >= count) high = middle;
    else low = middle;
  }
  return high;
}

function errorWith(points: PatternPoints, tested: Int32Array, reach: Reach): number {
  const errors: number[] = [];
  for (const k of tested) {
    const fit = fitLocally(points, vectorAt(points.vectors, k), reach);
    if (!fit) continue;
    const own = fit.weights[fit.index.indexOf(k)] ?? 0;
    errors.push(((points.power[k] as number) - fit.value) / ((1 - own) * (points.total[k] as number)));
  }
  return errors.length > 0 ? robustScatter(Float64Array.from(errors)) : Infinity;
}
