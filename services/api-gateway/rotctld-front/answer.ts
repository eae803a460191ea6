import { errorKind, SkyScanError, type ErrorKind } from '#shared/base/errors';
import { onSky } from '#shared/sky/mount';
import type { Pointing } from '#shared/sky/pointing';
import type { RotctlRequest } from '#shared/rotctld/parser';
import {
  capsReply,
  infoReply,
  positionReply,
  resultReply,
  RIG_ECONF,
  RIG_EINTERNAL,
  RIG_EINVAL,
  RIG_EIO,
  RIG_ENAVAIL,
  RIG_EPROTO,
  RIG_ERJCTED,
  RIG_ETIMEOUT,
  RIG_OK,
  stateReply,
} from '#shared/rotctld/replies';
import { rotorConfig } from '../clients/rotor-messages.ts';
import { moveRotor, parkRotor, type MoveParts } from '../rotors/move-rotor.ts';
import type { RotorCache } from '../rotors/rotor-cache.ts';
import type { RotorRow } from '../store/rotors.ts';

export interface AnswerParts extends MoveParts {
  rotorCache: Pick<RotorCache, 'find'>;
}

/** An answer, and why the command was refused. */
export interface Answer {
  reply: string;
  error?: unknown;
}

/** Does what a command of rotctld asks of a rotor. Does not throw. */
export async function answer(parts: AnswerParts, rotorId: number, request: RotctlRequest): Promise<Answer> {
  try {
    return { reply: await perform(parts, rotorId, request) };
  } catch (error) {
    return { reply: resultReply(request, codeOf(error)), error };
  }
}

async function perform(parts: AnswerParts, rotorId: number, request: RotctlRequest): Promise<string> {
  const rotor = await parts.rotorCache.find(rotorId);
  if (!rotor) throw new SkyScanError('not_found', `rotor ${rotorId} does not exist`);
  const driver = parts.driverOf(rotor.site_id);
  switch (request.name) {
    case 'get_pos':
      return positionReply(request, (await driver.position(rotor)).pointing);
    case 'set_pos':
      await moveRotor(parts, rotor, targetOf(request));
      return resultReply(request, RIG_OK);
    case 'stop':
      await driver.stop(rotor);
      return resultReply(request, RIG_OK);
    case 'park':
      await parkRotor(parts, rotor);
      return resultReply(request, RIG_OK);
    case 'get_info':
      return infoReply(request, nameOf(rotor));
    case 'dump_state':
      return stateReply(request, limitsOf(rotor));
    case 'dump_caps':
      return capsReply(request, { model: nameOf(rotor), manufacturer: 'Sky Scan' }, limitsOf(rotor));
    case 'unavailable':
      return resultReply(request, RIG_ENAVAIL);
  }
}

/**
 * Stricter than rotctld, which moves to 10 for `10,5` and anywhere for `nan`: what is not a number
 * as a whole must not move an antenna.
 */
function targetOf({ azimuth, elevation }: { azimuth: string; elevation: string }): Pointing {
  const [azimuthDeg, elevationDeg] = [azimuth, elevation].map((text) =>
    /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN,
  ) as [number, number];
  if (Number.isFinite(azimuthDeg) && Number.isFinite(elevationDeg)) return { azimuthDeg, elevationDeg };
  throw new SkyScanError('invalid', 'azimuth and elevation must be numbers like 123.45');
}

function limitsOf(rotor: RotorRow) {
  return onSky(rotorConfig(rotor)).limits;
}

/** The name is a line of the protocol. */
function nameOf({ name }: RotorRow): string {
  return name.replace(/\p{Cc}/gu, ' ');
}

const CODES: Record<ErrorKind, number> = {
  invalid: RIG_EINVAL,
  out_of_range: RIG_EINVAL,
  // The front is configured for a rotor that does not exist.
  not_found: RIG_ECONF,
  busy: RIG_ERJCTED,
  wrong_state: RIG_ERJCTED,
  wrong_site: RIG_ERJCTED,
  unauthenticated: RIG_ERJCTED,
  lease_lost: RIG_ERJCTED,
  cancelled: RIG_ERJCTED,
  timeout: RIG_ETIMEOUT,
  unavailable: RIG_EIO,
  hardware_fault: RIG_EPROTO,
  unsupported: RIG_ENAVAIL,
  no_room: RIG_EINTERNAL,
  internal: RIG_EINTERNAL,
};

/** The result code of Hamlib for an error. */
function codeOf(error: unknown): number {
  return CODES[errorKind(error)];
}
