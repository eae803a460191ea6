import type { Statistic } from '#shared/spectrum/point-spectrum';

export const BAND_VALUE_NAMES = ['level_db', 'kurtosis', 'occupancy'] as const;

/**
 * The name of the value of a frequency range at a point, by statistic: field in JSON, column in CSV
 * and in the columnar format. `level_db` is in dBm, or in dBFS if it is not calibrated.
 */
export const BAND_VALUES = {
  mean: 'level_db',
  median: 'level_db',
  min: 'level_db',
  max: 'level_db',
  kurtosis: 'kurtosis',
  occupancy: 'occupancy',
} as const satisfies Record<Statistic, (typeof BAND_VALUE_NAMES)[number]>;
export type BandValueName = (typeof BAND_VALUES)[Statistic];

/** Whether the statistic is a level, which the drift of the receiver changes. */
export function isLevel(statistic: Statistic): boolean {
  return BAND_VALUES[statistic] === 'level_db';
}
