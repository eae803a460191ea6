import { SUN_REACH } from '#contract/anomaly-values';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import type { Site } from '#shared/sky/site';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { degToRad } from '#shared/sky/units';

/** Farther away something else is as likely: a tenth of the hemisphere is as near. */
const REACH_DEG = 25;
/** Of its upper limb, and for the error of a horizon, degrees. */
const RISEN_DEG = -1;

/** A place that was measured between two times, Unix milliseconds. */
export interface SeenPlace extends Pointing {
  firstMs: number;
  lastMs: number;
}

/** How near the Sun was. */
export interface SunDistance {
  beamWidths: number;
  /** Probability that something anywhere in the sky is as near to it. */
  chance: number;
}

/**
 * The distance of the Sun, if its beam explains more power at a place than usual. It was perhaps
 * outside of the map, so that the place is not that of the Sun, and it is elsewhere than in earlier
 * sessions.
 */
export function sunBeside(
  { firstMs, lastMs, ...place }: SeenPlace,
  site: Site,
  beamWidthDeg: number,
): SunDistance | undefined {
  const { sun } = createSunAndMoon(site);
  const distances = [firstMs, (firstMs + lastMs) / 2, lastMs]
    .map(sun)
    .filter(({ elevationDeg }) => elevationDeg > RISEN_DEG)
    .map((at) => separationDeg(at, place) / beamWidthDeg);
  const beamWidths = Math.min(Infinity, ...distances);
  if (beamWidths > Math.min(SUN_REACH, REACH_DEG / beamWidthDeg)) return undefined;
  // The share of the hemisphere within this distance.
  return { beamWidths, chance: 1 - Math.cos(degToRad(beamWidths * beamWidthDeg)) };
}
