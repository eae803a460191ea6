import type { Candidate } from '#contract/rest/candidates';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import type { Site } from '#shared/sky/site';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { degToRad } from '#shared/sky/units';

/**
 * Within this distance of the Sun, in beam widths, its main lobe or what a model of it leaves
 * raises the level by more than the noise: a Gaussian beam is 48 dB lower there.
 */
const REACH = 2;
/** Farther away something else is as likely: a tenth of the hemisphere is as near. */
const REACH_DEG = 25;
/** Of its upper limb, and for the error of a horizon, degrees. */
const RISEN_DEG = -1;

/** A place that was measured between two times, Unix milliseconds. */
export interface SeenPlace extends Pointing {
  firstMs: number;
  lastMs: number;
}

/**
 * The Sun, if its beam explains more power at a place than usual. It was perhaps outside of the
 * map, so that the place is not that of the Sun, and it is elsewhere than in earlier sessions.
 */
export function sunBeside(
  { firstMs, lastMs, ...place }: SeenPlace,
  site: Site,
  beamWidthDeg: number,
): Candidate | undefined {
  const { sun } = createSunAndMoon(site);
  const beamWidths = [firstMs, (firstMs + lastMs) / 2, lastMs]
    .map(sun)
    .filter(({ elevationDeg }) => elevationDeg > RISEN_DEG)
    .map((at) => separationDeg(at, place) / beamWidthDeg);
  const distance = Math.min(Infinity, ...beamWidths);
  if (distance > Math.min(REACH, REACH_DEG / beamWidthDeg)) return undefined;
  // The share of the hemisphere that is as near to the Sun.
  const chance = 1 - Math.cos(degToRad(distance * beamWidthDeg));
  return {
    name: 'Sun',
    kind: 'sun',
    posterior: 1 - chance,
    chance,
    distance,
    agrees: [],
    warnings: [`${distance.toFixed(1)} beam widths from the Sun: its beam reaches there`],
  };
}
