import type { RotorPosition } from '#proto/rotor_driver';
import type { Observed } from '../domain/reading.ts';

/** A readback as it goes over the wire. */
export function positionToMessage({ pointing, moving, unixMs, atMs }: Observed): RotorPosition {
  return { pointing, moving, measuredAtMs: unixMs, steadyMs: atMs };
}
