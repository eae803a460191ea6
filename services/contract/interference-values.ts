/**
 * What the search for interference finds at a point: field in JSON, column in CSV and in the
 * columnar format, in the order of storage. Levels are in dBm, or in dBFS if not calibrated; shares
 * are 0 to 1.
 */
export const INTERFERENCE_VALUES = [
  'mean_dbm',
  'mean_clean_dbm',
  'flagged_channels',
  'flagged_time',
] as const;
export type InterferenceValue = (typeof INTERFERENCE_VALUES)[number];

/** Whether the value is a level, which the drift of the receiver changes. */
export function isInterferenceLevel(name: InterferenceValue): boolean {
  return name.startsWith('mean');
}

/** States of a search. */
export const SEARCH_STATUSES = ['requested', 'running', 'done', 'failed'] as const;
export type SearchStatus = (typeof SEARCH_STATUSES)[number];
