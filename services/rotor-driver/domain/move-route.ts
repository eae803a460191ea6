import { errorKind, errorMessage, SkyScanError } from '#shared/base/errors';
import type { KeepOutSector } from '#shared/sky/obstacles';
import {
  axisDistanceDeg,
  formatPointing,
  intersectLimits,
  limitsFor,
  type Pointing,
  type TravelLimits,
} from '#shared/sky/pointing';
import { mountSetpoint, onSky, skyDirection, skyLimits, type Mount } from '#shared/sky/mount';
import { createRoutes, type RouteRotor } from '#shared/sky/routes';
import { setpointWithin } from './limits.ts';

/** A rotator with obstacles, which are directions on the sky, and the pointing model in force. */
export type MovingRotor = RouteRotor & Mount;

/** The route of one move to its target. All pointings are those of the mount. */
export interface MoveRoute {
  /** There are obstacles, so the route depends on the current position. */
  readonly hasObstacles: boolean;
  /**
   * The setpoints in order, the target last, rounded as they are sent. `restSetpoint`: the setpoint
   * on which the rotor rests; it replaces a readback that agrees with it, because readbacks are
   * noisy and coarse. Throws `out_of_range` without an allowed route.
   */
  setpointsFrom: (readback: Pointing, restSetpoint: Pointing | undefined) => Pointing[];
  /** Whether both axes may move directly from one pointing to the other. */
  isClear: (from: Pointing, to: Pointing) => boolean;
}

/** The move is allowed, but not now: because of the Sun or a suspend condition. */
export class TemporarilyBlockedError extends SkyScanError {
  constructor(message: string) {
    super('unavailable', message);
    this.name = 'TemporarilyBlockedError';
  }
}

/**
 * A route that also avoids `sun`. Throws `TemporarilyBlockedError` where only the Sun blocks the
 * move.
 */
export function createMoveRouteAroundSun(
  target: Pointing,
  rotor: MovingRotor,
  reported: TravelLimits | undefined,
  sun: KeepOutSector,
): MoveRoute {
  const ignoringSun = createMoveRoute(target, rotor, reported);
  const unlessSun = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (errorKind(error) !== 'out_of_range') throw error;
      throw new TemporarilyBlockedError(errorMessage(error));
    }
  };
  const route = unlessSun(() =>
    createMoveRoute(target, { ...rotor, keepOut: [...rotor.keepOut, sun] }, reported),
  );
  return {
    ...route,
    setpointsFrom(readback, restSetpoint) {
      ignoringSun.setpointsFrom(readback, restSetpoint);
      return unlessSun(() => route.setpointsFrom(readback, restSetpoint));
    },
  };
}

/**
 * `target`: of the mount, like the limits. Obstacles are avoided on the sky: a mount with a
 * pointing model moves straight between setpoints whose directions have a route. `reported`: the
 * travel that rotctld reports. Throws `out_of_range` for a forbidden target.
 */
export function createMoveRoute(
  target: Pointing,
  rotor: MovingRotor,
  reported: TravelLimits | undefined,
): MoveRoute {
  const within = (setpoint: Pointing) => setpointWithin(setpoint, limitsFor(setpoint, rotor, reported));
  const sky = (pointing: Pointing) => skyDirection(rotor, pointing);
  const corner = (leg: Pointing) => within(movedInside(mountSetpoint(rotor, leg), rotor, reported));
  const to = sky(target);
  explained(() => within(target), target, rotor);
  const onTheSky = onSky(rotor);
  const { limits } = onTheSky;
  const routes = createRoutes(
    onTheSky,
    reported ? intersectLimits(limits, skyLimits(rotor, reported)) : limits,
  );
  const refusal = routes.refusal(to);
  if (refusal !== undefined) throw new SkyScanError('out_of_range', refusal);
  return {
    hasObstacles: routes.obstacles.hasMaskOrSectors,
    setpointsFrom(readback, restSetpoint) {
      const isThere = restSetpoint && axisDistanceDeg(restSetpoint, readback) <= rotor.toleranceDeg + 1e-9;
      const legs = isThere ? routes.legs(sky(restSetpoint), to) : routes.legsFromReadback(sky(readback), to);
      return legs.map((leg) => (leg === to ? within(target) : corner(leg)));
    },
    isClear: (from, end) => routes.isClear(sky(from), sky(end)),
  };
}

/**
 * Moves the corner of a route into the limits by at most the tolerance: above a park pointing at
 * the end of the travel, the setpoint of the same azimuth on the sky is slightly beyond it.
 */
function movedInside(
  corner: Pointing,
  { limits, pointingModel, toleranceDeg }: MovingRotor,
  reported: TravelLimits | undefined,
): Pointing {
  const { azMinDeg, azMaxDeg } = reported ? intersectLimits(limits, reported) : limits;
  const azimuthDeg = Math.min(azMaxDeg, Math.max(azMinDeg, corner.azimuthDeg));
  const isNear = pointingModel && Math.abs(azimuthDeg - corner.azimuthDeg) <= toleranceDeg;
  return isNear ? { ...corner, azimuthDeg } : corner;
}

/** With a pointing model, the refused setpoint is not the pointing that the caller knows. */
function explained(check: () => void, target: Pointing, rotor: Pick<Mount, 'pointingModel'>): void {
  try {
    check();
  } catch (error) {
    if (!rotor.pointingModel || errorKind(error) !== 'out_of_range') throw error;
    const direction = formatPointing(skyDirection(rotor, target));
    throw new SkyScanError(
      'out_of_range',
      `${errorMessage(error)}: the setpoint of the mount for ${direction} by the pointing model`,
    );
  }
}
