import type { Pointing, TravelLimits } from '#shared/pointing';
import { gridShape } from '#shared/grid-shape';
import type { RotorConfig } from '#shared/rotor-config';
import { CellSet } from '../domain/cells.ts';
import {
  summariseReads,
  type MeasuredPoint,
  type Read,
  type ReferenceMeasurement,
} from '../domain/measurement.ts';
import { isReferenceDue } from '../domain/reference.ts';
import { planFor, type Plan } from './planning.ts';
import { cellOf, type SessionRecord } from './session-record.ts';

/** Which cells of a session are done, and which one is next. */
export class Progress {
  readonly totalPoints: number;
  readonly #record: SessionRecord;
  readonly #done: CellSet;
  #completedPoints: number;
  // Cells in #done: the point on its way to the journal counts.
  #taken: number;
  #reference: ReferenceMeasurement | undefined;
  #referenceMs: number | undefined;
  #plan: Plan | undefined;
  #cursor = 0;

  /** `journalled`: cells of the points in the journal beyond `record.confirmedSeq`. */
  constructor(record: SessionRecord, journalled: number[]) {
    this.#record = record;
    this.totalPoints = gridShape(record.bounds).totalPoints;
    this.#done = new CellSet(this.totalPoints, record.confirmedCells);
    for (const cell of journalled) this.#done.add(cell);
    this.#completedPoints = record.confirmedSeq + journalled.length;
    this.#taken = this.#completedPoints;
  }

  /** Points in the journal or confirmed; also the last seq. */
  get completedPoints(): number {
    return this.#completedPoints;
  }

  /** Plans on the first call, from where the rotor stands; later calls and restarts find the same plan. */
  plan(from: Pointing, reportedLimits: TravelLimits | undefined): void {
    this.#record.planned ??= { from, reportedLimits: reportedLimits ?? null };
    this.#plan ??= planFor(this.#record);
  }

  /** Setpoint of the first cell that is missing; undefined before the plan is made and after the last cell. */
  get nextSetpoint(): Pointing | undefined {
    const cell = this.#nextCell();
    return cell === undefined ? undefined : this.#plan?.path.setpoint(cell);
  }

  /** Where the reference is to be measured before the next cell; undefined: not now. `nowMs` is monotonic. */
  referenceSetpoint(nowMs: number): Pointing | undefined {
    const { reference } = this.#record;
    const next = this.nextSetpoint;
    if (!reference || !next) return undefined;
    const due = isReferenceDue(reference, {
      nowMs,
      lastMs: this.#referenceMs,
      cellsLeft: this.totalPoints - this.#taken,
      fresh: this.#reference !== undefined,
    });
    return due ? this.#plan?.reference?.(next) : undefined;
  }

  /** The reference has been measured: it goes with the next point. `nowMs` is monotonic. */
  referenceMeasured(reads: Read[], readback: Pointing, measuredAtMs: number, nowMs: number): void {
    const levels = summariseReads(reads, isCalibrated(this.#record.rotor));
    const { meanDbm, stdDb, flags } = levels;
    this.#reference = { readback, meanDbm, stdDb, reads: levels.reads, flags, measuredAtMs };
    this.#referenceMs = nowMs;
  }

  /** Time for what is left, seconds; undefined before the plan is made. */
  get remainingSeconds(): number | undefined {
    const share = (this.totalPoints - this.#completedPoints) / this.totalPoints;
    return this.#plan && this.#plan.expectedSeconds * share;
  }

  /** The point that these reads make of the next cell. Its seq is given when it is recorded. */
  measured(reads: Read[], readback: Pointing, measuredAtMs: number): MeasuredPoint {
    const cell = this.#nextCell();
    if (cell === undefined || !this.#plan) throw new Error('no cell is waiting to be measured');
    const { rotor, bounds } = this.#record;
    const { columns } = gridShape(bounds);
    return {
      seq: 0,
      row: Math.floor(cell / columns),
      column: cell % columns,
      setpoint: this.#plan.path.setpoint(cell),
      readback,
      ...summariseReads(reads, isCalibrated(rotor)),
      integrationMs: reads.length * rotor.receiver.readMs,
      measuredAtMs,
      ...(this.#reference && { reference: this.#reference }),
    };
  }

  /** The point is on its way to the journal: the next cell is another one. */
  take(point: MeasuredPoint): void {
    this.#done.add(cellOf(point, this.#record));
    this.#taken++;
    if (point.reference) this.#reference = undefined;
  }

  /** The journal has the point. */
  recorded(): void {
    this.#completedPoints++;
  }

  /** The journal refused the point: its cell is missing again, and so is the reference that it brought. */
  giveBack(point: MeasuredPoint): void {
    this.#done.delete(cellOf(point, this.#record));
    this.#taken--;
    if (point.reference) this.#referenceMs = undefined;
    this.#cursor = 0;
  }

  #nextCell(): number | undefined {
    const order = this.#plan?.path.order;
    if (!order) return undefined;
    while (this.#cursor < order.length && this.#done.has(order[this.#cursor] as number)) this.#cursor++;
    return order[this.#cursor];
  }
}

// What a rotator's own receiver says counts as dBm: there is no full scale that it could refer to.
function isCalibrated({ rssiSource, receiver }: RotorConfig): boolean {
  return rssiSource === 'rotctld' || receiver.dbmOffsetDb !== undefined;
}
