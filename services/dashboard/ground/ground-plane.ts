import { geodesicBetween, geodesicEnd } from '#shared/sky/geodesic';
import type { Site } from '#shared/sky/site';
import { degToRad } from '#shared/sky/units';

/** A place on the map, metres to the east and to the north of its centre. */
export type Offset = readonly [eastM: number, northM: number];

/** The azimuth of a source from a site. */
export interface DrawnBearing extends Site {
  azimuthDeg: number;
  sigmaDeg: number;
}

/**
 * The azimuthal-equidistant projection around a place, on the WGS 84 ellipsoid: distances and
 * azimuths from the centre are true, so its bearings are straight lines.
 */
export function groundPlane(centre: Site): (place: Site) => Offset {
  return (place) => {
    const { azimuthDeg, distanceM } = geodesicBetween(centre, place);
    const azimuth = degToRad(azimuthDeg);
    return [distanceM * Math.sin(azimuth), distanceM * Math.cos(azimuth)];
  };
}

/** Parts of a geodesic, which is curved unless it begins at the centre. */
const PARTS = 16;

/** Places along a bearing, from its site to a length. */
export function bearingLine(bearing: DrawnBearing, lengthM: number, turnDeg = 0): Site[] {
  return Array.from({ length: PARTS + 1 }, (_, k) =>
    geodesicEnd(bearing, bearing.azimuthDeg + turnDeg, (lengthM * k) / PARTS),
  );
}

/** Corners of the wedge of a bearing: one standard deviation to each side. */
export function bearingWedge(bearing: DrawnBearing, lengthM: number): Site[] {
  const { sigmaDeg } = bearing;
  return [...bearingLine(bearing, lengthM, -sigmaDeg), ...bearingLine(bearing, lengthM, sigmaDeg).reverse()];
}

/** An SVG path through places; `scale`: units per metre, north is up. */
export function pathThrough(offsets: readonly Offset[], scale: number, isClosed: boolean): string {
  const points = offsets.map(
    ([east, north]) => `${(east * scale).toFixed(1)},${(-north * scale).toFixed(1)}`,
  );
  return points.length === 0 ? '' : `M${points.join('L')}${isClosed ? 'Z' : ''}`;
}
