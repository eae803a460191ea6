import { SkyScanError, errorMessage } from '#shared/errors';
import { intersectLimits, outsideLimits, type Pointing, type TravelLimits } from '#shared/pointing';
import type { GridBounds } from '#shared/grid-shape';
import { createGrid, type Grid } from './grid.ts';
import type { RotorMotion } from '#shared/kinematics';
import { planPath, travelSeconds, type Path } from './path.ts';
import type { ReferencePlan } from './reference.ts';
import {
  referenceBounds,
  referenceSeconds,
  referenceSetpoint,
  type ReferenceSetpoint,
} from './reference-path.ts';

/** What a plan needs to know of the rotor and of the measurement at each cell. */
export interface PlanRotor {
  limits: TravelLimits;
  motion: RotorMotion;
  toleranceDeg: number;
  settleMs: number;
}

export interface Plan {
  grid: Grid;
  path: Path;
  /** Undefined: none is visited. */
  reference: ReferenceSetpoint | undefined;
  /** Settle, reads and moves from the first cell to the last, visits of the reference included, seconds. */
  expectedSeconds: number;
  /** In plain words. */
  warnings: string[];
}

/**
 * Plans a whole scan. `reported`: what the rotator's own server says that it can travel. `from`: where it stands.
 * Throws `out_of_range` when a cell or the reference cannot or may not be reached.
 */
export function planScan(
  bounds: GridBounds,
  dwellMs: number,
  rotor: PlanRotor,
  reported: TravelLimits | undefined,
  from: Pointing | undefined,
  reference?: ReferencePlan,
): Plan {
  const limits = reported ? intersectLimits(rotor.limits, reported) : rotor.limits;
  const grid = createGrid(bounds);
  requireElevations(grid, limits);
  const start = from ?? { azimuthDeg: bounds.azStartDeg, elevationDeg: bounds.elStartDeg };
  const path = planPath(grid, limits, rotor.motion, start);
  const standing = (rotor.settleMs + dwellMs) / 1000;
  const visit = reference && setpointOfReference(reference, limits);
  const visits = visit ? referenceSeconds(reference, visit, path, rotor.motion, standing) : 0;
  return {
    grid,
    path,
    reference: visit,
    expectedSeconds: grid.totalPoints * standing + travelSeconds(path, rotor.motion) + visits,
    warnings: warningsOf(grid, rotor, dwellMs),
  };
}

/** Setpoints at which the path changes its direction, first and last included; at most `most`. */
export function turningPoints(path: Path, most: number): Pointing[] {
  const points: Pointing[] = [];
  const at = (i: number) => path.setpoint(path.order[i] as number);
  for (let i = 0; i < path.order.length && points.length < most; i++) {
    const ends = i === 0 || i === path.order.length - 1;
    if (ends || turns(at(i - 1), at(i), at(i + 1))) points.push(at(i));
  }
  return points;
}

function setpointOfReference(reference: ReferencePlan, limits: TravelLimits): ReferenceSetpoint {
  try {
    requireElevations(createGrid(referenceBounds(reference)), limits);
    return referenceSetpoint(reference, limits);
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

function warningsOf(grid: Grid, rotor: PlanRotor, dwellMs: number): string[] {
  const warnings: string[] = [];
  const { stepDeg } = grid.bounds;
  if (grid.totalPoints > 1 && stepDeg < rotor.toleranceDeg)
    warnings.push(
      `a step of ${stepDeg} deg is finer than the rotor's tolerance of ${rotor.toleranceDeg} deg: ` +
        'some pointings will be measured twice',
    );
  if (dwellMs > 60_000) warnings.push(`each point takes ${dwellMs / 1000} s of reads`);
  return warnings;
}

function turns(a: Pointing, b: Pointing, c: Pointing): boolean {
  const sign = (from: number, to: number) => Math.sign(Math.round((to - from) * 1e6));
  return (
    sign(a.azimuthDeg, b.azimuthDeg) !== sign(b.azimuthDeg, c.azimuthDeg) ||
    sign(a.elevationDeg, b.elevationDeg) !== sign(b.elevationDeg, c.elevationDeg)
  );
}
