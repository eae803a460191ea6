import type { OrbitalElements } from '../../services/shared/sky/look.ts';
import { between } from '../../services/simulator/domain/random.ts';

/** Made-up elements: low orbits of 500 to 600 km, and a tenth of them geostationary. */
export function madeUpElements(count: number, epochMs: number, random: () => number): OrbitalElements[] {
  return Array.from({ length: count }, (_, k) => {
    const isGeostationary = k % 10 === 0;
    return {
      OBJECT_NAME: `${isGeostationary ? 'GEO' : 'LEO'} ${k}`,
      OBJECT_ID: '',
      EPOCH: new Date(epochMs - between(random, 0, 86_400_000)).toISOString(),
      MEAN_MOTION: isGeostationary ? 1.00273 : between(random, 14.9, 15.2),
      ECCENTRICITY: 0.0005,
      INCLINATION: isGeostationary ? 0.05 : between(random, 40, 98),
      RA_OF_ASC_NODE: between(random, 0, 360),
      ARG_OF_PERICENTER: between(random, 0, 360),
      MEAN_ANOMALY: between(random, 0, 360),
      NORAD_CAT_ID: 100_000 + k,
      ELEMENT_SET_NO: 1,
      BSTAR: 0.00001,
      MEAN_MOTION_DOT: 0,
      MEAN_MOTION_DDOT: 0,
    };
  });
}
