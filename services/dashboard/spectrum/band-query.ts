import { BAND_VALUES, isLevel } from '#contract/band-values';
import type { Statistic } from '#shared/spectrum/point-spectrum';
import { formatLevel, percentileRange, type LevelRange } from '#sky-map/range';
import { bandFigures, type Band } from '../sessions/selection-address.ts';

/** Which value of the spectra a map shows. */
export interface BandQuery {
  band: Band;
  statistic: Statistic;
  /** Index of the band of the receiver. */
  bandIndex: number;
}

/** Names of the statistics, in the order of the API. */
export const STATISTIC_NAMES: Record<Statistic, string> = {
  mean: 'Mean level',
  median: 'Median level',
  min: 'Lowest level',
  max: 'Highest level',
  kurtosis: 'Kurtosis',
  occupancy: 'Occupancy',
};

/** The parameters of `/band`, `map.png` and `/measurements`. */
export function bandParameters({ band, statistic, bandIndex }: BandQuery): Record<string, string> {
  const [from_hz, to_hz] = bandFigures(band);
  return {
    from_hz,
    to_hz,
    statistic,
    band: String(bandIndex),
  };
}

/** The column of `/band` that contains the statistic. */
export function bandColumn(statistic: Statistic): string {
  return BAND_VALUES[statistic];
}

/** The unit of the shown values: that of the levels, `%`, or none. */
export function unitOf(statistic: Statistic, levelUnit: string): string {
  if (isLevel(statistic)) return levelUnit;
  return statistic === 'occupancy' ? '%' : '';
}

/** The factor from values of the API to shown values: an occupancy of 1 is shown as 100 %. */
export function shownScale(statistic: Statistic): number {
  return statistic === 'occupancy' ? 100 : 1;
}

/** A shown value with its unit. */
export function valueText(statistic: Statistic, value: number, levelUnit: string): string {
  const unit = unitOf(statistic, levelUnit);
  const text = formatLevel(value, statistic === 'kurtosis' ? 2 : statistic === 'occupancy' ? 0 : 1);
  return unit === '' ? text : `${text} ${unit}`;
}

// Noise has the kurtosis 1; the highest one of many channels of noise reaches 2.
const MIN_KURTOSIS_SPAN = 2;

/** The colour range of a statistic that is not a level; `auto` for levels. */
export function colourRange(statistic: Statistic, values: Float32Array): LevelRange | 'auto' {
  if (statistic === 'occupancy') return { min: 0, max: 100 };
  if (statistic !== 'kurtosis') return 'auto';
  return { min: 0, max: Math.max(MIN_KURTOSIS_SPAN, percentileRange(values)?.max ?? 0) };
}
