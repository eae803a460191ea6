import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { CellSet } from '../domain/cells.ts';
import { findPlan, planOf, type FoundPlan, type Plan, type PlanInputs } from '../domain/plan.ts';
import { shortTour, type Tour } from '../domain/leftovers.ts';
import type { SessionRecord, Spec } from './session-record.ts';

export type { Plan };

/** A plan to be made: plain data, so that a worker can make it. */
export interface PlanJob {
  inputs: PlanInputs;
  /**
   * Where the rotor stands now and which cells are done (one bit each); undefined: no tour over the
   * others is wanted.
   */
  remaining?: { at: Pointing; done: Uint8Array } | undefined;
}

/** What a worker returns for a job: plain data. */
export interface FoundScan {
  plan: FoundPlan;
  /** Undefined where the planned order is kept: rows are swept, or obstacles are in the way. */
  tour: Tour | undefined;
}

export interface PlannedScan {
  plan: Plan;
  tour: Tour | undefined;
}

/** The job for a scan with a rotor as it is configured. */
export function planJob(
  { bounds, rssiIterations, reference, mode }: Spec,
  rotor: RotorConfig,
  reported?: TravelLimits,
  from?: Pointing,
): PlanJob {
  const { readMs } = rotor.receiver;
  const sweeping = mode === 'on_the_fly' ? { reads: rssiIterations, readMs } : undefined;
  return {
    inputs: { bounds, dwellMs: readMs * rssiIterations, rotor, reported, from, reference, sweeping },
  };
}

/**
 * The job for a session that has been planned before: it finds the same plan after every restart.
 */
export function sessionPlanJob(
  record: SessionRecord,
  planned: NonNullable<SessionRecord['planned']>,
): PlanJob {
  return planJob(record, record.rotor, planned.reportedLimits ?? undefined, planned.from);
}

/** Does the work of a job. Throws `out_of_range`. */
export function findScan({ inputs, remaining }: PlanJob): FoundScan {
  const found = findPlan(inputs);
  // Where something is in the way, the planned order is known to have short ways between its cells.
  if (!remaining || found.sweeps || found.detours.corners.size > 0) return { plan: found, tour: undefined };
  const { path, grid } = planOf(found, inputs);
  const done = new CellSet(grid.rows * grid.columns, remaining.done);
  const isMissing = (cell: number) => !done.has(cell);
  return { plan: found, tour: shortTour(path, grid.columns, isMissing, remaining.at, inputs.rotor) };
}

/** The plan that follows from what was found for a job; cheap. */
export function plannedScan({ plan, tour }: FoundScan, { inputs }: PlanJob): PlannedScan {
  return { plan: planOf(plan, inputs), tour };
}
