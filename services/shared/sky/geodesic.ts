import geographiclib from 'geographiclib-geodesic';
import type { Site } from './site.ts';

/** The shortest line between two places on the WGS 84 ellipsoid. */
export interface Geodesic {
  distanceM: number;
  /** Azimuth at the first place, degrees, -180 to 180. */
  azimuthDeg: number;
  /** Azimuth in the same direction at the second place, degrees. */
  arrivalDeg: number;
  /**
   * Reduced length: how far the second place moves sideways per radian of azimuth at the first one,
   * metres.
   */
  reducedM: number;
}

const { Geodesic: masks } = geographiclib;
const { WGS84 } = masks;

/** Karney 2013, "Algorithms for geodesics"; accurate to nanometres. */
export function geodesicBetween(from: Site, to: Site): Geodesic {
  const { s12, azi1, azi2, m12 } = WGS84.Inverse(
    from.latitudeDeg,
    from.longitudeDeg,
    to.latitudeDeg,
    to.longitudeDeg,
    masks.STANDARD | masks.REDUCEDLENGTH,
  );
  return { distanceM: s12 ?? NaN, azimuthDeg: azi1 ?? NaN, arrivalDeg: azi2 ?? NaN, reducedM: m12 ?? NaN };
}

/** The place at the end of a geodesic; longitudes are -180 to 180 degrees. */
export function geodesicEnd(from: Site, azimuthDeg: number, distanceM: number): Site {
  const { lat2, lon2 } = WGS84.Direct(from.latitudeDeg, from.longitudeDeg, azimuthDeg, distanceM);
  return { latitudeDeg: lat2 ?? NaN, longitudeDeg: lon2 ?? NaN };
}
