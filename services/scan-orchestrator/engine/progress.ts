import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import { azimuthStepDeg, gridShape, type GridShape } from '#shared/sky/grid-shape';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { CellSet } from '../domain/cells.ts';
import type { Tour } from '../domain/leftovers.ts';
import {
  summariseReads,
  type MeasuredPoint,
  type Read,
  type ReferenceMeasurement,
} from '../domain/measurement.ts';
import { isReferenceDue } from '../domain/reference.ts';
import type { SweepRules } from '../domain/sweep-passes.ts';
import type { SweepPlan, Unit } from '../domain/sweep-plan.ts';
import { meanPointing, type PlacedRead, type RowCells } from '../domain/sweep-reads.ts';
import { sessionPlanJob, type Plan, type PlanJob, type PlannedScan } from './planning.ts';
import { cellNumbers, cellOf, type SessionRecord } from './session-record.ts';
import type { SweepUnit } from './sweep.ts';

/** Which cells of a session are done, and which one is next. */
export class Progress {
  readonly #shape: GridShape;
  readonly #record: SessionRecord;
  readonly #done: CellSet;
  #completedPoints: number;
  // Cells in #done: the point on its way to the journal counts.
  #taken: number;
  #reference: ReferenceMeasurement | undefined;
  #referenceMs: number | undefined;
  #plan: Plan | undefined;
  /** What was missing when the rotor was taken last. */
  #tour: Tour | undefined;
  #cursor = 0;
  /** Where the rotor is; the next row is swept from the end that is nearest. */
  #at: Pointing | undefined;
  #unit: Unit | undefined;
  readonly #swept = new Set<number>();
  readonly #whole = new Set<number>();

  /** `journalled`: cells of the points in the journal beyond `record.confirmedSeq`. */
  constructor(record: SessionRecord, journalled: number[]) {
    this.#record = record;
    this.#shape = gridShape(record.bounds);
    this.#done = new CellSet(cellNumbers(this.#shape), record.confirmedCells);
    for (const cell of journalled) this.#done.add(cell);
    this.#completedPoints = record.confirmedSeq + journalled.length;
    this.#taken = this.#completedPoints;
  }

  get totalPoints(): number {
    return this.#shape.totalPoints;
  }

  /** Points in the journal or confirmed; also the last seq. */
  get completedPoints(): number {
    return this.#completedPoints;
  }

  /**
   * What has to be planned before the first cell is measured, from where the rotor stands; later calls and restarts find the same
   * plan, and put what is left of it into an order that is short from there.
   */
  planJob(from: Pointing, reportedLimits: TravelLimits | undefined): PlanJob {
    const planned = this.#record.planned ?? { from, reportedLimits: reportedLimits ?? null };
    return { ...sessionPlanJob(this.#record, planned), remaining: { at: from, done: this.#done.bits } };
  }

  /** Follows a plan that was made for a `planJob`. */
  follow({ plan, tour }: PlannedScan, { inputs: { from, reported } }: PlanJob): void {
    if (from) this.#record.planned ??= { from, reportedLimits: reported ?? null };
    this.#plan = plan;
    this.#tour = tour;
    this.#cursor = 0;
    this.#unit = undefined;
  }

  /** The plan that is followed; undefined before the rotor has been taken since the last start. */
  get current(): Plan | undefined {
    return this.#plan;
  }

  set at(at: Pointing) {
    this.#at = at;
    this.#unit = undefined;
  }

  /** What is measured next; undefined before the plan is made and after the last cell. */
  get nextUnit(): Unit | undefined {
    this.#unit ??= this.#plan?.sweeps ? this.#nextSwept(this.#plan.sweeps) : this.#nextStep();
    return this.#unit;
  }

  /** Where that is: the cell, or the beginning of its sweep. */
  get nextSetpoint(): Pointing | undefined {
    const unit = this.nextUnit;
    return unit && (unit.kind === 'cell' ? this.setpoint(unit.cell) : unit.from);
  }

  /** Everywhere the antenna will point on purpose in what is measured next. */
  get nextSetpoints(): Pointing[] {
    const unit = this.nextUnit;
    if (!unit) return [];
    const cells = unit.kind === 'cell' ? [unit.cell] : unit.cells;
    return cells.map((cell) => this.setpoint(cell));
  }

  setpoint(cell: number): Pointing {
    if (!this.#plan) throw new Error('there is no plan yet');
    return this.#plan.path.setpoint(cell);
  }

  /** Undefined in a scan that stops at every cell. */
  sweepRules({ segment }: SweepUnit): SweepRules | undefined {
    return this.#plan?.sweeps?.rulesOf(segment);
  }

  /** The cells of a sweep, from the first to the last; those between that are done already too. */
  rowOf({ cells }: SweepUnit): RowCells {
    const stepDeg = this.#stepDeg(cells);
    const first = this.setpoint(cells[0] as number);
    const last = this.setpoint(cells.at(-1) as number);
    const count = Math.round((last.azimuthDeg - first.azimuthDeg) / stepDeg) + 1;
    return {
      setpoints: Array.from({ length: count }, (_, i) => ({
        ...first,
        azimuthDeg: first.azimuthDeg + i * stepDeg,
      })),
      stepDeg,
      mostAsideDeg: Math.max(this.#record.rotor.toleranceDeg, this.#record.bounds.stepDeg / 2),
    };
  }

  /** Where the reference is to be measured before the next cell; undefined: not now. `nowMs` is monotonic. */
  referenceSetpoint(nowMs: number): Pointing | undefined {
    const { reference } = this.#record;
    const next = this.nextSetpoint;
    if (!reference || !next) return undefined;
    const due = isReferenceDue(reference, {
      nowMs,
      lastMs: this.#referenceMs,
      // A row counts as one: with its last cell.
      cellsLeft: this.totalPoints - this.#taken - (this.nextSetpoints.length - 1),
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
    if (!this.#plan) return undefined;
    const { expectedSeconds, travelSeconds } = this.#plan;
    const left = this.totalPoints - this.#completedPoints;
    const share = left / this.totalPoints;
    if (!this.#tour) return expectedSeconds * share;
    const { order, travelFrom } = this.#tour;
    const travel = travelFrom[Math.max(0, order.length - left)] ?? 0;
    return (expectedSeconds - travelSeconds) * share + travel;
  }

  /**
   * The points of a sweep, in the order in which they were passed; cells that are short of reads are measured by stopping there.
   * `unixMs`: what has to be added to the times of the reads.
   */
  swept(unit: SweepUnit, bins: PlacedRead[][], unixMs: number): MeasuredPoint[] {
    const { rssiIterations } = this.#record;
    const stepDeg = this.#stepDeg(unit.cells);
    this.#swept.add(unit.segment);
    this.#unit = undefined;
    const first = this.setpoint(unit.cells[0] as number).azimuthDeg;
    const cells = unit.from.azimuthDeg <= unit.to.azimuthDeg ? unit.cells : unit.cells.toReversed();
    const points = cells.flatMap((cell) => {
      const reads = bins[Math.round((this.setpoint(cell).azimuthDeg - first) / stepDeg)] ?? [];
      const last = reads.at(-1);
      if (!last || reads.length < rssiIterations) return [];
      return [this.measured(cell, reads, meanPointing(reads), last.middleMs + unixMs)];
    });
    return points.map((point, i) => (i === 0 ? point : { ...point, reference: undefined }));
  }

  /** The point that these reads make of a cell. Its seq is given when it is recorded. */
  measured(cell: number, reads: readonly Read[], readback: Pointing, measuredAtMs: number): MeasuredPoint {
    const { rotor } = this.#record;
    const { columns } = this.#shape;
    return {
      seq: 0,
      row: Math.floor(cell / columns),
      column: cell % columns,
      setpoint: this.setpoint(cell),
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
    this.#unit = undefined;
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
    this.#unit = undefined;
    this.#swept.clear();
    this.#whole.clear();
  }

  /** From one cell of a row to the next, degrees. */
  #stepDeg(cells: readonly number[]): number {
    return azimuthStepDeg(this.#record.bounds, Math.floor((cells[0] as number) / this.#shape.columns));
  }

  #nextStep(): Unit | undefined {
    const order = this.#tour?.order ?? this.#plan?.path.order;
    if (!order) return undefined;
    while (this.#cursor < order.length && this.#done.has(order[this.#cursor] as number)) this.#cursor++;
    const cell = order[this.#cursor];
    return cell === undefined ? undefined : { kind: 'cell', cell };
  }

  #nextSwept(sweeps: SweepPlan): Unit | undefined {
    const at = this.#at ?? this.#record.planned?.from ?? this.setpoint(0);
    const isDone = (cell: number) => this.#done.has(cell);
    return sweeps.next({ isDone, swept: this.#swept, whole: this.#whole, at });
  }
}

// What a rotator's own receiver says counts as dBm: there is no full scale that it could refer to.
function isCalibrated({ rssiSource, receiver }: RotorConfig): boolean {
  return rssiSource === 'rotctld' || receiver.dbmOffsetDb !== undefined;
}
