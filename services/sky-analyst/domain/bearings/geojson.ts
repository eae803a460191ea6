import { geodesicBetween, geodesicEnd } from '#shared/sky/geodesic';
import type { Site } from '#shared/sky/site';
import type { Bearing } from './bearing.ts';
import { ellipsePolygon } from './region.ts';
import type { Place } from './solve-bearings.ts';

/** Longitude and latitude, degrees (RFC 7946). */
export type Position = [longitudeDeg: number, latitudeDeg: number];

export interface Feature {
  type: 'Feature';
  geometry:
    | { type: 'Point'; coordinates: Position }
    | { type: 'LineString'; coordinates: Position[] }
    | { type: 'Polygon'; coordinates: Position[][] };
  properties: Record<string, string | number | null>;
}

export interface FeatureCollection {
  type: 'FeatureCollection';
  features: Feature[];
}

const CORNERS = 72;
/** A line ends beyond the place, as a share of the distance to it. */
const BEYOND = 1.2;
/** A geodesic is drawn as a line with this many parts. */
const PARTS = 32;

/** The place, its area and the bearings, which are geodesics, as GeoJSON (RFC 7946). */
export function placeToGeoJson(name: string, place: Place, bearings: readonly Bearing[]): FeatureCollection {
  const features: Feature[] = [
    {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: positionOf(place) },
      properties: {
        name,
        kind: 'place',
        crossing_deg: rounded(place.crossingDeg, 2),
        chi_square: rounded(place.chiSquare, 3),
        consistency: rounded(place.consistency, 6),
      },
    },
    areaFeature(name, place),
    ...bearings.map((bearing) => bearingFeature(bearing, place)),
  ];
  return { type: 'FeatureCollection', features };
}

function areaFeature(name: string, place: Place): Feature {
  const { area } = place;
  const corners = area.kind === 'ellipse' ? ellipsePolygon(place, area, CORNERS) : area.polygon;
  const axes =
    area.kind === 'ellipse'
      ? {
          semi_major_m: rounded(area.semiMajorM, 1),
          semi_minor_m: rounded(area.semiMinorM, 1),
          azimuth_deg: rounded(area.azimuthDeg, 2),
        }
      : { open: area.isOpen ? 'beyond the largest distance' : null };
  return {
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates: [ring(corners, place)] },
    properties: { name: `${name}, 95 %`, kind: area.kind, ...axes },
  };
}

/** Counterclockwise and closed, as RFC 7946 requires; the corners go clockwise around the place. */
function ring(corners: readonly Site[], around: Site): Position[] {
  const positions = corners.map((corner) => positionOf(corner, around.longitudeDeg));
  const twiceArea = positions.reduce((sum, [x, y], k) => {
    const [nextX, nextY] = positions[(k + 1) % positions.length] ?? [x, y];
    return sum + x * nextY - nextX * y;
  }, 0);
  if (twiceArea < 0) positions.reverse();
  return [...positions, ...positions.slice(0, 1)];
}

function bearingFeature(bearing: Bearing, place: Place): Feature {
  const lengthM = BEYOND * geodesicBetween(bearing, place).distanceM;
  const coordinates = Array.from({ length: PARTS + 1 }, (_, k) =>
    positionOf(geodesicEnd(bearing, bearing.azimuthDeg, (lengthM * k) / PARTS), bearing.longitudeDeg),
  );
  return {
    type: 'Feature',
    geometry: { type: 'LineString', coordinates },
    properties: {
      name: bearing.siteId,
      kind: 'bearing',
      azimuth_deg: rounded(bearing.azimuthDeg, 4),
      sigma_deg: rounded(bearing.sigmaDeg, 4),
    },
  };
}

/** Near another longitude, so that no line crosses the whole map at 180 degrees. */
function positionOf({ latitudeDeg, longitudeDeg }: Site, nearDeg = 0): Position {
  const turns = Math.round((longitudeDeg - nearDeg) / 360);
  return [rounded(longitudeDeg - 360 * turns, 7), rounded(latitudeDeg, 7)];
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
