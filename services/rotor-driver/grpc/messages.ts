import type { RotorPosition } from '#proto/rotor_driver';
import type { Observed } from '../domain/reading.ts';

/** The message of a readback. */
export function positionToMessage({ pointing, moving, unixMs, atMs }: Observed): RotorPosition {
  return { pointing, moving, measuredAtMs: unixMs, steadyMs: atMs };
}
