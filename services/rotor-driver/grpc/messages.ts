import type { RotorPosition } from '#proto/rotor_driver';
import type { Readback } from '../domain/reading.ts';

/** The message of a readback. */
export function positionToMessage({ pointing, moving, unixMs, atMs }: Readback): RotorPosition {
  return { pointing, moving, measuredAtMs: unixMs, monotonicMs: atMs };
}
