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

/** How one move gets to its target. */
export interface Way {
  /** There is something to go round: where the rotor is matters. */
  readonly hasObstacles: boolean;
  /**
   * Setpoints to be reached one after the other, the target last, rounded as they go out.
   * `restsOn`: the setpoint on which the rotor was left; where the readback agrees with it, it is
   * what counts, for readbacks are noisy and coarse. Throws `out_of_range` when there is no legal
   * way.
   */
  setpointsFrom: (readback: Pointing, restsOn: Pointing | undefined) => Pointing[];
  /** Whether it may go there straight. */
  isClear: (from: Pointing, to: Pointing) => boolean;
}

/** The move is legal, but not now: the Sun is in the way, or the weather forbids it. */
export class NotNowError extends SkyScanError {
  constructor(message: string) {
    super('unavailable', message);
    this.name = 'NotNowError';
  }
}

/**
 * A way that the owner allows and that stays out of `sun`. Throws `NotNowError` where only the Sun
 * forbids it.
 */
export function createWayPastSun(
  target: Pointing,
  rotor: RouteRotor,
  reported: TravelLimits | undefined,
  sun: KeepOutSector,
): Way {
  const otherwise = createWay(target, rotor, reported);
  const unlessSun = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (errorKind(error) !== 'out_of_range') throw error;
      throw new NotNowError(errorMessage(error));
    }
  };
  const way = unlessSun(() => createWay(target, { ...rotor, keepOut: [...rotor.keepOut, sun] }, reported));
  return {
    ...way,
    setpointsFrom(readback, restsOn) {
      otherwise.setpointsFrom(readback, restsOn);
      return unlessSun(() => way.setpointsFrom(readback, restsOn));
    },
  };
}

/**
 * `reported`: what the daemon says that the rotator can travel. Throws `out_of_range` when the
 * target may not be pointed at.
 */
export function createWay(target: Pointing, rotor: RouteRotor, reported: TravelLimits | undefined): Way {
  const within = (end: Pointing) => setpointWithin(end, limitsFor(end, rotor, reported));
  within(target);
  const routes = createRoutes(rotor, reported ? intersectLimits(rotor.limits, reported) : rotor.limits);
  const refusal = routes.refusal(target);
  if (refusal !== undefined) throw new SkyScanError('out_of_range', refusal);
  return {
    hasObstacles: routes.obstacles.any,
    setpointsFrom(readback, restsOn) {
      const isThere = restsOn && axisDistanceDeg(restsOn, readback) <= rotor.toleranceDeg + 1e-9;
      const legs = isThere ? routes.legs(restsOn, target) : routes.legsFromReadback(readback, target);
      return legs.map(within);
    },
    isClear: routes.isClear,
  };
}
