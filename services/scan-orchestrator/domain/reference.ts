import type { Pointing } from '#shared/sky/pointing';

/** A pointing with a constant level, and how often it is measured. */
export interface ReferencePlan {
  /** On the sky: any cable turn. */
  pointing: Pointing;
  everyMs: number;
}

/** The situation before the next cell. Times are monotonic milliseconds. */
export interface ReferenceSituation {
  nowMs: number;
  /** When it was last measured; undefined after a start, a restart or a lost measurement. */
  lastMs: number | undefined;
  /** Cells not yet measured, including the next one. */
  cellsLeft: number;
  /** It was measured for this cell already, but the cell was not reached. */
  fresh: boolean;
}

/**
 * Whether to measure the reference before the next cell: before the first cell, after the interval,
 * and before the last cell.
 */
export function isReferenceDue(
  { everyMs }: ReferencePlan,
  { nowMs, lastMs, cellsLeft, fresh }: ReferenceSituation,
): boolean {
  if (lastMs === undefined || nowMs - lastMs >= everyMs) return true;
  return cellsLeft === 1 && !fresh;
}
