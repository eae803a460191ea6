import type { Pointing } from '#shared/sky/pointing';

/** A pointing whose level should not change, and how often it is looked at. */
export interface ReferencePlan {
  /** On the sky: any turn of the azimuth will do. */
  pointing: Pointing;
  everyMs: number;
}

/**
 * What is known when the next cell is about to be measured. Times on one clock that never jumps,
 * milliseconds.
 */
export interface ReferenceSituation {
  nowMs: number;
  /**
   * When it was measured last, as far as that counts: undefined after a start, a restart, a lost
   * measurement.
   */
  lastMs: number | undefined;
  /** Cells that are not measured yet, the next one included. */
  cellsLeft: number;
  /** It has been measured for this cell already, which then was not reached. */
  fresh: boolean;
}

/**
 * Whether the reference is to be measured before the next cell: before the first, when it is time,
 * and before the last.
 */
export function isReferenceDue(
  { everyMs }: ReferencePlan,
  { nowMs, lastMs, cellsLeft, fresh }: ReferenceSituation,
): boolean {
  if (lastMs === undefined || nowMs - lastMs >= everyMs) return true;
  return cellsLeft === 1 && !fresh;
}
