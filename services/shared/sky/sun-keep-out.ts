import { separationDeg, type Pointing } from './pointing.ts';
import type { Site } from './site.ts';
import { describeNearness } from './sky-disc.ts';
import { createSunAndMoon } from './sun-and-moon.ts';

/** The location of the rotator and its minimum distance from the Sun. */
export interface SunKeepOut extends Site {
  keepOutDeg: number;
}

/** The name of the disc around the Sun, in messages. */
export const SUN = 'the Sun';

// Below this elevation the Sun is hidden, in spite of refraction and its size.
const HORIZON_DEG = -1;

/** The pointing of the Sun at a Unix time; undefined below the horizon. */
export function createSunAbove(site: Site): (unixMs: number) => Pointing | undefined {
  const { sun } = createSunAndMoon(site);
  return (unixMs) => {
    const at = sun(unixMs);
    return at.elevationDeg < HORIZON_DEG ? undefined : at;
  };
}

/** Returns a message if a pointing is too close to the Sun at a Unix time. */
export function createSunCondition({ keepOutDeg, ...site }: SunKeepOut) {
  const sunAbove = createSunAbove(site);
  return (pointing: Pointing, unixMs: number): string | undefined => {
    const centre = sunAbove(unixMs);
    if (!centre || separationDeg(pointing, centre) >= keepOutDeg) return undefined;
    return describeNearness({ name: SUN, centre, radiusDeg: keepOutDeg }, pointing);
  };
}
