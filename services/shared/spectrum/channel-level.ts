import { linearToDb } from '../sky/units.ts';

/** -200 dBFS: the lowest transform of a channel is far below the level of the band. */
const MIN_POWER = 1e-20;

/**
 * Level of the power in a channel relative to full scale: dBFS, or dBm with an offset. Never below
 * -200 dBFS; NaN if the power is not known.
 */
export function channelLevelDb(fullScalePower: number, dbmOffsetDb: number | undefined): number {
  return linearToDb(Math.max(fullScalePower, MIN_POWER)) + (dbmOffsetDb ?? 0);
}
