import { lookAtPlace, type Place } from '#shared/sky/look';
import { separationDeg, type Pointing } from '#shared/sky/pointing';

export interface BeltPoint {
  /** Of the satellite, degrees. */
  longitudeDeg: number;
  pointing: Pointing;
}

/** Height of the geostationary orbit above the equator (ITU-R S.484: radius 42,164 km). */
const HEIGHT_M = 42_164_172 - 6_378_137;
const REACH_DEG = 82;

/** The geostationary belt above a site's horizon, from west to east; empty near the poles. */
export function geostationaryBelt(site: Place, stepDeg = 1): BeltPoint[] {
  const count = Math.floor((2 * REACH_DEG) / stepDeg + 1e-9) + 1;
  return Array.from({ length: count }, (_, k) => {
    const longitudeDeg = site.longitudeDeg - REACH_DEG + k * stepDeg;
    const { pointing } = lookAtPlace(site, { latitudeDeg: 0, longitudeDeg, heightM: HEIGHT_M });
    return { longitudeDeg, pointing };
  }).filter(({ pointing }) => pointing.elevationDeg > 0);
}

/** How far a direction is from the belt, and the length of the belt on the sky, degrees. */
export function beltDistanceDeg(
  site: Place,
  pointing: Pointing,
): { distanceDeg: number; lengthDeg: number } | undefined {
  const belt = geostationaryBelt(site);
  if (belt.length < 2) return undefined;
  let distanceDeg = Infinity;
  let lengthDeg = 0;
  for (let k = 1; k < belt.length; k++) {
    const [a, b] = [belt[k - 1]?.pointing ?? pointing, belt[k]?.pointing ?? pointing];
    const part = separationDeg(a, b);
    lengthDeg += part;
    distanceDeg = Math.min(
      distanceDeg,
      distanceToPart(separationDeg(a, pointing), separationDeg(b, pointing), part),
    );
  }
  return { distanceDeg, lengthDeg };
}

/** Distance to a short straight line from the distances to its ends (law of cosines). */
function distanceToPart(toA: number, toB: number, length: number): number {
  const along = (toA ** 2 - toB ** 2 + length ** 2) / (2 * length);
  if (along <= 0) return toA;
  if (along >= length) return toB;
  return Math.sqrt(Math.max(0, toA ** 2 - along ** 2));
}
