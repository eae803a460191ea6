import { SkyScanError } from '../base/errors.ts';
import { createObstacles, describeObstacle, forbids, type Obstacles } from './obstacles.ts';
import { formatPointing, type Pointing, type TravelLimits } from './pointing.ts';
import {
  hasSector,
  isInside,
  LEAST_MARGIN_DEG,
  nearestFree,
  pointingsAbove,
  waysOut,
  type RouteRotor,
  type Surroundings,
} from './route-ends.ts';
import { latticeAround, searchRoute } from './route-search.ts';

export type { RouteRotor };

/** Ways of one rotator that never lead through what is forbidden. Everything is unwrapped. */
export interface Routes {
  readonly obstacles: Obstacles;
  /**
   * Why it may not be sent there, in words with value, limit and unit; undefined when it may. The
   * travel is not looked at.
   */
  refusal: (target: Pointing) => string | undefined;
  /** Whether both axes may set off at once: whichever is quicker, nothing forbidden is met. */
  isClear: (from: Pointing, to: Pointing) => boolean;
  /**
   * Where it is sent one after the other to get from one pointing to another, the target last.
   * Throws `out_of_range` when the target is forbidden or there is no legal way.
   */
  legs: (from: Pointing, to: Pointing) => Pointing[];
  /**
   * The same from a readback: one within the rotor's tolerance of something free counts as free.
   */
  legsFromReadback: (readback: Pointing, to: Pointing) => Pointing[];
}

// As in pointing.ts: a billionth of a degree is rounding.
const SAME_DEG = 1e-9;

/**
 * `limits`: what the owner allows and the daemon reports, both; their lowest elevation is the
 * floor.
 */
export function createRoutes(rotor: RouteRotor, limits: TravelLimits): Routes {
  const obstacles = createObstacles(limits.elMinDeg, rotor.horizon, rotor.keepOut);
  const widest = Math.max(rotor.toleranceDeg, LEAST_MARGIN_DEG);
  const around: Surroundings = { rotor, limits, obstacles, marginsDeg: [widest, LEAST_MARGIN_DEG] };

  function refusal(target: Pointing): string | undefined {
    const met = obstacles.within(target, target);
    const obstacle = isPark(target) ? met.find(({ kind }) => kind === 'keep-out') : met[0];
    return obstacle && forbids(obstacle, target);
  }

  function legs(from: Pointing, to: Pointing): Pointing[] {
    if (obstacles.isFree(from, to) && isInside(from, limits)) return [to];
    const why = refusal(to);
    if (why !== undefined) throw new SkyScanError('out_of_range', why);
    if (isStraightDown(from, to)) return [to];
    for (const out of waysOut(from, to, around))
      for (const above of pointingsAbove(to, around)) {
        const route = routeBetween(out, above, around);
        if (route) return straightened(from, [out, ...route, to], obstacles);
      }
    throw new SkyScanError('out_of_range', noWay(from, to, obstacles));
  }

  function isPark(target: Pointing): boolean {
    return target.azimuthDeg === rotor.park.azimuthDeg && target.elevationDeg === rotor.park.elevationDeg;
  }

  /** Onto the park pointing from right above it, or from beside it where it was parked before. */
  function isStraightDown(from: Pointing, to: Pointing): boolean {
    const asideDeg = Math.abs(from.azimuthDeg - to.azimuthDeg);
    const mostDeg = obstacles.isFree(from, from) ? SAME_DEG : rotor.toleranceDeg;
    return isPark(to) && asideDeg <= mostDeg && !hasSector(obstacles, from, to);
  }

  return {
    obstacles,
    refusal,
    isClear: (from, to) => obstacles.isFree(from, to),
    legs,
    legsFromReadback: (readback, to) => legs(nearestFree(readback, around), to),
  };
}

/**
 * Between free pointings: round what is between them first, round everything then, with less and
 * less room.
 */
function routeBetween(from: Pointing, to: Pointing, around: Surroundings): Pointing[] | undefined {
  const { rotor, limits, obstacles, marginsDeg } = around;
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

/** Without corners at which nothing turns, and without those that both axes may cut at once. */
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

/**
 * Whether the middle one lies on a straight line along one axis between the others, or on the last
 * one.
 */
function isBetween(a: Pointing, middle: Pointing, b: Pointing): boolean {
  const isSame = (one: number, other: number) => Math.abs(one - other) <= SAME_DEG;
  const along = (axis: 'azimuthDeg' | 'elevationDeg', other: 'azimuthDeg' | 'elevationDeg') =>
    isSame(a[axis], middle[axis]) &&
    isSame(b[axis], middle[axis]) &&
    (middle[other] - a[other]) * (b[other] - middle[other]) >= 0;
  const isLast = isSame(middle.azimuthDeg, b.azimuthDeg) && isSame(middle.elevationDeg, b.elevationDeg);
  return isLast || along('azimuthDeg', 'elevationDeg') || along('elevationDeg', 'azimuthDeg');
}

function noWay(from: Pointing, to: Pointing, obstacles: Obstacles): string {
  const names = obstacles.within(from, to).map(describeObstacle);
  const between = `from ${formatPointing(from)} to ${formatPointing(to)}`;
  return `there is no way ${between}: ${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} in the way`;
}
