import { separationDeg, type Pointing } from './pointing.ts';
import type { Site } from './site.ts';
import { describeNearness } from './sky-disc.ts';
import { createSunAndMoon } from './sun-and-moon.ts';

/** Where the rotator stands and how far from the Sun it keeps. */
export interface SunKeepOut extends Site {
  keepOutDeg: number;
}

/** The name of the disc around it, in messages. */
export const SUN = 'the Sun';

// Refraction and the size of the disc: below this the Earth is in between.
const RISES_DEG = -1;

/** Where the Sun is at a Unix time; undefined while it is below the horizon. */
export function createSunAbove(site: Site): (unixMs: number) => Pointing | undefined {
  const { sun } = createSunAndMoon(site);
  return (unixMs) => {
    const at = sun(unixMs);
    return at.elevationDeg < RISES_DEG ? undefined : at;
  };
}

/** Says whether a pointing is too near to the Sun at a Unix time. */
export function createSunCondition({ keepOutDeg, ...site }: SunKeepOut) {
  const sunAbove = createSunAbove(site);
  return (pointing: Pointing, unixMs: number): string | undefined => {
    const centre = sunAbove(unixMs);
    if (!centre || separationDeg(pointing, centre) >= keepOutDeg) return undefined;
    return describeNearness({ name: SUN, centre, radiusDeg: keepOutDeg }, pointing);
  };
}
