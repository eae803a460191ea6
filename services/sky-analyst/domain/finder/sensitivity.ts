import { gainByChord } from './beam.ts';
import type { Drift } from './drift-baseline.ts';
import { informationLeft } from './drift-filter.ts';
import type { Neighbours } from './neighbours.ts';
import type { Row } from './rows.ts';
import { vectorAt, type Vector } from './sphere.ts';

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

interface Geometry {
  vectors: Float64Array;
  neighbours: Neighbours;
  rows: readonly Row[];
  beamWidth: number;
}

/** @param drift Undefined: all information is left. */
export function createSensitivity(
  { vectors, neighbours, rows, beamWidth }: Geometry,
  drift: Drift | undefined,
): Sensitivity {
  const reach = Math.min(Math.PI, REACH * beamWidth);
  const gainOf = gainByChord(beamWidth, reach);
  const at = (direction: Vector): number => {
    if (!drift) return 1;
    const template = new Map<number, number>();
    const count = neighbours.near(direction, reach);
    for (let n = 0; n < count; n++) {
      const place = drift.placeOf[neighbours.index[n] as number] as number;
      if (place >= 0) template.set(place, gainOf(neighbours.chordSquare[n] as number));
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
    return shares;
  };
  return { at, map };
}
