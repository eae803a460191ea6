import type { Pointing } from '#shared/sky/pointing';
import type { Unit } from '../domain/sweep-plan.ts';
import { DoneCells } from './done-cells.ts';
import { cellsOf, Itinerary, type ItineraryParts } from './itinerary.ts';
import { isCalibrated } from './points.ts';
import { createReferenceLevel, type ReferenceLevel } from './reference-level.ts';
import type { SessionRecord } from './session-record.ts';

/**
 * Progress of a session over its grid: measured cells, next unit, and the level at the reference.
 */
export interface ScanProgress {
  done: DoneCells;
  itinerary: Itinerary;
  reference: ReferenceLevel;
}

/** `journalled`: cells of the journal's points after `record.confirmedSeq`. */
export function createScanProgress(
  record: Readonly<SessionRecord>,
  journalled: readonly number[],
  parts: ItineraryParts,
): ScanProgress {
  const done = new DoneCells(record, journalled);
  return {
    done,
    itinerary: new Itinerary(record, done, parts),
    reference: createReferenceLevel(record.reference, isCalibrated(record)),
  };
}

/**
 * Where to measure the reference before a unit; undefined if it is not due. `nowMs` is monotonic.
 */
export function referenceSetpoint(
  { done, itinerary, reference }: ScanProgress,
  unit: Unit,
  nowMs: number,
): Pointing | undefined {
  // A row counts as one cell.
  const cellsLeft = done.openCells - (cellsOf(unit).length - 1);
  return reference.isDue(nowMs, cellsLeft) ? itinerary.plan?.reference?.(itinerary.startOf(unit)) : undefined;
}
