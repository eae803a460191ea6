import type { Pointing } from '#shared/sky/pointing';
import { requireMotionReadback } from '../domain/rest-only-readback.ts';
import type { Rotor } from './rotor.ts';
import type { Arrived } from './slew.ts';

/**
 * A slew for measurements on the fly: polled as fast as the link allows, without settling. Throws
 * what `slew` throws, and `hardware_fault` if the controller reports its position only at rest.
 */
export async function sweep(
  rotor: Rotor,
  token: number,
  target: Pointing,
  signal: AbortSignal,
): Promise<Arrived> {
  const measuredMove = { rotor: { ...rotor.config, settleMs: 0 }, onCommand: () => undefined };
  const arrived = await rotor.slew(token, target, signal, { measuredMove });
  requireMotionReadback(rotor.motion.restOnly, 'a sweep', 'Scan in steps (scan_mode step)');
  return arrived;
}
