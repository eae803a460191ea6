/** A measured number and its standard deviation. */
export interface Figure {
  value: number;
  sigma: number;
}

/** dB of a ratio, and of its relative error. */
export const DB_PER_NEPER = 10 / Math.LN10;
