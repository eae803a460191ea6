import type { Pointing } from '#shared/sky/pointing';
import type { Unit } from '../domain/sweep-plan.ts';
import { DoneCells } from './done-cells.ts';
import { cellsOf, Itinerary } from './itinerary.ts';
import { isCalibrated } from './points.ts';
import { ReferenceLevel } from './reference-level.ts';
import type { SessionRecord } from './session-record.ts';

/**
 * The way of a session over its grid: what is done, what is next, and the level at the reference.
 */
export interface Course {
  done: DoneCells;
  itinerary: Itinerary;
  reference: ReferenceLevel;
}

/** `journalled`: cells of the points in the journal beyond `record.confirmedSeq`. */
export function createCourse(record: Readonly<SessionRecord>, journalled: readonly number[]): Course {
  const done = new DoneCells(record, journalled);
  return {
    done,
    itinerary: new Itinerary(record, done),
    reference: new ReferenceLevel(record.reference, isCalibrated(record.rotor)),
  };
}

/**
 * Where the reference has to be measured before a unit; undefined: not now. `nowMs` is monotonic.
 */
export function referenceSetpoint(
  { done, itinerary, reference }: Course,
  unit: Unit,
  nowMs: number,
): Pointing | undefined {
  // A row counts as one: with its last cell.
  const cellsLeft = done.openCells - (cellsOf(unit).length - 1);
  return reference.isDue(nowMs, cellsLeft) ? itinerary.plan?.reference?.(itinerary.startOf(unit)) : undefined;
}
