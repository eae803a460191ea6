import { errorKind, errorMessage, SkyScanError } from '#shared/base/errors';
import type { KeepOutSector } from '#shared/sky/obstacles';
import {
  axisDistanceDeg,
  intersectLimits,
  limitsFor,
  type Pointing,
  type TravelLimits,
} from '#shared/sky/pointing';
import { createRoutes, type RouteRotor } from '#shared/sky/routes';
import { setpointWithin } from './limits.ts';

/** The route of one move to its target. */
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
  rotor: RouteRotor,
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

/** `reported`: the travel that rotctld reports. Throws `out_of_range` for a forbidden target. */
export function createMoveRoute(
  target: Pointing,
  rotor: RouteRotor,
  reported: TravelLimits | undefined,
): MoveRoute {
  const within = (end: Pointing) => setpointWithin(end, limitsFor(end, rotor, reported));
  within(target);
  const routes = createRoutes(rotor, reported ? intersectLimits(rotor.limits, reported) : rotor.limits);
  const refusal = routes.refusal(target);
  if (refusal !== undefined) throw new SkyScanError('out_of_range', refusal);
  return {
    hasObstacles: routes.obstacles.hasMaskOrSectors,
    setpointsFrom(readback, restSetpoint) {
      const isThere = restSetpoint && axisDistanceDeg(restSetpoint, readback) <= rotor.toleranceDeg + 1e-9;
      const legs = isThere ? routes.legs(restSetpoint, target) : routes.legsFromReadback(readback, target);
      return legs.map(within);
    },
    isClear: routes.isClear,
  };
}
