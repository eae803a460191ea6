/** A value for each point and channel: rows in the order of measurement, channels by frequency. */
export interface Plane {
  rows: number;
  channels: number;
  /** Row after row. */
  values: Float32Array;
}

/** What the mask has found out about a value of a plane; one byte for each. */
export const STATE = {
  clean: 0,
  flagged: 1,
  /** Missing, or on a channel that is excluded: neither used nor flagged. */
  unusable: 2,
} as const;

/** Up to this length, an insertion sort is faster than `sort`. */
const MAX_INSERTION = 40;

/** The median; of an even number of values, the upper one of the middle two. Sorts the values. */
export function upperMedian(values: Float32Array): number {
  if (values.length > MAX_INSERTION) values.sort();
  else
    for (let from = 1; from < values.length; from++) {
      const value = values[from] as number;
      let at = from;
      for (; at > 0 && (values[at - 1] as number) > value; at--) values[at] = values[at - 1] as number;
      values[at] = value;
    }
  return values[values.length >> 1] ?? NaN;
}
