import { SkyScanError, errorMessage } from '#shared/errors';
import type { GridBounds } from '#shared/grid-shape';
import {
  intersectLimits,
  limitsFor,
  outsideLimits,
  type Pointing,
  type TravelLimits,
} from '#shared/pointing';
import { createRoutes, type RouteRotor, type Routes } from '#shared/routes';
import { unwrappings } from './cable.ts';
import { detoursOf, type Detours } from './detours.ts';
import { createGrid, type Grid } from './grid.ts';
import { planPath, travelSeconds, type Path } from './path.ts';
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
import { planSweeps, type SweepPlan } from './sweep-plan.ts';
import type { SweepRules } from './sweep-passes.ts';

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
  /** Moves from where the rotor stands, as far as that is known, to the last cell of a scan that stops at every cell, seconds. */
  travelSeconds: number;
  /** Settle, reads and moves until the last cell is measured, detours and visits of the reference included, seconds. */
  expectedSeconds: number;
  /** In plain words. */
  warnings: string[];
  /** Those of them that say something of the points themselves. */
  notes: string[];
}

// What a point takes beside moves, settle and reads: commands on their way, polls, the last block of samples. Measured: 10 to 18 ms.
const OVERHEAD_S = 0.012;

/**
 * Plans a whole scan. `reported`: what the rotator's own server says that it can travel. `from`: where it stands.
 * `sweeping`: on the fly, with so many reads of each cell. Throws `out_of_range` when a cell, the reference or the park pointing cannot or may not be reached.
 */
export function planScan(
  bounds: GridBounds,
  dwellMs: number,
  rotor: PlanRotor,
  reported: TravelLimits | undefined,
  from: Pointing | undefined,
  reference?: ReferencePlan,
  sweeping?: Pick<SweepRules, 'reads' | 'readMs'>,
): Plan {
  const limits = reported ? intersectLimits(rotor.limits, reported) : rotor.limits;
  const grid = createGrid(bounds);
  requireElevations(grid, limits);
  const routes = createRoutes(rotor, limits);
  const { path, detours } = pathAround(grid, limits, rotor, reported, routes, from);
  const standing = (rotor.settleMs + dwellMs) / 1000;
  const visit = reference && setpointOfReference(reference, limits, path, routes);
  const { azStartDeg, elStartDeg } = bounds;
  const start = from ?? { azimuthDeg: azStartDeg, elevationDeg: elStartDeg };
  const rules = sweeping && { ...sweeping, standingSeconds: standing, azimuth: rotor.azimuth };
  const sweeps = rules && planSweeps(grid, path, limits, routes, rotor, start, rules);
  const travel = travelSeconds(path, rotor, from);
  const seconds = sweeps?.seconds ?? grid.totalPoints * (standing + OVERHEAD_S) + travel + detours.seconds;
  const visits = visit
    ? sweeps
      ? roughReferenceSeconds(reference, visit, path, routes, rotor, standing, seconds)
      : referenceSeconds(reference, visit, path, routes, rotor, standing)
    : 0;
  const notes = notesOf(grid, rotor.toleranceDeg);
  return {
    grid,
    path,
    detours,
    reference: visit,
    sweeps,
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

function warningsOfDwell(dwellMs: number): string[] {
  return dwellMs > 60_000 ? [`each point takes ${dwellMs / 1000} s of reads`] : [];
}

function warningsOfSweeps(sweeps: SweepPlan | undefined): string[] {
  if (!sweeps || sweeps.sweeps > 0) return [];
  return [
    'no row is quicker swept than measured by stopping at every point: all points are measured by stopping',
  ];
}

/** The path, and how it goes round what is in its way; where that does not work in one turn of the cable, in another one. */
function pathAround(
  grid: Grid,
  limits: TravelLimits,
  rotor: PlanRotor,
  reported: TravelLimits | undefined,
  routes: Routes,
  from: Pointing | undefined,
): Pick<Plan, 'path' | 'detours'> {
  const { azStartDeg, elStartDeg } = grid.bounds;
  const start = from ?? { azimuthDeg: azStartDeg, elevationDeg: elStartDeg };
  let why: unknown;
  for (const unwrap of unwrappings(grid, limits, start.azimuthDeg)) {
    try {
      const path = planPath(grid, limits, rotor, start, unwrap);
      const detours = detoursOf(grid, path, routes, rotor);
      const end = (i: number) => path.setpoint(path.order.at(i) as number);
      if (from) routes.legsFromReadback(from, end(0));
      if (rotor.parkAfterScan) requireWayToPark(end(-1), rotor, reported, routes);
      return { path, detours };
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

function setpointOfReference(
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
