import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { Tour } from '../domain/leftovers.ts';
import type { SweepRules } from '../domain/sweep-passes.ts';
import type { SweepPlan, Unit } from '../domain/sweep-plan.ts';
import type { DoneCells } from './done-cells.ts';
import { sessionPlanJob, type Plan, type PlanJob, type PlannedScan } from './planning.ts';
import type { SessionRecord } from './session-record.ts';
import type { SweepUnit } from './sweep.ts';

/** What is measured next, by the plan of a session and what is left of it. */
export class Itinerary {
  readonly #record: Readonly<SessionRecord>;
  readonly #done: DoneCells;
  #plan: Plan | undefined;
  /** What was missing when the rotor was taken last. */
  #tour: Tour | undefined;
  /** Cells of the order before it are done. */
  #cursor = 0;
  /** Where the rotor is; the next row is swept from the end that is nearest. */
  #at: Pointing | undefined;
  /** Segments that were swept: what they lack is measured by stopping there. */
  readonly #swept = new Set<number>();
  /** Segments that lack nothing. */
  readonly #whole = new Set<number>();

  constructor(record: Readonly<SessionRecord>, done: DoneCells) {
    this.#record = record;
    this.#done = done;
  }

  /**
   * What has to be planned before the first cell is measured, from where the rotor stands; later
   * calls and restarts find the same plan, and put what is left of it into an order that is short
   * from there.
   */
  planJob(from: Pointing, reportedLimits: TravelLimits | undefined): PlanJob {
    const planned = this.#record.planned ?? { from, reportedLimits: reportedLimits ?? null };
    return { ...sessionPlanJob(this.#record, planned), remaining: { at: from, done: this.#done.bits } };
  }

  /** Follows a plan that was made for a `planJob`. */
  follow({ plan, tour }: PlannedScan): void {
    this.#plan = plan;
    this.#tour = tour;
    this.#cursor = 0;
  }

  /**
   * The plan that is followed; undefined before the rotor was taken for the first time since the
   * start.
   */
  get plan(): Plan | undefined {
    return this.#plan;
  }

  get tour(): Tour | undefined {
    return this.#tour;
  }

  set at(at: Pointing) {
    this.#at = at;
  }

  /**
   * The next unit if the cells `also` are done too; undefined before the plan is made and after the
   * last cell.
   */
  next(also: readonly number[] = []): Unit | undefined {
    const assumed = new Set(also);
    const isDone = (cell: number) => this.#done.has(cell) || assumed.has(cell);
    if (this.#plan?.sweeps) return this.#nextSwept(this.#plan.sweeps, isDone, also.length === 0);
    return this.#nextCell(isDone);
  }

  /** Where a unit begins: the cell, or the beginning of its sweep. */
  startOf(unit: Unit): Pointing {
    return unit.kind === 'cell' ? this.setpoint(unit.cell) : unit.from;
  }

  /** Everywhere the antenna points on purpose in a unit. */
  setpointsOf(unit: Unit): Pointing[] {
    return cellsOf(unit).map((cell) => this.setpoint(cell));
  }

  setpoint(cell: number): Pointing {
    if (!this.#plan) throw new Error('there is no plan yet');
    return this.#plan.path.setpoint(cell);
  }

  /** Undefined in a scan that stops at every cell. */
  rulesOf({ segment }: SweepUnit): SweepRules | undefined {
    return this.#plan?.sweeps?.rulesOf(segment);
  }

  /** The row was swept. */
  swept({ segment }: SweepUnit): void {
    this.#swept.add(segment);
  }

  /** Cells that were done are missing again. */
  reopen(): void {
    this.#cursor = 0;
    this.#swept.clear();
    this.#whole.clear();
  }

  #nextCell(isDone: (cell: number) => boolean): Unit | undefined {
    const order = this.#tour?.order ?? this.#plan?.path.order;
    if (!order) return undefined;
    while (this.#cursor < order.length && this.#done.has(order[this.#cursor] as number)) this.#cursor++;
    let cursor = this.#cursor;
    while (cursor < order.length && isDone(order[cursor] as number)) cursor++;
    const cell = order[cursor];
    return cell === undefined ? undefined : { kind: 'cell', cell };
  }

  #nextSwept(sweeps: SweepPlan, isDone: (cell: number) => boolean, certain: boolean): Unit | undefined {
    const at = this.#at ?? this.#record.planned?.from ?? this.setpoint(0);
    // What is only assumed to be done may turn out not to be.
    const whole = certain ? this.#whole : new Set(this.#whole);
    return sweeps.next({ isDone, swept: this.#swept, whole, at });
  }
}

export function cellsOf(unit: Unit): readonly number[] {
  return unit.kind === 'cell' ? [unit.cell] : unit.cells;
}
