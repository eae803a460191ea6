import { SkyScanError } from '#shared/base/errors';
import { shareFrequency } from '../frequency-range.ts';
import type { Bearing } from './bearing.ts';
import { solveBearings, type Place, type SolveOptions } from './solve-bearings.ts';

/** A bearing with the source that it belongs to. */
export interface SourceBearing extends Bearing {
  sourceId: string;
}

/** Bearings that may belong to one source, and where they cross. */
export interface Crossing {
  bearings: SourceBearing[];
  place: Place;
  /**
   * `confirmed`: bearings of three or more sites fit, and no other crossing explains them as well.
   * `possible`: two sites only, or several crossings explain the bearings. `ghost`: one of its
   * sources is elsewhere by a confirmed crossing.
   */
  status: 'confirmed' | 'possible' | 'ghost';
  /** Why it is not confirmed. */
  note?: string;
}

// About 2 ms each.
const MAX_COMBINATIONS = 5_000;
/** Bearings of one source fit worse in 1 % of all cases. */
export const MIN_CONSISTENCY = 0.01;
/** A competing crossing explains the bearings as well if chi square is within this. */
const EQUALLY_GOOD = 9;
export const TWO_SITES = 'two sites cannot expose a ghost';
const AMBIGUOUS = 'several crossings explain the bearings: one of them may be a ghost';

/**
 * Crossings of the bearings of several sites: of bearings with common channels and overlapping
 * times, as far as they are known, that pass chi square with m - 2 degrees of freedom. Sorted:
 * confirmed ones first. Throws `invalid` when there are too many combinations.
 */
export function associateBearings(
  bearings: readonly SourceBearing[],
  options: SolveOptions = {},
): Crossing[] {
  const crossings = combinations(bearings).flatMap((combination): Crossing[] => {
    const place = solveBearings(combination, options);
    if (place.kind === 'no_place' || place.consistency < MIN_CONSISTENCY) return [];
    return [{ bearings: combination, place, status: 'possible' }];
  });
  // Most sites first: a crossing of four contains crossings of three and two.
  crossings.sort((a, b) => b.bearings.length - a.bearings.length || a.place.chiSquare - b.place.chiSquare);
  const found: Crossing[] = [];
  for (const crossing of crossings) {
    if (found.some((other) => contains(other, crossing))) continue;
    const taken = found.filter((other) => shareSource(other, crossing));
    if (taken.some(({ status }) => status === 'confirmed')) {
      found.push({ ...crossing, status: 'ghost', note: 'a source is elsewhere by bearings of more sites' });
      continue;
    }
    const rivals = crossings.filter((other) => other !== crossing && competes(other, crossing));
    if (crossing.bearings.length === 2)
      found.push({ ...crossing, note: rivals.length > 0 ? `${TWO_SITES}; ${AMBIGUOUS}` : TWO_SITES });
    else if (rivals.length > 0) found.push({ ...crossing, note: AMBIGUOUS });
    else found.push({ ...crossing, status: 'confirmed' });
  }
  const order = ['confirmed', 'possible', 'ghost'];
  return found.sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

/** All sets of bearings, at most one per site, that may belong to one source. */
function combinations(bearings: readonly SourceBearing[]): SourceBearing[][] {
  const sites = [...new Set(bearings.map(({ siteId }) => siteId))];
  let partial: SourceBearing[][] = [[]];
  for (const site of sites) {
    const own = bearings.filter(({ siteId }) => siteId === site);
    partial = partial.flatMap((set) => [
      set,
      ...own.filter((bearing) => set.every((other) => mayBeSame(bearing, other))).map((b) => [...set, b]),
    ]);
    if (partial.length > MAX_COMBINATIONS)
      throw new SkyScanError(
        'invalid',
        `${bearings.length} bearings have more than ${MAX_COMBINATIONS} combinations: select fewer channels or a shorter time`,
      );
  }
  return partial.filter((set) => set.length >= 2);
}

function mayBeSame(a: Bearing, b: Bearing): boolean {
  if (a.channels && b.channels && !shareFrequency(a.channels, b.channels)) return false;
  const { fromMs: aFrom = -Infinity, toMs: aTo = Infinity } = a;
  const { fromMs: bFrom = -Infinity, toMs: bTo = Infinity } = b;
  return aFrom <= bTo && bFrom <= aTo;
}

/** Another crossing of at least as many bearings with a common source that fits about as well. */
function competes(other: Pick<Crossing, 'bearings' | 'place'>, crossing: typeof other): boolean {
  return (
    other.bearings.length >= crossing.bearings.length &&
    shareSource(other, crossing) &&
    !contains(other, crossing) &&
    other.place.chiSquare <= crossing.place.chiSquare + EQUALLY_GOOD
  );
}

function shareSource(a: Pick<Crossing, 'bearings'>, b: Pick<Crossing, 'bearings'>): boolean {
  return a.bearings.some((bearing) => b.bearings.includes(bearing));
}

function contains(whole: Pick<Crossing, 'bearings'>, part: Pick<Crossing, 'bearings'>): boolean {
  return part.bearings.every((bearing) => whole.bearings.includes(bearing));
}
