import { SkyScanError } from '#shared/base/errors';
import type { HorizonMask, KeepOutSector } from '#shared/sky/obstacles';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';

/** The address and the allowed pointings of a rotor, as its owner configured them. */
export interface Permit {
  id: number;
  name: string;
  host: string;
  port: number;
  limits: TravelLimits;
  horizon: HorizonMask;
  keepOut: readonly KeepOutSector[];
  park: Pointing;
  trustLimits?: boolean | undefined;
  avoidSun?: boolean | undefined;
}

/** The permits of all rotors by id. */
export type Permits = ReadonlyMap<number, Permit>;

/**
 * The rotor of a request with the limits that its owner allows now; unchanged while the driver has
 * received no permits. Throws `wrong_state` if the rotor was deleted or its address has changed.
 */
export function permitted<R extends Permit>(rotor: R, permits: Permits | undefined): R {
  if (!permits) return rotor;
  const permit = permits.get(rotor.id);
  if (!permit)
    throw new SkyScanError(
      'wrong_state',
      `rotor ${rotor.id} '${rotor.name}' cannot move: it has been deleted`,
    );
  if (permit.host !== rotor.host || permit.port !== rotor.port)
    throw new SkyScanError(
      'wrong_state',
      `rotor ${rotor.id} '${permit.name}' cannot move at ${rotor.host}:${rotor.port}: its address is now ${permit.host}:${permit.port}`,
    );
  return { ...rotor, ...allowedBy(permit) };
}

/** Whether two permits allow the same pointings. */
export function allowTheSame(one: Permit, other: Permit): boolean {
  const text = (rotor: Permit) =>
    JSON.stringify(Object.values(allowedBy(rotor)).map((value) => value ?? true));
  return text(one) === text(other);
}

/** The fields that override those of a request. */
function allowedBy({ limits, horizon, keepOut, park, trustLimits, avoidSun }: Permit) {
  return { limits, horizon, keepOut, park, trustLimits, avoidSun };
}
