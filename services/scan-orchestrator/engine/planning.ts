import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { SunKeepOut } from '#shared/sky/sun-keep-out';
import { createCellSet } from '../domain/cells.ts';
import { findPlan, planOf } from '../domain/plan.ts';
import { planContext, type FoundPlan, type Plan, type PlanInputs } from '../domain/plan-inputs.ts';
import { addedTour } from '../domain/refine/added-tour.ts';
import { pointSeconds, refineScan, type Refinement } from '../domain/refine/refine-scan.ts';
import type { RefineSettings } from '../domain/refine/refine-settings.ts';
import { remainingTour, type Tour } from '../domain/remaining-tour.ts';
import { unwrapBy } from '../domain/unwrapping.ts';
import type { SessionRecord, Spec } from './session-record.ts';
import { tuningsOf } from './tunings.ts';

export type { Plan };

/** A planning job: plain data, for a worker thread. */
export interface PlanJob {
  inputs: PlanInputs;
  /**
   * The rotor's position and the measured cells (one bit each); undefined: do not order the missing
   * cells.
   */
  remaining?: { at: Pointing; done: Uint8Array } | undefined;
  /** The added points, or what they are to be chosen from. Needs `remaining`. */
  refine?:
    | { refinement: Refinement }
    | { refinement: undefined; settings: RefineSettings; levels: Float32Array }
    | undefined;
}

/** The added points of a scan, in the order in which the missing ones are measured. */
export interface AddedPoints {
  refinement: Refinement;
  tour: Tour;
  /** Settling and reads of one of them, seconds. */
  pointSeconds: number;
}

/** Result of a job: plain data. */
export interface FoundScan {
  plan: FoundPlan;
  /**
   * Undefined if the planned order is kept: in on-the-fly mode or with obstacles. Of a scan around
   * a source: the cells in reach.
   */
  tour: Tour | undefined;
  added: AddedPoints | undefined;
}

export interface PlannedScan {
  plan: Plan;
  tour: Tour | undefined;
  added: (AddedPoints & { setpoint: (index: number) => Pointing }) | undefined;
}

/** When and under which rules a scan around a source is planned. */
export interface FramedStart {
  unixMs: number;
  /** Undefined: the site has no rule for the Sun. */
  sun: SunKeepOut | undefined;
}

/** The planning job of a scan. */
export function planJob(
  spec: Spec,
  rotor: RotorConfig,
  framedStart: FramedStart,
  reported?: TravelLimits,
  from?: Pointing,
): PlanJob {
  const { bounds, rssiIterations, reference, mode, frame } = spec;
  const { readMs } = rotor.receiver;
  const tunings = tuningsOf(spec, rotor.receiver).length;
  const sweeping = mode === 'on_the_fly' ? { reads: rssiIterations, readMs } : undefined;
  return {
    inputs: {
      bounds,
      readsMs: readMs * rssiIterations,
      tunings,
      channels: spec.spectrum?.channels,
      rotor,
      reported,
      from,
      reference,
      sweeping,
      refines: spec.refine !== undefined,
      frame: frame && {
        frame,
        unixMs: framedStart.unixMs,
        sun: rotor.avoidSun === false ? undefined : framedStart.sun,
      },
    },
  };
}

/** The planning job of a session that was planned before: it yields the same plan. */
export function sessionPlanJob(
  record: SessionRecord,
  planned: NonNullable<SessionRecord['planned']>,
  sun: SunKeepOut | undefined,
): PlanJob {
  const { atMs = 0, reportedLimits, from } = planned;
  return planJob(record, record.rotor, { unixMs: atMs, sun }, reportedLimits ?? undefined, from);
}

/** The planning job for the missing cells of a scan around a source, which has moved on. */
export function framedJob(
  record: SessionRecord,
  missing: Uint32Array,
  framedStart: FramedStart,
  reported: TravelLimits | undefined,
  from: Pointing,
): PlanJob {
  const { inputs } = planJob(record, record.rotor, framedStart, reported, from);
  return { inputs: { ...inputs, frame: inputs.frame && { ...inputs.frame, cells: missing } } };
}

/** Executes a job. Throws `out_of_range`. */
export function findScan(job: PlanJob): FoundScan {
  const { inputs, remaining } = job;
  const found = findPlan(inputs);
  if (found.frame) {
    const tour = { order: found.order, travelFrom: found.frame.travelFrom };
    return { plan: found, tour, added: undefined };
  }
  const added = addedPoints(job, found);
  // Around obstacles, the planned order already has short routes between neighbouring cells.
  if (!remaining || found.sweeps || found.detours.corners.size > 0)
    return { plan: found, tour: undefined, added };
  const { path, grid } = planOf(found, inputs);
  const done = createCellSet(grid.rows * grid.columns, remaining.done);
  const isMissing = (cell: number) => !done.has(cell);
  const tour = remainingTour(path, grid.columns, isMissing, remaining.at, inputs.rotor);
  return { plan: found, tour, added };
}

function addedPoints({ inputs, remaining, refine }: PlanJob, found: FoundPlan): AddedPoints | undefined {
  if (!remaining || !refine) return undefined;
  const { at, done: bits } = remaining;
  const refinement = refine.refinement ?? refineScan(inputs, refine.settings, refine.levels, found.turns, at);
  const { grid } = planContext(inputs);
  const first = grid.rows * grid.columns;
  const done = createCellSet(first + refinement.points.length, bits);
  const missing = refinement.points.flatMap((_, i) => (done.has(first + i) ? [] : [i]));
  const path = { setpoint: addedSetpoint(refinement, found, inputs) };
  return {
    refinement,
    tour: addedTour(Uint32Array.from(missing), path, at, inputs.rotor),
    pointSeconds: pointSeconds(inputs),
  };
}

/** Setpoints of added points by their index, unwrapped like the grid. */
function addedSetpoint({ points }: Refinement, found: FoundPlan, inputs: PlanInputs) {
  const unwrap = unwrapBy(found.turns, planContext(inputs).limits);
  return (index: number): Pointing => {
    const { azimuthDeg, elevationDeg } = points[index] as Pointing;
    return { azimuthDeg: unwrap(azimuthDeg), elevationDeg };
  };
}

/** Completes the result of a job to a plan; cheap. */
export function plannedScan({ plan, tour, added }: FoundScan, { inputs }: PlanJob): PlannedScan {
  return {
    plan: planOf(plan, inputs),
    tour,
    added: added && { ...added, setpoint: addedSetpoint(added.refinement, plan, inputs) },
  };
}
