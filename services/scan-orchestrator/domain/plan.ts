import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { GridBounds } from '#shared/sky/grid-shape';
import {
  intersectLimits,
  limitsFor,
  outsideLimits,
  type Pointing,
  type TravelLimits,
} from '#shared/sky/pointing';
import { createRoutes, type RouteRotor, type Routes } from '#shared/sky/routes';
import { unwrapBy, unwrappings, type Turns } from './cable.ts';
import { detoursOf, type Detours } from './detours.ts';
import { createGrid, type Grid } from './grid.ts';
import { planPath, setpoints, travelSeconds, type Path } from './path.ts';
import { notesOf, warningsOfBeam } from './plan-warnings.ts';
import type { ReferencePlan } from './reference.ts';
import {
  referenceBounds,
  referenceSeconds,
  referenceSetpoint,
  roughReferenceSeconds,
  requireWaysToReference,
  type ReferenceSetpoint,
} from './reference-path.ts';
import { findSweeps, sweepPlanOf, type FoundSweeps, type SweepPlan } from './sweep-plan.ts';
import type { SweepRules } from './sweep-passes.ts';
import { turningPoints } from './turning-points.ts';

/** What a plan needs to know of the rotor and of the measurement at each cell. */
export interface PlanRotor extends RouteRotor {
  settleMs: number;
  parkAfterScan: boolean;
  /** Half-power beam width of its antenna, degrees; undefined: not known. */
  beamWidthDeg?: number | undefined;
}

export interface Plan {
  grid: Grid;
  path: Path;
  detours: Detours;
  /** Undefined: none is visited. */
  reference: ReferenceSetpoint | undefined;
  /** How rows are swept; undefined: every cell is measured by stopping there. */
  sweeps: SweepPlan | undefined;
  /**
   * Where the path changes its direction, first and last pointing included; the first 2,000 of
   * them.
   */
  turningPoints: Pointing[];
  /**
   * Moves from where the rotor stands, as far as that is known, to the last cell of a scan that
   * stops at every cell, seconds.
   */
  travelSeconds: number;
  /**
   * Settle, reads and moves until the last cell is measured, detours and visits of the reference
   * included, seconds.
   */
  expectedSeconds: number;
  /** In plain words. */
  warnings: string[];
  /** Those of them that say something of the points themselves. */
  notes: string[];
}

const MAX_TURNING_POINTS = 2_000;

// What a point takes beside moves, settle and reads: commands on their way, polls, the last block
// of samples. Measured: 10 to 18 ms.
const OVERHEAD_S = 0.012;

/** What a scan is planned from. */
export interface PlanInputs {
  bounds: GridBounds;
  /** Time of all reads at one point, milliseconds. */
  dwellMs: number;
  rotor: PlanRotor;
  /** What the rotator's own server reports as its travel. */
  reported?: TravelLimits | undefined;
  /** Where the rotor stands. */
  from?: Pointing | undefined;
  reference?: ReferencePlan | undefined;
  /** On the fly, with at least this many reads of each cell. */
  sweeping?: Pick<SweepRules, 'reads' | 'readMs'> | undefined;
}

/** What planning finds out: plain data, which can pass between threads. */
export interface FoundPlan extends Pick<
  Plan,
  'detours' | 'turningPoints' | 'travelSeconds' | 'expectedSeconds' | 'warnings' | 'notes'
> {
  turns: Turns;
  order: Path['order'];
  sweeps: FoundSweeps | undefined;
}

/**
 * Plans a whole scan. Throws `out_of_range` when a cell, the reference or the park pointing cannot
 * or may not be reached.
 */
export function planScan(inputs: PlanInputs): Plan {
  return planOf(findPlan(inputs), inputs);
}

/** The work of `planScan`: seconds of it where many obstacles are in the way. */
export function findPlan(inputs: PlanInputs): FoundPlan {
  const { dwellMs, rotor, reported, from, reference, sweeping } = inputs;
  const { limits, grid, routes, start } = worldOf(inputs);
  requireElevations(grid, limits);
  const { turns, path, detours } = pathAround(grid, limits, rotor, reported, routes, from);
  const standing = standingSeconds(inputs);
  const visit = reference && checkedReference(reference, limits, path, routes);
  const rules = sweepRulesOf(inputs);
  const sweeps = rules && findSweeps(grid, { path, limits, routes, rotor, rules }, start);
  const travel = travelSeconds(path, rotor, from);
  const seconds = sweeps?.seconds ?? grid.totalPoints * (standing + OVERHEAD_S) + travel + detours.seconds;
  const visits = visit
    ? sweeps
      ? roughReferenceSeconds(reference, visit, path, routes, rotor, standing, seconds)
      : referenceSeconds(reference, visit, path, routes, rotor, standing)
    : 0;
  const notes = notesOf(grid, rotor.toleranceDeg);
  return {
    turns,
    order: path.order,
    detours,
    sweeps,
    turningPoints: sweeps
      ? sweeps.corners.slice(0, MAX_TURNING_POINTS)
      : turningPoints(path, detours, MAX_TURNING_POINTS),
    travelSeconds: travel,
    expectedSeconds: seconds + visits,
    warnings: [
      ...notes,
      ...warningsOfBeam(grid, rotor.beamWidthDeg, sweeping !== undefined),
      ...warningsOfDwell(dwellMs),
      ...warningsOfSweeps(sweeps),
    ],
    notes,
  };
}

/** The plan that follows from what was found for the same inputs; cheap. */
export function planOf(found: FoundPlan, inputs: PlanInputs): Plan {
  const { rotor, reference } = inputs;
  const { limits, grid, routes } = worldOf(inputs);
  const path = { order: found.order, setpoint: setpoints(grid, unwrapBy(found.turns, limits)) };
  const rules = sweepRulesOf(inputs);
  return {
    ...found,
    grid,
    path,
    reference: reference && referenceSetpoint(reference, limits),
    sweeps: found.sweeps && rules && sweepPlanOf(found.sweeps, { path, limits, routes, rotor, rules }),
  };
}

function worldOf({ bounds, rotor, reported, from }: PlanInputs) {
  const limits = reported ? intersectLimits(rotor.limits, reported) : rotor.limits;
  const start = from ?? { azimuthDeg: bounds.azStartDeg, elevationDeg: bounds.elStartDeg };
  return { limits, start, grid: createGrid(bounds), routes: createRoutes(rotor, limits) };
}

/** Settle and reads of one point, seconds. */
function standingSeconds({ rotor, dwellMs }: PlanInputs): number {
  return (rotor.settleMs + dwellMs) / 1000;
}

function sweepRulesOf(inputs: PlanInputs): Omit<SweepRules, 'stepDeg'> | undefined {
  const { sweeping, rotor } = inputs;
  return sweeping && { ...sweeping, standingSeconds: standingSeconds(inputs), azimuth: rotor.azimuth };
}

function warningsOfDwell(dwellMs: number): string[] {
  return dwellMs > 60_000 ? [`each point takes ${dwellMs / 1000} s of reads`] : [];
}

function warningsOfSweeps(sweeps: FoundSweeps | undefined): string[] {
  if (!sweeps || sweeps.sweeps > 0) return [];
  return [
    'no row is quicker swept than measured by stopping at every point: all points are measured by stopping',
  ];
}

/**
 * The path, and how it goes round what is in its way; where that does not work in one turn of the
 * cable, in another one.
 */
function pathAround(
  grid: Grid,
  limits: TravelLimits,
  rotor: PlanRotor,
  reported: TravelLimits | undefined,
  routes: Routes,
  from: Pointing | undefined,
): Pick<Plan, 'path' | 'detours'> & { turns: Turns } {
  const { azStartDeg, elStartDeg } = grid.bounds;
  const start = from ?? { azimuthDeg: azStartDeg, elevationDeg: elStartDeg };
  let why: unknown;
  for (const turns of unwrappings(grid, limits, start.azimuthDeg)) {
    try {
      const path = planPath(grid, limits, rotor, start, unwrapBy(turns, limits));
      const detours = detoursOf(grid, path, routes, rotor);
      const end = (i: number) => path.setpoint(path.order.at(i) as number);
      if (from) routes.legsFromReadback(from, end(0));
      if (rotor.parkAfterScan) requireWayToPark(end(-1), rotor, reported, routes);
      return { turns, path, detours };
    } catch (error) {
      why ??= error;
    }
  }
  throw why;
}

function requireWayToPark(
  from: Pointing,
  rotor: PlanRotor,
  reported: TravelLimits | undefined,
  routes: Routes,
): void {
  const { park } = rotor;
  const outside = outsideLimits(park, limitsFor(park, rotor, reported));
  try {
    if (outside) throw new SkyScanError('out_of_range', outside);
    routes.legs(from, park);
  } catch (error) {
    throw new SkyScanError('out_of_range', `park pointing: ${errorMessage(error)}`, { cause: error });
  }
}

/** Its setpoint, with ways there and back. */
function checkedReference(
  reference: ReferencePlan,
  limits: TravelLimits,
  path: Path,
  routes: Routes,
): ReferenceSetpoint {
  try {
    requireElevations(createGrid(referenceBounds(reference)), limits);
    const setpoint = referenceSetpoint(reference, limits);
    requireWaysToReference(setpoint, path, routes);
    return setpoint;
  } catch (error) {
    throw new SkyScanError('out_of_range', `reference pointing: ${errorMessage(error)}`, { cause: error });
  }
}

function requireElevations(grid: Grid, limits: TravelLimits): void {
  for (const row of [0, grid.rows - 1]) {
    const pointing = { azimuthDeg: limits.azMinDeg, elevationDeg: grid.rowElevationDeg(row) };
    const why = outsideLimits(pointing, limits);
    if (why) throw new SkyScanError('out_of_range', why);
  }
}
