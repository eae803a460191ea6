import { gainByChord } from './beam.ts';
import type { Drift } from './drift-baseline.ts';
import { informationLeft } from './drift-filter.ts';
import type { Points, Sweeps } from './points.ts';
import { vectorAt, type Vector } from './sphere.ts';
import { meansIn } from './thinning.ts';

/** The share of the information about a source that is left because the drift is unknown. */
export interface Sensitivity {
  at(direction: Vector): number;
  /** At each point: as in the middle of its row. */
  map(): Float64Array;
}

/** In beam widths: see matched-filter.ts. */
const REACH = 1;
/** With more rows, several get the value of one of them. */
const MAX_ROWS = 64;
/** With less, almost nothing is known about a source there. */
const MIN_SHARE = 0.05;

/** @param drift Undefined: all information is left. */
export function createSensitivity(
  { neighbours, beamWidth }: Pick<Points, 'neighbours' | 'beamWidth'>,
  { vectors, rows, bins }: Pick<Sweeps, 'vectors' | 'rows' | 'bins'>,
  drift: Drift | undefined,
): Sensitivity {
  const reach = Math.min(Math.PI, REACH * beamWidth);
  const measuredAt = (point: number): Iterable<number> =>
    bins ? bins.members.subarray(bins.starts[point], bins.starts[point + 1]) : [point];
  const gainOf = gainByChord(beamWidth, reach);
  const at = (direction: Vector): number => {
    if (!drift) return 1;
    const template = new Map<number, number>();
    const count = neighbours.near(direction, reach);
    for (let n = 0; n < count; n++) {
      const gain = gainOf(neighbours.chordSquare[n] as number);
      for (const point of measuredAt(neighbours.index[n] as number)) {
        const place = drift.placeOf[point] as number;
        if (place >= 0) template.set(place, gain);
      }
    }
    return Math.max(MIN_SHARE, informationLeft(template, drift.gains));
  };
  const map = (): Float64Array => {
    const shares = new Float64Array(vectors.length / 3);
    const together = Math.ceil(rows.length / MAX_ROWS);
    let share = 1;
    rows.forEach(({ points }, number) => {
      const middle = points[points.length >> 1] as number;
      if (number % together === 0) share = at(vectorAt(vectors, middle));
      for (const point of points) shares[point] = share;
    });
    return bins ? meansIn(bins, shares) : shares;
  };
  return { at, map };
}
