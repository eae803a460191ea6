import { SkyScanError, errorMessage } from '#shared/base/errors';
import { limitsFor, outsideLimits, type Pointing, type TravelLimits } from '#shared/sky/pointing';
import { onSky, type Mount } from '#shared/sky/mount';
import type { Routes } from '#shared/sky/routes';
import { bandPlan, dwellMs } from './band-plan.ts';
import { unwrapBy, unwrappings, type Turns } from './unwrapping.ts';
import { detoursOf } from './detours.ts';
import { findFramePlan, setpointsOf } from './frame/plan-frame.ts';
import { createGrid, type Grid } from './grid.ts';
import { planPath, setpoints, travelSeconds, type Path } from './path.ts';
import {
  MAX_TURNING_POINTS,
  OVERHEAD_S,
  planContext,
  standingSeconds,
  type FoundPlan,
  type Plan,
  type PlanInputs,
  type PlanRotor,
} from './plan-inputs.ts';
import { beamWarnings, dwellWarnings, resolutionNotes } from './plan-warnings.ts';
import type { ReferencePlan } from './reference.ts';
import {
  referenceBounds,
  referenceSeconds,
  referenceSetpoint,
  roughReferenceSeconds,
  requireWaysToReference,
  type ReferenceSetpoint,
} from './reference-path.ts';
import { findSweeps, sweepPlanOf, type FoundSweeps } from './sweep-plan.ts';
import type { SweepRules } from './sweep-passes.ts';
import { MAX_CHUNK_BYTES, rowBytes } from './sweep-spectra.ts';
import { turningPoints } from './turning-points.ts';

/**
 * Plans a whole scan. Throws `out_of_range` when a cell, the reference or the park pointing is not
 * reachable or not allowed.
 */
export function planScan(inputs: PlanInputs): Plan {
  return planOf(findPlan(inputs), inputs);
}

/** The expensive part of `planScan`: takes seconds with many obstacles. */
export function findPlan(inputs: PlanInputs): FoundPlan {
  if (inputs.frame) return findFramePlan(inputs, inputs.frame);
  const { rotor, reported, from, reference, sweeping } = inputs;
  const { limits, grid, routes, start } = planContext(inputs);
  requireElevations(grid, limits, rotor);
  const { turns, path, detours } = pathAround(grid, limits, rotor, reported, routes, from);
  const standing = standingSeconds(inputs);
  const visit = reference && checkedReference(reference, limits, rotor, path, routes);
  const rules = sweepRulesOf(inputs);
  const sweeps = rules && findSweeps(grid, { path, limits, routes, rotor, rules }, start);
  if (sweeps && sweeps.sweeps > 0) requireRoomForRows(sweeps, inputs.channels ?? 0);
  const travel = travelSeconds(path, rotor, from);
  const seconds = sweeps?.seconds ?? grid.totalPoints * (standing + OVERHEAD_S) + travel + detours.seconds;
  const visits = visit
    ? sweeps
      ? roughReferenceSeconds(reference, visit, path, routes, rotor, standing, seconds)
      : referenceSeconds(reference, visit, path, routes, rotor, standing)
    : 0;
  const notes = resolutionNotes(grid, rotor.toleranceDeg);
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
      ...(inputs.refines ? [] : beamWarnings(grid, rotor, sweeping !== undefined)),
      ...dwellWarnings(dwellMs(inputs.tunings, inputs.readsMs)),
      ...sweepWarnings(sweeps),
    ],
    notes,
    bands: bandPlan({
      tunings: inputs.tunings,
      readsMs: inputs.readsMs,
      moveSeconds: rotor.settleMs / 1000 + travel / grid.totalPoints,
      stoppedPoints: grid.totalPoints - (sweeps?.sweptCells ?? 0),
      sweeps: sweeps && { rows: sweeps.sweeps, seconds: sweeps.sweptSeconds },
    }),
  };
}

/** Completes a result with its inputs to a plan; cheap. */
export function planOf(found: FoundPlan, inputs: PlanInputs): Plan {
  const { rotor, reference } = inputs;
  const { limits, grid, routes } = planContext(inputs);
  const setpoint = found.frame
    ? setpointsOf({ ...found.frame, order: found.order })
    : setpoints(grid, unwrapBy(found.turns, limits));
  const path = { order: found.order, setpoint };
  const rules = sweepRulesOf(inputs);
  return {
    ...found,
    grid,
    path,
    reference: reference && referenceSetpoint(reference, limits),
    sweeps: found.sweeps && rules && sweepPlanOf(found.sweeps, { path, limits, routes, rotor, rules }),
  };
}

function sweepRulesOf(inputs: PlanInputs): Omit<SweepRules, 'stepDeg'> | undefined {
  const { sweeping, rotor, tunings } = inputs;
  return (
    sweeping && { ...sweeping, tunings, standingSeconds: standingSeconds(inputs), azimuth: rotor.azimuth }
  );
}

function sweepWarnings(sweeps: FoundSweeps | undefined): string[] {
  if (!sweeps || sweeps.sweeps > 0) return [];
  return ['sweeping is not faster than stopping in any row: all points are measured by stopping'];
}

/**
 * The path and its detours around obstacles; tries the other cable turns if the first one has no
 * route.
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
  let firstError: unknown;
  for (const turns of unwrappings(grid, limits, start.azimuthDeg)) {
    try {
      const path = planPath(grid, limits, rotor, start, unwrapBy(turns, limits));
      const detours = detoursOf(grid, path, routes, rotor);
      const end = (i: number) => path.setpoint(path.order.at(i) as number);
      if (from) routes.legsFromReadback(from, end(0));
      if (rotor.parkAfterScan) requireWayToPark(end(-1), rotor, reported, routes);
      return { turns, path, detours };
    } catch (error) {
      firstError ??= error;
    }
  }
  throw firstError;
}

function requireWayToPark(
  from: Pointing,
  rotor: PlanRotor,
  reported: TravelLimits | undefined,
  routes: Routes,
): void {
  const outside = outsideLimits(rotor.park, limitsFor(rotor.park, rotor, reported));
  try {
    if (outside) throw new SkyScanError('out_of_range', outside);
    routes.legs(from, onSky(rotor).park);
  } catch (error) {
    throw new SkyScanError('out_of_range', `park pointing: ${errorMessage(error)}`, { cause: error });
  }
}

/** The setpoint of the reference, with checked routes to it and back. */
function checkedReference(
  reference: ReferencePlan,
  limits: TravelLimits,
  rotor: Mount,
  path: Path,
  routes: Routes,
): ReferenceSetpoint {
  try {
    requireElevations(createGrid(referenceBounds(reference)), limits, rotor);
    const setpoint = referenceSetpoint(reference, limits);
    requireWaysToReference(setpoint, path, routes);
    return setpoint;
  } catch (error) {
    throw new SkyScanError('out_of_range', `reference pointing: ${errorMessage(error)}`, { cause: error });
  }
}

/** The spectra of a row are kept until its cells are known. */
function requireRoomForRows({ segments }: FoundSweeps, channels: number): void {
  const cells = segments.reduce((most, segment) => Math.max(most, segment.cells.length), 0);
  const bytes = rowBytes(cells, channels);
  if (bytes <= MAX_CHUNK_BYTES) return;
  const mebibytes = (count: number) => `${Math.round(count / 2 ** 20)} MiB`;
  throw new SkyScanError(
    'out_of_range',
    `the spectra of a row of ${cells} points with ${channels} channels need ${mebibytes(bytes)} of memory during a ` +
      `sweep, at most ${mebibytes(MAX_CHUNK_BYTES)} are allowed: use fewer channels or points, or scan_mode step`,
  );
}

/** With a pointing model, the limits of a plan are not those that the owner has set. */
function requireElevations(grid: Grid, limits: TravelLimits, { pointingModel }: Mount): void {
  for (const row of [0, grid.rows - 1]) {
    const pointing = { azimuthDeg: limits.azMinDeg, elevationDeg: grid.rowElevationDeg(row) };
    const reason = outsideLimits(pointing, limits);
    if (reason && pointingModel)
      throw new SkyScanError('out_of_range', `${reason}, the limits of the mount by its pointing model`);
    if (reason) throw new SkyScanError('out_of_range', reason);
  }
}
