import { geodesicBetween, geodesicEnd } from '../../services/shared/sky/geodesic.ts';
import type { Site } from '../../services/shared/sky/site.ts';
import { between, gaussianPair } from '../../services/simulator/domain/random.ts';
import type { Bearing } from '../../services/sky-analyst/domain/bearings/bearing.ts';

/** The bearing of an emitter from a site, with a normal error unless `random` is missing. */
export function bearingOf(
  siteId: string,
  site: Site,
  emitter: Site,
  sigmaDeg: number,
  random?: () => number,
): Bearing {
  const errorDeg = random ? sigmaDeg * gaussianPair(random)[0] : 0;
  return {
    siteId,
    ...site,
    azimuthDeg: geodesicBetween(site, emitter).azimuthDeg + errorDeg,
    sigmaDeg,
  };
}

/** A place within a distance of another one, uniform in area. */
function placeNear(origin: Site, radiusM: number, random: () => number): Site {
  return geodesicEnd(origin, between(random, 0, 360), radiusM * Math.sqrt(random()));
}

/** An emitter and two to five sites anywhere within 60 km of a place on Earth. */
export function randomLayout(
  random: () => number,
  sigmasDeg: readonly number[],
): { emitter: Site; bearings: Bearing[] } {
  const centre = { latitudeDeg: between(random, -65, 65), longitudeDeg: between(random, -180, 180) };
  const emitter = placeNear(centre, 60_000, random);
  const bearings = Array.from({ length: 2 + Math.floor(4 * random()) }, (_, k) => {
    const sigmaDeg = sigmasDeg[Math.floor(random() * sigmasDeg.length)] as number;
    return bearingOf(`site ${k + 1}`, placeNear(centre, 60_000, random), emitter, sigmaDeg, random);
  });
  return { emitter, bearings };
}
