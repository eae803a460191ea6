import { MAX_ADDED_POINTS } from '#shared/sky/grid-shape';
import type { Pointing } from '#shared/sky/pointing';
import type { Disc } from './disc-cells.ts';
import type { RefineSettings } from './refine-settings.ts';

/** The points within a limit, and what was left out. */
export interface Limited {
  points: Pointing[];
  refined: number;
  omitted: number;
}

/**
 * Takes whole discs, the strongest detections first, while they fit. Of the first disc that has
 * points, as many of the nearest ones as fit.
 *
 * @param secondsFor planned time of points: travel from the rotor's position, settling, reads
 */
export function limitDiscs(
  discs: readonly Disc[],
  limit: RefineSettings['limit'],
  secondsFor: (points: readonly Pointing[]) => number,
): Limited {
  const maxPoints = 'points' in limit ? limit.points : MAX_ADDED_POINTS;
  const byPoints = withinCount(discs, maxPoints);
  if (!('seconds' in limit)) return byPoints;
  const { seconds } = limit;
  if (secondsFor(byPoints.points) <= seconds) return byPoints;
  // More discs hardly ever take less time.
  const fitting = largest(discs.length, (count) => {
    const { points } = withinCount(discs.slice(0, count), maxPoints);
    return secondsFor(points) <= seconds;
  });
  const whole = withinCount(discs.slice(0, fitting), maxPoints);
  if (whole.points.length > 0) return { ...whole, omitted: whole.omitted + discs.length - fitting };
  const first = discs.find(({ added }) => added.length > 0)?.added ?? [];
  const count = largest(Math.min(first.length, maxPoints), (n) => secondsFor(first.slice(0, n)) <= seconds);
  const refined = count > 0 ? 1 : 0;
  return { points: first.slice(0, count), refined, omitted: discs.length - refined };
}

function withinCount(discs: readonly Disc[], maxPoints: number): Limited {
  const points: Pointing[] = [];
  let [refined, omitted] = [0, 0];
  for (const { added } of discs) {
    const fits = points.length + added.length <= maxPoints;
    if (!fits && points.length > 0) omitted++;
    else {
      points.push(...added.slice(0, maxPoints));
      refined++;
    }
  }
  return { points, refined, omitted };
}

/** The largest count from 0 to `max` that fits; all smaller ones count as fitting. */
function largest(max: number, fits: (count: number) => boolean): number {
  let [low, high] = [0, max];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
