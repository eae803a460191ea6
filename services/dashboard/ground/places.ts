import type { Crossing, GroundPlace } from '#contract/rest/bearings';
import type { Site } from '#shared/sky/site';
import { geodesicBetween } from '#shared/sky/geodesic';
import { degrees } from '../lib/format.ts';
import { distanceText } from './map-scale.ts';

/** A place with its number on the map and in the table. */
export interface NumberedPlace {
  number: number;
  place: Crossing & Partial<Pick<GroundPlace, 'first_seen' | 'last_seen'>>;
}

/** A site on the map. */
export interface DrawnSite extends Site {
  name: string;
}

export function siteOf({
  latitude_deg,
  longitude_deg,
}: {
  latitude_deg: number;
  longitude_deg: number;
}): Site {
  return { latitudeDeg: latitude_deg, longitudeDeg: longitude_deg };
}

/** Confirmed places first, ghosts last; otherwise in the order of the API. */
export function sortedByStatus(places: readonly Crossing[]): Crossing[] {
  const order = ['confirmed', 'possible', 'ghost'];
  return places.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

/** `1.2 km x 400 m`, the half axes of the 95 % ellipse; or the size of the region. */
export function errorText({ area, ...place }: Crossing): string {
  if (area.kind === 'ellipse')
    return `${distanceText(area.semi_major_m)} × ${distanceText(area.semi_minor_m)}`;
  if (area.is_open) return 'open region';
  const centre = siteOf(place);
  const farthestM = Math.max(
    ...area.outline.map(
      ([longitudeDeg, latitudeDeg]) => geodesicBetween(centre, { latitudeDeg, longitudeDeg }).distanceM,
    ),
  );
  return `region up to ${distanceText(farthestM)}`;
}

/** `23 km, 284°`. */
export function fromText(centre: Site, place: Crossing): string {
  const { distanceM, azimuthDeg } = geodesicBetween(centre, siteOf(place));
  return `${distanceText(distanceM)}, ${degrees(azimuthDeg < 0 ? azimuthDeg + 360 : azimuthDeg, 0)}`;
}

/** `hill 41.5° ± 0.8°`. */
export function bearingText({ name, azimuth_deg, sigma_deg }: Crossing['bearings'][number]): string {
  return `${name} ${degrees(azimuth_deg)} ± ${degrees(sigma_deg)}`;
}

/** The bearings of places, each once, as long as its farthest place needs. */
export function bearingsOf(places: readonly NumberedPlace[]) {
  const found = new Map<string, { bearing: Crossing['bearings'][number]; numbers: number[] }>();
  for (const { number, place } of places)
    for (const bearing of place.bearings) {
      const key = `${bearing.latitude_deg} ${bearing.longitude_deg} ${bearing.azimuth_deg} ${bearing.source_id ?? ''}`;
      const known = found.get(key);
      if (!known) found.set(key, { bearing, numbers: [number] });
      else {
        known.numbers.push(number);
        // Drawn as far as the farthest place.
        if (bearing.distance_m > known.bearing.distance_m) known.bearing = bearing;
      }
    }
  return [...found.entries()].map(([key, { bearing, numbers }]) => ({ key, bearing, numbers }));
}
