import type { Pointing } from '#shared/pointing';
import type { Site } from '#shared/site';
import { createSunAndMoon } from '#shared/sun-and-moon';
import { tooNearToSun } from '../domain/sun.ts';

/** Where the rotator stands and how far from the Sun it keeps. */
export interface SunKeepOut extends Site {
  keepOutDeg: number;
}

/** Says whether a pointing is too near to the Sun at a Unix time. */
export function createSunCondition({ keepOutDeg, ...site }: SunKeepOut) {
  const { sun } = createSunAndMoon(site);
  return (pointing: Pointing, unixMs: number): string | undefined =>
    tooNearToSun(pointing, sun(unixMs), keepOutDeg);
}
