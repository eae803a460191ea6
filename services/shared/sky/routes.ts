import { SkyScanError } from '../base/errors.ts';
import { createObstacles, describeObstacle, describeViolation, type Obstacles } from './obstacles.ts';
import { formatPointing, type Pointing, type TravelLimits } from './pointing.ts';
import {
  hasSector,
  isInside,
  MIN_MARGIN_DEG,
  nearestFree,
  approachPointings,
  exitPointings,
  type RouteRotor,
  type RouteContext,
} from './route-ends.ts';
import { latticeAround, searchRoute } from './route-search.ts';

export type { RouteRotor };

/** Routes of one rotator around its obstacles. Azimuths are unwrapped. */
export interface Routes {
  readonly obstacles: Obstacles;
  /** The message for a target in an obstacle; undefined if allowed. Does not check the travel. */
  refusal: (target: Pointing) => string | undefined;
  /** Whether both axes may move at once, with any speeds, without an obstacle. */
  isClear: (from: Pointing, to: Pointing) => boolean;
  /**
   * The ends of the legs from one pointing to another, the target last. Throws `out_of_range` for a
   * forbidden target or without a route.
   */
  legs: (from: Pointing, to: Pointing) => Pointing[];
  /** The same from a readback, which counts as free within the tolerance of a free pointing. */
  legsFromReadback: (readback: Pointing, to: Pointing) => Pointing[];
}

// As in pointing.ts: a billionth of a degree is rounding.
const SAME_DEG = 1e-9;

/**
 * `limits`: the intersection of configured and reported travel; its lowest elevation is the floor.
 */
export function createRoutes(rotor: RouteRotor, limits: TravelLimits): Routes {
  const obstacles = createObstacles(limits.elMinDeg, rotor.horizon, rotor.keepOut, limits.elMaxDeg);
  const widest = Math.max(rotor.toleranceDeg, MIN_MARGIN_DEG);
  const context: RouteContext = { rotor, limits, obstacles, marginsDeg: [widest, MIN_MARGIN_DEG] };

  function refusal(target: Pointing): string | undefined {
    const found = obstacles.within(target, target);
    const obstacle = isPark(target) ? found.find(({ kind }) => kind === 'keep-out') : found[0];
    return obstacle && describeViolation(obstacle, target);
  }

  function legs(from: Pointing, to: Pointing): Pointing[] {
    if (obstacles.isFree(from, to) && isInside(from, limits)) return [to];
    const reason = refusal(to);
    if (reason !== undefined) throw new SkyScanError('out_of_range', reason);
    if (isStraightDown(from, to)) return [to];
    for (const out of exitPointings(from, to, context))
      for (const above of approachPointings(to, context)) {
        const route = routeBetween(out, above, context);
        if (route) return straightened(from, [out, ...route, to], obstacles);
      }
    throw new SkyScanError('out_of_range', describeNoRoute(from, to, obstacles));
  }

  function isPark(target: Pointing): boolean {
    return target.azimuthDeg === rotor.park.azimuthDeg && target.elevationDeg === rotor.park.elevationDeg;
  }

  /** To the park pointing from directly above, or from beside it when already parked. */
  function isStraightDown(from: Pointing, to: Pointing): boolean {
    const asideDeg = Math.abs(from.azimuthDeg - to.azimuthDeg);
    const maxDeg = obstacles.isFree(from, from) ? SAME_DEG : rotor.toleranceDeg;
    return isPark(to) && asideDeg <= maxDeg && !hasSector(obstacles, from, to);
  }

  return {
    obstacles,
    refusal,
    isClear: (from, to) => obstacles.isFree(from, to),
    legs,
    legsFromReadback: (readback, to) => legs(nearestFree(readback, context), to),
  };
}

/**
 * A route between free pointings: first around the obstacles between them, then around all
 * obstacles, with decreasing margins.
 */
function routeBetween(from: Pointing, to: Pointing, context: RouteContext): Pointing[] | undefined {
  const { rotor, limits, obstacles, marginsDeg } = context;
  const isFree = (a: Pointing, b: Pointing) => obstacles.isFree(a, b);
  if (isFree(from, to)) return [to];
  const between = {
    fromDeg: Math.min(from.azimuthDeg, to.azimuthDeg),
    toDeg: Math.max(from.azimuthDeg, to.azimuthDeg),
  };
  const everywhere = { fromDeg: limits.azMinDeg, toDeg: limits.azMaxDeg };
  const tries = [
    ...marginsDeg.slice(0, 1).map((marginDeg) => ({ span: between, marginDeg })),
    ...marginsDeg.map((marginDeg) => ({ span: everywhere, marginDeg })),
  ];
  for (const { span, marginDeg } of tries) {
    const lattice = latticeAround(obstacles, limits, [from, to], span, marginDeg);
    const route = searchRoute(lattice, from, to, rotor, isFree);
    if (route) return route;
  }
  return undefined;
}

/** Removes corners on a straight line and corners that both axes may cut. */
function straightened(from: Pointing, corners: Pointing[], obstacles: Obstacles): Pointing[] {
  const kept: Pointing[] = [];
  corners.forEach((corner, i) => {
    const before = kept.at(-1) ?? from;
    const next = corners[i + 1];
    const isCut = next && (obstacles.isFree(before, next) || isBetween(before, corner, next));
    if (!isCut) kept.push(corner);
  });
  return kept;
}

/** Whether `middle` is on a single-axis line between the others, or equal to the last one. */
function isBetween(a: Pointing, middle: Pointing, b: Pointing): boolean {
  const isSame = (one: number, other: number) => Math.abs(one - other) <= SAME_DEG;
  const along = (axis: 'azimuthDeg' | 'elevationDeg', other: 'azimuthDeg' | 'elevationDeg') =>
    isSame(a[axis], middle[axis]) &&
    isSame(b[axis], middle[axis]) &&
    (middle[other] - a[other]) * (b[other] - middle[other]) >= 0;
  const isLast = isSame(middle.azimuthDeg, b.azimuthDeg) && isSame(middle.elevationDeg, b.elevationDeg);
  return isLast || along('azimuthDeg', 'elevationDeg') || along('elevationDeg', 'azimuthDeg');
}

function describeNoRoute(from: Pointing, to: Pointing, obstacles: Obstacles): string {
  const names = obstacles.within(from, to).map(describeObstacle);
  const between = `from ${formatPointing(from)} to ${formatPointing(to)}`;
  return `there is no route ${between}: ${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} in the way`;
}
