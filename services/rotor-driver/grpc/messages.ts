import type { RotorPosition } from '#proto/rotor_driver';
import { skyDirection, type Mount } from '#shared/sky/mount';
import type { Readback } from '../domain/reading.ts';

/** The message of a readback of the mount: the direction on the sky. */
export function positionToMessage(
  { pointing, moving, unixMs, atMs }: Readback,
  mount: Pick<Mount, 'pointingModel'>,
): RotorPosition {
  return { pointing: skyDirection(mount, pointing), moving, measuredAtMs: unixMs, monotonicMs: atMs };
}
