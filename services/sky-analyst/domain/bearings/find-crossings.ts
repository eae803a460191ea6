import { SkyScanError } from '#shared/base/errors';
import { geodesicBetween } from '#shared/sky/geodesic';
import type { Site } from '#shared/sky/site';
import {
  associateBearings,
  MIN_CONSISTENCY,
  TWO_SITES,
  type Crossing,
  type SourceBearing,
} from './associate.ts';
import type { Bearing } from './bearing.ts';
import { ellipsePolygon } from './region.ts';
import {
  checkBearings,
  solveBearings,
  type NoPlace,
  type Place,
  type SolveOptions,
} from './solve-bearings.ts';

/** Crossings, or why there is none. */
export interface FoundCrossings {
  /** Confirmed ones first. */
  crossings: FoundCrossing[];
  noPlace?: Omit<NoPlace, 'kind' | 'reason'> & { reason: NoPlace['reason'] | 'no_crossing' };
}

export interface FoundCrossing extends Pick<Crossing, 'place' | 'status' | 'note'> {
  /** Corners of the area, clockwise around the place. */
  outline: Site[];
  bearings: { index: number; sigmaDeg: number; residualDeg: number; distanceM: number }[];
}

export interface CrossingOptions extends SolveOptions {
  /** Combine bearings that may be of one source; otherwise all are of one. */
  associate: boolean;
}

const MAX_CROSSINGS = 1_000;
const CORNERS = 72;

/**
 * Where bearings cross. Throws `invalid` for bearings of fewer than two places, values that are not
 * possible, and too many combinations or crossings.
 */
export function findCrossings(bearings: readonly Bearing[], options: CrossingOptions): FoundCrossings {
  const numbered = bearings.map((bearing, k): SourceBearing => ({ ...bearing, sourceId: String(k) }));
  if (!options.associate) return crossingOfAll(numbered, options);
  checkBearings(numbered);
  const crossings = associateBearings(numbered, options);
  if (crossings.length > MAX_CROSSINGS)
    throw new SkyScanError(
      'invalid',
      `${crossings.length} crossings are more than ${MAX_CROSSINGS}: select fewer channels or a shorter time`,
    );
  return crossings.length > 0 ? { crossings: crossings.map(found) } : { crossings: [], noPlace: NO_CROSSING };
}

function crossingOfAll(bearings: SourceBearing[], options: SolveOptions): FoundCrossings {
  const place = solveBearings(bearings, options);
  return place.kind === 'no_place'
    ? { crossings: [], noPlace: place }
    : { crossings: [found(ofOneSource(bearings, place))] };
}

const NO_CROSSING = {
  reason: 'no_crossing',
  message: 'no bearings of different sites with common channels and times cross',
} as const;

function ofOneSource(bearings: SourceBearing[], place: Place): Crossing {
  const sites = new Set(bearings.map(({ siteId }) => siteId)).size;
  const chance = place.consistency.toPrecision(2);
  const note =
    place.consistency < MIN_CONSISTENCY
      ? `the bearings do not fit one source: chi square ${place.chiSquare.toFixed(1)}, probability ${chance}`
      : sites < 3
        ? TWO_SITES
        : undefined;
  return note === undefined
    ? { bearings, place, status: 'confirmed' }
    : { bearings, place, status: 'possible', note };
}

function found({ bearings, place, status, note }: Crossing): FoundCrossing {
  const { area } = place;
  return {
    place,
    status,
    ...(note !== undefined && { note }),
    outline: area.kind === 'ellipse' ? ellipsePolygon(place, area, CORNERS) : area.polygon,
    bearings: bearings.map((bearing, k) => ({
      index: Number(bearing.sourceId),
      sigmaDeg: bearing.sigmaDeg,
      residualDeg: place.residualsDeg[k] ?? NaN,
      distanceM: geodesicBetween(bearing, place).distanceM,
    })),
  };
}
