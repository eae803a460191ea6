import { slewSeconds, type RotorMotion } from './kinematics.ts';
import {
  nextTurnDeg,
  widthDeg,
  type HorizonMask,
  type KeepOutSector,
  type Obstacle,
  type Obstacles,
} from './obstacles.ts';
import { axisDistanceDeg, type Pointing, type TravelLimits } from './pointing.ts';
import { aboveDeg, underDeg } from './route-search.ts';
import { separationFromRectangleDeg } from './sky-disc.ts';

/** The rotor properties that routes depend on. */
export interface RouteRotor extends RotorMotion {
  limits: TravelLimits;
  toleranceDeg: number;
  /** May be below floor and mask; it is approached from directly above. */
  park: Pointing;
  horizon: HorizonMask;
  keepOut: readonly KeepOutSector[];
}

/** A rotator with its limits and obstacles. */
export interface RouteContext {
  rotor: RouteRotor;
  /** The intersection of configured and reported travel. */
  limits: TravelLimits;
  obstacles: Obstacles;
  /** Distances to keep from obstacles, preferred first, degrees. */
  marginsDeg: readonly number[];
}

// The distance from obstacles where there is no room for the tolerance of the rotor.
export const MIN_MARGIN_DEG = 0.01;
// As in pointing.ts: a billionth of a degree is rounding.
const ROUNDING_DEG = 1e-9;

/**
 * Free pointings at which a route can begin, preferred first: the start itself, or the ends of
 * single-axis moves out of the obstacle that contains it, fastest first. Below floor or mask, only
 * upwards; beyond the zenith, that is towards it.
 */
export function exitPointings(from: Pointing, to: Pointing, context: RouteContext): Pointing[] {
  const { rotor, limits, obstacles, marginsDeg } = context;
  const start = clamped(from, limits);
  const found = obstacles.within(from, from);
  if (found.length === 0) return obstacles.isFree(from, start) ? [start] : [];
  const lowSides = new Set(found.flatMap(sideOf));
  const sectors = found.flatMap((obstacle) => (obstacle.kind === 'keep-out' ? [obstacle.sector] : []));
  const isLegal = (end: Pointing) =>
    isInside(end, limits) &&
    obstacles.isFree(end, end) &&
    obstacles
      .within(from, end)
      .every((obstacle) =>
        obstacle.kind === 'keep-out'
          ? sectors.includes(obstacle.sector)
          : sideOf(obstacle).every((side) => lowSides.has(side)),
      ) &&
    sectors.every((sector) => leavesDisc(sector, from, end));
  return marginsDeg.flatMap((marginDeg) => {
    const upwards = [
      to.elevationDeg,
      aboveDeg(obstacles.lowestDeg(start.azimuthDeg), marginDeg, limits),
      ...sectors.map(({ elMaxDeg }) => elMaxDeg + marginDeg),
    ].filter((elevationDeg) => elevationDeg > from.elevationDeg);
    const back = [
      to.elevationDeg,
      underDeg(obstacles.highestDeg(start.azimuthDeg), marginDeg, limits),
      ...sectors.map(({ elMinDeg }) => elMinDeg - marginDeg),
    ].filter((elevationDeg) => elevationDeg < from.elevationDeg);
    const ends = (lowSides.has('beyond') ? back : upwards).map((elevationDeg) => ({
      ...start,
      elevationDeg,
    }));
    if (lowSides.size === 0)
      ends.push(...sectors.flatMap((sector) => asideAndBelow(sector, start, marginDeg)));
    return ends.filter(isLegal).sort((a, b) => slewSeconds(from, a, rotor) - slewSeconds(from, b, rotor));
  });
}

/** Free pointings directly above a target; the target itself if it is free. */
export function approachPointings(to: Pointing, { limits, obstacles, marginsDeg }: RouteContext): Pointing[] {
  if (obstacles.isFree(to, to)) return [to];
  const isBeyond = obstacles.within(to, to).flatMap(sideOf).includes('beyond');
  const awayDeg = (marginDeg: number) =>
    isBeyond
      ? underDeg(obstacles.highestDeg(to.azimuthDeg), marginDeg, limits)
      : aboveDeg(obstacles.lowestDeg(to.azimuthDeg), marginDeg, limits);
  return marginsDeg
    .map((marginDeg) => ({ ...to, elevationDeg: awayDeg(marginDeg) }))
    .filter((above) => obstacles.isFree(above, above) && !hasSector(obstacles, above, to));
}

/** The nearest free pointing within the tolerance of a readback, or else the readback. */
export function nearestFree(readback: Pointing, { rotor, limits, obstacles }: RouteContext): Pointing {
  const isLegal = (pointing: Pointing) => isInside(pointing, limits) && obstacles.isFree(pointing, pointing);
  if (isLegal(readback)) return readback;
  const { azimuthDeg, elevationDeg } = clamped(readback, limits);
  const shares = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [-share, share]);
  const azimuths = shares.map((share) => azimuthDeg + share * rotor.toleranceDeg);
  const elevations = [elevationDeg];
  for (const obstacle of obstacles.within(readback, readback)) {
    if (obstacle.kind !== 'keep-out') continue;
    for (const edge of asideAndBelow(obstacle.sector, readback, MIN_MARGIN_DEG)) {
      azimuths.push(edge.azimuthDeg);
      elevations.push(edge.elevationDeg);
    }
    elevations.push(obstacle.sector.elMaxDeg + MIN_MARGIN_DEG);
  }
  const candidates = azimuths.flatMap((azDeg) =>
    [...elevations, obstacles.lowestDeg(azDeg), obstacles.highestDeg(azDeg)].map((elDeg) => ({
      azimuthDeg: azDeg,
      elevationDeg: elDeg,
    })),
  );
  const [nearest = readback] = candidates
    .filter((pointing) => axisDistanceDeg(readback, pointing) <= rotor.toleranceDeg + ROUNDING_DEG)
    .filter(isLegal)
    .sort((a, b) => axisDistanceDeg(readback, a) - axisDistanceDeg(readback, b));
  return nearest;
}

/** On which side of the zenith a pointing below floor or mask is. */
function sideOf(obstacle: Obstacle): ('front' | 'beyond')[] {
  if (obstacle.kind === 'keep-out') return [];
  return [obstacle.kind === 'horizon' && obstacle.isBeyond ? 'beyond' : 'front'];
}

/** Whether the rectangle intersects a keep-out sector. */
export function hasSector(obstacles: Obstacles, a: Pointing, b: Pointing): boolean {
  return obstacles.within(a, b).some(({ kind }) => kind === 'keep-out');
}

/** Inside the travel. The lowest elevation is an obstacle and is not checked here. */
export function isInside({ azimuthDeg, elevationDeg }: Pointing, limits: TravelLimits): boolean {
  return (
    azimuthDeg >= limits.azMinDeg - ROUNDING_DEG &&
    azimuthDeg <= limits.azMaxDeg + ROUNDING_DEG &&
    elevationDeg <= limits.elMaxDeg + ROUNDING_DEG
  );
}

/** A move out of a disc does not approach its centre: away from the Sun, not across it. */
function leavesDisc({ disc }: KeepOutSector, from: Pointing, end: Pointing): boolean {
  if (!disc) return true;
  const nearestDeg = separationFromRectangleDeg(from, end, disc.centre);
  return nearestDeg >= separationFromRectangleDeg(from, from, disc.centre) - MIN_MARGIN_DEG;
}

/** The pointings left of, right of and below a sector. */
function asideAndBelow(sector: KeepOutSector, from: Pointing, marginDeg: number): Pointing[] {
  const azStartDeg = nextTurnDeg(sector, from.azimuthDeg);
  return [
    { ...from, azimuthDeg: azStartDeg - marginDeg },
    { ...from, azimuthDeg: azStartDeg + widthDeg(sector) + marginDeg },
    { ...from, elevationDeg: sector.elMinDeg - marginDeg },
  ];
}

function clamped({ azimuthDeg, elevationDeg }: Pointing, limits: TravelLimits): Pointing {
  return {
    azimuthDeg: Math.min(limits.azMaxDeg, Math.max(limits.azMinDeg, azimuthDeg)),
    elevationDeg: Math.min(limits.elMaxDeg, elevationDeg),
  };
}
