import { SkyScanError } from '#shared/base/errors';
import type { Place } from '#shared/sky/look';
import type { FrequencyRange } from '../frequency-range.ts';

/** A transmitter on the ground that the owner knows. */
export interface Emitter extends Place {
  name: string;
  /** Empty: not known. */
  frequencies: FrequencyRange[];
}

const MAX_EMITTERS = 10_000;
const MAX_RANGES = 64;
const MAX_HZ = 1e12;

/**
 * Emitters of a GeoJSON FeatureCollection (RFC 7946) of points. Properties: `name`, optionally
 * `height_m`, and `from_hz` with `to_hz` or `frequencies` with a list of them. Throws `invalid`
 * with number and name of the feature, and `no_room` for more than 10,000.
 */
export function readEmitters(geoJson: unknown): Emitter[] {
  const { type, features } = fieldsOf(geoJson);
  if (type !== 'FeatureCollection' || !Array.isArray(features))
    throw new SkyScanError('invalid', 'emitters: not a GeoJSON FeatureCollection');
  if (features.length > MAX_EMITTERS)
    throw new SkyScanError('no_room', `emitters: ${features.length} are more than ${MAX_EMITTERS}`);
  return features.map((feature: unknown, k) => {
    try {
      return emitterOf(feature);
    } catch (error) {
      const reason = error instanceof Error ? error.message : '';
      throw new SkyScanError('invalid', `emitter ${k + 1}${nameOf(feature)}: ${reason}`);
    }
  });
}

function emitterOf(feature: unknown): Emitter {
  const { geometry, properties } = fieldsOf(feature);
  const { type, coordinates } = fieldsOf(geometry);
  if (type !== 'Point' || !Array.isArray(coordinates)) throw new Error('its geometry is not a Point');
  const [longitude, latitude, height] = coordinates as unknown[];
  const { name, height_m: heightM, frequencies, from_hz: fromHz, to_hz: toHz } = fieldsOf(properties);
  if (typeof name !== 'string' || name.trim() === '') throw new Error('it has no name');
  const ranges = frequencies ?? (fromHz === undefined && toHz === undefined ? [] : [properties]);
  if (!Array.isArray(ranges) || ranges.length > MAX_RANGES)
    throw new Error(`frequencies is not a list of at most ${MAX_RANGES} ranges`);
  return {
    name: name.trim().slice(0, 200),
    latitudeDeg: numberIn('latitude', latitude, -90, 90, 'deg'),
    longitudeDeg: numberIn('longitude', longitude, -180, 180, 'deg'),
    heightM: numberIn('height', heightM ?? height ?? 0, -500, 100_000, 'm'),
    frequencies: ranges.map(rangeOf),
  };
}

/** ` "Mast"` */
function nameOf(feature: unknown): string {
  const { name } = fieldsOf(fieldsOf(feature)['properties']);
  return typeof name === 'string' && name.trim() !== '' ? ` ${JSON.stringify(name.trim().slice(0, 60))}` : '';
}

function rangeOf(value: unknown): FrequencyRange {
  const { from_hz, to_hz } = fieldsOf(value);
  const fromHz = numberIn('from_hz', from_hz, 0, MAX_HZ, 'Hz');
  return { fromHz, toHz: numberIn('to_hz', to_hz, fromHz, MAX_HZ, 'Hz') };
}

function numberIn(name: string, value: unknown, low: number, high: number, unit: string): number {
  if (typeof value === 'number' && value >= low && value <= high) return value;
  throw new Error(
    `${name} ${JSON.stringify(value) as string | undefined} is outside ${low}..${high} ${unit}`,
  );
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
