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

/** The levels of channels, as `channelLevelDb`. */
export function channelLevelsDb(
  fullScalePowers: Float32Array | Float64Array,
  dbmOffsetDb: number | undefined,
): Float64Array {
  // A loop: `map` and `from` take twice to ten times as long.
  const levels = new Float64Array(fullScalePowers.length);
  for (let k = 0; k < levels.length; k++)
    levels[k] = channelLevelDb(fullScalePowers[k] as number, dbmOffsetDb);
  return levels;
}
