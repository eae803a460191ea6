import { SkyScanError } from '#shared/base/errors';
import type { HorizonMask, KeepOutSector } from '#shared/sky/obstacles';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';

/** What an owner says of where a rotor is and where it may point. */
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

/**
 * What the owners of all rotors allow now, by id; undefined: nobody has said it to this driver yet.
 */
export type Permits = ReadonlyMap<number, Permit>;

/**
 * A rotor as a caller describes it, with what its owner allows now. Throws `wrong_state`: it has
 * been deleted, or is somewhere else now.
 */
export function permitted<R extends Permit>(rotor: R, permits: Permits | undefined): R {
  if (!permits) return rotor;
  const permit = permits.get(rotor.id);
  if (!permit)
    throw new SkyScanError(
      'wrong_state',
      `rotor ${rotor.id} '${rotor.name}' is not moved: it has been deleted`,
    );
  if (permit.host !== rotor.host || permit.port !== rotor.port)
    throw new SkyScanError(
      'wrong_state',
      `rotor ${rotor.id} '${permit.name}' is not moved at ${rotor.host}:${rotor.port}: it is at ${permit.host}:${permit.port} now`,
    );
  return { ...rotor, ...allowedBy(permit) };
}

/** Whether both allow the same. */
export function allowTheSame(one: Permit, other: Permit): boolean {
  const text = (rotor: Permit) =>
    JSON.stringify(Object.values(allowedBy(rotor)).map((value) => value ?? true));
  return text(one) === text(other);
}

/** What counts of it, whatever a caller asks for. */
function allowedBy({ limits, horizon, keepOut, park, trustLimits, avoidSun }: Permit) {
  return { limits, horizon, keepOut, park, trustLimits, avoidSun };
}
