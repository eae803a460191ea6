import { BAND_VALUES, isLevel } from '#contract/band-values';
import { isInterferenceLevel, type InterferenceValue } from '#contract/interference-values';
import type { Statistic } from '#shared/spectrum/point-spectrum';
import { formatLevel, percentileRange, type LevelRange } from '#sky-map/range';
import { bandFigures, type Band } from '../sessions/selection-address.ts';

/** A statistic of a frequency range. */
export interface BandQuery {
  band: Band;
  statistic: Statistic;
  /** Index of the band of the receiver. */
  bandIndex: number;
}

/** What the search for interference found in a band of the receiver. */
export interface InterferenceQuery {
  interference: InterferenceValue;
  bandIndex: number;
}

/** Which value of the spectra a map shows. */
export type MapQuery = BandQuery | InterferenceQuery;

/** The name of a value in the API. */
export type MapValue = Statistic | InterferenceValue;

/** Names of the statistics, in the order of the API. */
export const STATISTIC_NAMES: Record<Statistic, string> = {
  mean: 'Mean level',
  median: 'Median level',
  min: 'Lowest level',
  max: 'Highest level',
  kurtosis: 'Kurtosis',
  occupancy: 'Occupancy',
};

/** Names of what a map can show of the interference. */
export const INTERFERENCE_NAMES: Record<InterferenceValue, string> = {
  mean_dbm: 'Mean of the band',
  mean_clean_dbm: 'Mean without interference',
  flagged_channels: 'Channels with interference',
  flagged_time: 'Time with interference',
};

/** The value that a query selects. */
export function valueOf(query: MapQuery): MapValue {
  return 'interference' in query ? query.interference : query.statistic;
}

/** The path and the parameters that load the values of a query. */
export function valuesRequest(query: MapQuery): { path: string; parameters: Record<string, string> } {
  return 'interference' in query
    ? { path: 'interference', parameters: { band: String(query.bandIndex) } }
    : { path: 'band', parameters: bandParameters(query) };
}

/** The parameters of `map.png`. */
export function imageParameters(query: MapQuery): Record<string, string> {
  return 'interference' in query
    ? { interference: query.interference, band: String(query.bandIndex) }
    : bandParameters(query);
}

/** The parameters of `/band` and `/measurements`. */
export function bandParameters({ band, statistic, bandIndex }: BandQuery): Record<string, string> {
  const [from_hz, to_hz] = bandFigures(band);
  return {
    from_hz,
    to_hz,
    statistic,
    band: String(bandIndex),
  };
}

/** The column of the answer that contains the value. */
export function columnOfValue(value: MapValue): string {
  return isStatistic(value) ? BAND_VALUES[value] : value;
}

/** Whether the value is a level in dB. */
export function isLevelValue(value: MapValue): boolean {
  return isStatistic(value) ? isLevel(value) : isInterferenceLevel(value);
}

/** The unit of the shown values: that of the levels, `%`, or none. */
export function unitOf(value: MapValue, levelUnit: string): string {
  if (isLevelValue(value)) return levelUnit;
  return value === 'kurtosis' ? '' : '%';
}

/** The factor from values of the API to shown values: an occupancy of 1 is shown as 100 %. */
export function shownScale(value: MapValue): number {
  return isShare(value) ? 100 : 1;
}

/** A shown value with its unit. */
export function valueText(name: MapValue, value: number, levelUnit: string): string {
  const unit = unitOf(name, levelUnit);
  const text = formatLevel(value, name === 'kurtosis' ? 2 : name === 'occupancy' ? 0 : 1);
  return unit === '' ? text : `${text} ${unit}`;
}

// Noise has the kurtosis 1; the highest one of many channels of noise reaches 2.
const MIN_KURTOSIS_SPAN = 2;
// Of noise, 0.3 % of the channels are flagged.
const MIN_FLAGGED_SPAN = 5;

/** The colour range of a value that is not a level; `auto` for levels. */
export function colourRange(name: MapValue, values: Float32Array): LevelRange | 'auto' {
  if (isLevelValue(name)) return 'auto';
  const highest = percentileRange(values)?.max ?? 0;
  if (name === 'kurtosis') return { min: 0, max: Math.max(MIN_KURTOSIS_SPAN, highest) };
  if (name === 'flagged_channels') return { min: 0, max: Math.max(MIN_FLAGGED_SPAN, highest) };
  return { min: 0, max: 100 };
}

function isShare(value: MapValue): boolean {
  return !isLevelValue(value) && value !== 'kurtosis';
}

function isStatistic(value: MapValue): value is Statistic {
  return value in BAND_VALUES;
}
