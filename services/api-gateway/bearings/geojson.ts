import type { Crossing, SolveAnswer, UsedBearing } from '#contract/rest/bearings';
import { geodesicEnd } from '#shared/sky/geodesic';

/** Longitude and latitude, degrees (RFC 7946). */
export type Position = [longitudeDeg: number, latitudeDeg: number];

export interface Feature {
  type: 'Feature';
  geometry:
    | { type: 'Point'; coordinates: Position }
    | { type: 'LineString'; coordinates: Position[] }
    | { type: 'Polygon'; coordinates: Position[][] };
  properties: Record<string, string | number | boolean | null>;
}

export interface FeatureCollection {
  type: 'FeatureCollection';
  features: Feature[];
  /** A foreign member: why there are no features. */
  no_place?: NonNullable<SolveAnswer['no_place']>;
}

/** A crossing, or a stored place with its number and times. */
export type NamedCrossing = Crossing & { id?: number; first_seen?: string; last_seen?: string };

/** A line ends beyond the place, as a share of the distance to it. */
const BEYOND = 1.2;
/** A geodesic is drawn as a line with this many parts. */
const PARTS = 32;

/** The places, their areas and the bearings, which are geodesics, as GeoJSON (RFC 7946). */
export function placesToGeoJson(places: readonly NamedCrossing[]): FeatureCollection {
  return { type: 'FeatureCollection', features: places.flatMap(featuresOf) };
}

function featuresOf(place: NamedCrossing, index: number): Feature[] {
  const name = `Place ${place.id ?? index + 1} (${place.status})`;
  const common = { place: place.id ?? index + 1, status: place.status };
  return [
    {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: positionOf(place) },
      properties: {
        name,
        kind: 'place',
        ...common,
        note: place.note,
        crossing_deg: place.crossing_deg,
        chi_square: place.chi_square,
        consistency: place.consistency,
        ...(place.first_seen !== undefined && { first_seen: place.first_seen }),
        ...(place.last_seen !== undefined && { last_seen: place.last_seen }),
      },
    },
    areaFeature(place, name, common),
    ...place.bearings.map((bearing) => bearingFeature(bearing, common)),
  ];
}

function areaFeature({ area, ...place }: Crossing, name: string, common: Feature['properties']): Feature {
  const { outline, ...properties } = area;
  return {
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates: [ring(outline, place.longitude_deg)] },
    properties: { name: `${name}, 95 %`, ...common, ...properties },
  };
}

/** Counterclockwise and closed, as RFC 7946 requires; the corners go clockwise around the place. */
function ring(corners: readonly Position[], nearDeg: number): Position[] {
  const positions = corners.map(([longitude, latitude]) => near(longitude, latitude, nearDeg));
  const twiceArea = positions.reduce((sum, [x, y], k) => {
    const [nextX, nextY] = positions[(k + 1) % positions.length] ?? [x, y];
    return sum + x * nextY - nextX * y;
  }, 0);
  if (twiceArea < 0) positions.reverse();
  return [...positions, ...positions.slice(0, 1)];
}

function bearingFeature(bearing: UsedBearing, common: Feature['properties']): Feature {
  const { name, latitude_deg: latitudeDeg, longitude_deg: longitudeDeg, azimuth_deg } = bearing;
  const lengthM = BEYOND * bearing.distance_m;
  const coordinates = Array.from({ length: PARTS + 1 }, (_, k) => {
    const end = geodesicEnd({ latitudeDeg, longitudeDeg }, azimuth_deg, (lengthM * k) / PARTS);
    return near(end.longitudeDeg, end.latitudeDeg, longitudeDeg);
  });
  return {
    type: 'Feature',
    geometry: { type: 'LineString', coordinates },
    properties: {
      name,
      kind: 'bearing',
      ...common,
      azimuth_deg,
      sigma_deg: bearing.sigma_deg,
      residual_deg: bearing.residual_deg,
      source_id: bearing.source_id,
    },
  };
}

function positionOf(place: { latitude_deg: number; longitude_deg: number }): Position {
  return [place.longitude_deg, place.latitude_deg];
}

/** Near another longitude, so that no line crosses the whole map at 180 degrees. */
function near(longitudeDeg: number, latitudeDeg: number, nearDeg: number): Position {
  const turns = Math.round((longitudeDeg - nearDeg) / 360);
  return [rounded(longitudeDeg - 360 * turns), rounded(latitudeDeg)];
}

function rounded(deg: number): number {
  return Number(deg.toFixed(7));
}
