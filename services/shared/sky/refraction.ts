import { Refraction } from 'astronomy-engine';
import type { Pointing } from './pointing.ts';

/** The apparent direction of something above the atmosphere (astronomy-engine), as of the Sun. */
export function withRefraction({ azimuthDeg, elevationDeg }: Pointing): Pointing {
  return { azimuthDeg, elevationDeg: elevationDeg + Refraction('normal', elevationDeg) };
}
