import type { Site } from '#contract/rest/sites';

/** The place of a site as typed. */
export interface PlaceValues {
  latitude: string;
  longitude: string;
  height: string;
}

type Place = Pick<Site, 'latitude_deg' | 'longitude_deg' | 'height_m'>;

export function valuesOf({ latitude_deg, longitude_deg, height_m }: Place): PlaceValues {
  const text = (value: number | null) => String(value ?? '');
  return { latitude: text(latitude_deg), longitude: text(longitude_deg), height: text(height_m) };
}

/**
 * The fields of a request; empty: null. Text that is not a number stays text, so that the API
 * refuses it.
 */
export function toPlace({ latitude, longitude, height }: PlaceValues): Place {
  const number = (text: string) => {
    if (text.trim() === '') return null;
    return Number.isFinite(Number(text)) ? Number(text) : text;
  };
  return {
    latitude_deg: number(latitude),
    longitude_deg: number(longitude),
    height_m: number(height),
  } as Place;
}

/** `48.1372°, 11.5755°, 520 m`. */
export function placeText({ latitude_deg, longitude_deg, height_m }: Place): string {
  if (latitude_deg === null || longitude_deg === null) return 'not set';
  return `${latitude_deg}°, ${longitude_deg}°${height_m === null ? '' : `, ${height_m} m`}`;
}
