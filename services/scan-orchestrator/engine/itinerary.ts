import { skyDirection } from '#shared/sky/mount';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { Aimer, CableTurn } from '../domain/frame/aimer.ts';
import { exactAimer } from '../domain/frame/plan-frame.ts';
import type { Tour } from '../domain/remaining-tour.ts';
import type { SweepRules } from '../domain/sweep-passes.ts';
import type { SweepPlan, Unit } from '../domain/sweep-plan.ts';
import type { DoneCells } from './done-cells.ts';
import { framedJob, sessionPlanJob, type Plan, type PlanJob, type PlannedScan } from './planning.ts';
import type { RunnerParts } from './ports.ts';
import { remainingSeconds } from './remaining-time.ts';
import { gridCells, type SessionRecord } from './session-record.ts';
import type { SweepUnit } from './sweep.ts';

export type ItineraryParts = Pick<RunnerParts, 'clock' | 'sun'>;

/** Selects what is measured next, from the plan and the cells that are missing. */
export class Itinerary {
  readonly #record: Readonly<SessionRecord>;
  readonly #done: DoneCells;
  #plan: Plan | undefined;
  /** Order of the cells that were missing when the lease was last acquired. */
  #tour: Tour | undefined;
  #added: PlannedScan['added'];
  /** All cells before this index of the order are done. */
  #cursor = 0;
  /** The rotor's position; the next row is swept from its nearest end. */
  #at: Pointing | undefined;
  /** Swept segments: their missing cells are measured by stopping. */
  readonly #swept = new Set<number>();
  /** Complete segments. */
  readonly #whole = new Set<number>();
  readonly #parts: ItineraryParts;
  /** Of a scan around a source. */
  #aimer: { aimer: Aimer; turn: CableTurn } | undefined;

  constructor(record: Readonly<SessionRecord>, done: DoneCells, parts: ItineraryParts) {
    this.#record = record;
    this.#done = done;
    this.#parts = parts;
  }

  /**
   * The planning job before the first cell, from the rotor's position. Later calls and restarts
   * plan from the original position, get the same plan, and order the missing cells from the
   * current position; a scan around a source plans the missing cells anew. `levels`: of the
   * measured grid, from which the points to add are chosen.
   */
  planJob(from: Pointing, reportedLimits: TravelLimits | undefined, levels?: Float32Array): PlanJob {
    const { clock, sun } = this.#parts;
    if (this.#record.frame)
      return framedJob(
        this.#record,
        this.#done.missing(),
        { unixMs: clock.unixMs(), sun },
        reportedLimits,
        from,
      );
    const planned = this.#record.planned ?? { from, reportedLimits: reportedLimits ?? null };
    const { refine: settings, refinement } = this.#record;
    const choice = settings && levels && { refinement: undefined, settings, levels };
    return {
      ...sessionPlanJob(this.#record, planned, sun),
      remaining: { at: from, done: this.#done.bits },
      refine: refinement ? { refinement } : choice,
    };
  }

  /** Sets the plan made for a `planJob`. */
  follow({ plan, tour, added }: PlannedScan, { inputs }: PlanJob): void {
    const { frame } = inputs;
    this.#aimer = frame && plan.frame && { aimer: exactAimer(inputs, frame), turn: plan.frame.turn };
    this.#plan = plan;
    this.#tour = tour;
    this.#added = added;
    this.#cursor = 0;
  }

  /**
   * The current plan; undefined before the rotor is first acquired after a start of the service.
   */
  get plan(): Plan | undefined {
    return this.#plan;
  }

  /** Expected time for `left` points, seconds; undefined without a plan. */
  remainingSeconds(left: number): number | undefined {
    if (!this.#plan) return undefined;
    if (this.#plan.frame) {
      const { length } = this.#plan.path.order;
      return remainingSeconds(this.#plan, this.#tour, Math.min(left, length), Math.max(1, length));
    }
    // The grid is measured first.
    const leftToAdd = Math.min(left, this.#record.refinement?.points.length ?? 0);
    const ofGrid = remainingSeconds(this.#plan, this.#tour, left - leftToAdd, this.#plan.grid.totalPoints);
    if (!this.#added) return ofGrid;
    const { tour, pointSeconds } = this.#added;
    const travel = tour.travelFrom[Math.max(0, tour.order.length - leftToAdd)] ?? 0;
    return ofGrid + leftToAdd * pointSeconds + travel;
  }

  set at(at: Pointing) {
    this.#at = at;
  }

  /** The direction to which the rotor is parked. */
  get park(): Pointing {
    const { rotor } = this.#record;
    return skyDirection(rotor, rotor.park);
  }

  /**
   * The next unit, assuming that the cells `also` are done; undefined without a plan and after the
   * last cell.
   */
  next(also: readonly number[] = []): Unit | undefined {
    const assumed = new Set(also);
    const isDone = (cell: number) => this.#done.has(cell) || assumed.has(cell);
    const unit = this.#plan?.sweeps
      ? this.#nextSwept(this.#plan.sweeps, isDone, also.length === 0)
      : this.#nextCell(isDone);
    return unit ?? this.#nextAdded(isDone);
  }

  /** Start of a unit: the cell, or the start of its sweep. */
  startOf(unit: Unit): Pointing {
    return unit.kind === 'cell' ? this.setpoint(unit.cell) : unit.from;
  }

  /** All setpoints of a unit. */
  setpointsOf(unit: Unit): Pointing[] {
    return cellsOf(unit).map((cell) => this.setpoint(cell));
  }

  /** Of a scan around a source: for a move that starts now. */
  setpoint(cell: number): Pointing {
    if (!this.#plan) throw new Error('there is no plan yet');
    if (this.#aimer) return this.aim(cell) ?? this.#plan.path.setpoint(cell);
    const index = cell - gridCells(this.#record.bounds);
    return this.#added && index >= 0 ? this.#added.setpoint(index) : this.#plan.path.setpoint(cell);
  }

  /** Like `setpoint`; undefined if the source has moved the cell out of reach. */
  aim(cell: number): Pointing | undefined {
    if (!this.#aimer) return this.setpoint(cell);
    const { aimer, turn } = this.#aimer;
    const nowMs = this.#parts.clock.unixMs();
    const at = this.#at ?? this.#plan?.path.setpoint(cell);
    const aim = at && aimer.from(cell, at, nowMs, turn);
    return !aim || 'refusal' in aim ? undefined : aim;
  }

  /** Undefined in step mode. */
  rulesOf({ segment }: SweepUnit): SweepRules | undefined {
    return this.#plan?.sweeps?.rulesOf(segment);
  }

  /** Marks a row as swept. */
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

  #nextAdded(isDone: (cell: number) => boolean): Unit | undefined {
    if (!this.#added) return undefined;
    const first = gridCells(this.#record.bounds);
    const index = this.#added.tour.order.find((added) => !isDone(first + added));
    return index === undefined ? undefined : { kind: 'cell', cell: first + index };
  }

  #nextSwept(sweeps: SweepPlan, isDone: (cell: number) => boolean, certain: boolean): Unit | undefined {
    const at = this.#at ?? this.#record.planned?.from ?? this.setpoint(0);
    // Assumed cells may turn out to be missing: do not mark segments as complete.
    const whole = certain ? this.#whole : new Set(this.#whole);
    return sweeps.next({ isDone, swept: this.#swept, whole, at });
  }
}

export function cellsOf(unit: Unit): readonly number[] {
  return unit.kind === 'cell' ? [unit.cell] : unit.cells;
}
