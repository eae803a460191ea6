import { linearToDb } from '#shared/sky/units';

// A constant input has no power, and the logarithm of 0 is not a number.
const MIN_POWER = 1e-10;

/** Level in dBFS, or in dBm with an offset: dBm = dBFS + offset. Never below -100 dBFS. */
export function levelDb(fullScalePower: number, dbmOffsetDb: number | undefined): number {
  return linearToDb(Math.max(fullScalePower, MIN_POWER)) + (dbmOffsetDb ?? 0);
}
