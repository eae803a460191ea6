import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { createCellSet } from '../domain/cells.ts';
import { findPlan, planOf, type FoundPlan, type Plan, type PlanInputs } from '../domain/plan.ts';
import { remainingTour, type Tour } from '../domain/remaining-tour.ts';
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
}

/** Result of a job: plain data. */
export interface FoundScan {
  plan: FoundPlan;
  /** Undefined if the planned order is kept: in on-the-fly mode or with obstacles. */
  tour: Tour | undefined;
}

export interface PlannedScan {
  plan: Plan;
  tour: Tour | undefined;
}

/** The planning job of a scan. */
export function planJob(spec: Spec, rotor: RotorConfig, reported?: TravelLimits, from?: Pointing): PlanJob {
  const { bounds, rssiIterations, reference, mode } = spec;
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
    },
  };
}

/** The planning job of a session that was planned before: it yields the same plan. */
export function sessionPlanJob(
  record: SessionRecord,
  planned: NonNullable<SessionRecord['planned']>,
): PlanJob {
  return planJob(record, record.rotor, planned.reportedLimits ?? undefined, planned.from);
}

/** Executes a job. Throws `out_of_range`. */
export function findScan({ inputs, remaining }: PlanJob): FoundScan {
  const found = findPlan(inputs);
  // Around obstacles, the planned order already has short routes between neighbouring cells.
  if (!remaining || found.sweeps || found.detours.corners.size > 0) return { plan: found, tour: undefined };
  const { path, grid } = planOf(found, inputs);
  const done = createCellSet(grid.rows * grid.columns, remaining.done);
  const isMissing = (cell: number) => !done.has(cell);
  return { plan: found, tour: remainingTour(path, grid.columns, isMissing, remaining.at, inputs.rotor) };
}

/** Completes the result of a job to a plan; cheap. */
export function plannedScan({ plan, tour }: FoundScan, { inputs }: PlanJob): PlannedScan {
  return { plan: planOf(plan, inputs), tour };
}
