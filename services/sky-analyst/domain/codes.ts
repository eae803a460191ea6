import { SkyScanError } from '#shared/base/errors';
import { valueOf } from '#shared/spectrum/point-spectrum';

// A table for every code: a power per channel and point would take most of the time.
const CODES = 65_536;
/** Linear power by code; NaN: not known. */
export const POWER = tableOf((code) => 10 ** (valueOf('mean', code) / 10));
export const KURTOSIS = tableOf((code) => valueOf('kurtosis', code));
/** Share by code; 0: not known. */
export const OCCUPANCY = tableOf((code) => valueOf('occupancy', code) || 0);

/** The values of codes (PointSpectrum) by one of the tables. */
export function valuesOfCodes(table: Float32Array, codes: Int16Array): Float32Array {
  const values = new Float32Array(codes.length);
  for (let k = 0; k < codes.length; k++) values[k] = table[(codes[k] as number) + CODES / 2] as number;
  return values;
}

/** Throws `invalid` unless each list has a value for every channel of the points. */
export function requireSizes(
  lists: Record<string, Int16Array | undefined>,
  points: number,
  channels: number,
): void {
  const size = points * channels;
  for (const [name, codes] of Object.entries(lists))
    if (codes && codes.length !== size)
      throw new SkyScanError(
        'invalid',
        `${name} has ${codes.length} values; ${points} points of ${channels} channels have ${size}`,
      );
}

function tableOf(value: (code: number) => number): Float32Array {
  return Float32Array.from({ length: CODES }, (_, index) => value(index - CODES / 2));
}
