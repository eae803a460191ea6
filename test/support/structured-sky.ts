import type { Pointing } from '#shared/sky/pointing';
import { createSky, diffuseSkyMw } from '../../services/simulator/domain/sky.ts';

const RECEIVER_MW = 10 ** -10.2;

/** The sky of the simulator without sources, relative to the noise of the receiver. */
export function structuredSky(seed: number): (pointing: Pointing) => number {
  const sky = createSky(seed, 0, []);
  return (pointing) => (RECEIVER_MW + diffuseSkyMw(sky, pointing)) / RECEIVER_MW;
}
