import type { GridBounds } from '#shared/sky/grid-shape';
import { slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { Routes } from '#shared/sky/routes';
import { unwrapping } from './unwrapping.ts';
import { legsSeconds } from './detours.ts';
import { createGrid } from './grid.ts';
import type { Path } from './path.ts';
import { isReferenceDue, type ReferencePlan } from './reference.ts';

/** The unwrapped reference pointing: the cable turn nearest to a cell. */
export type ReferenceSetpoint = (cell: Pointing) => Pointing;

/** A grid with the reference as its only cell, so that the checks of cells apply to it. */
export function referenceBounds({ pointing }: ReferencePlan): GridBounds {
  const { azimuthDeg, elevationDeg } = pointing;
  return {
    kind: 'rectangular',
    azStartDeg: azimuthDeg,
    azEndDeg: azimuthDeg,
    elStartDeg: elevationDeg,
    elEndDeg: elevationDeg,
    stepDeg: 1,
  };
}

/** Throws `out_of_range` when the reference is outside the rotor's travel. */
export function referenceSetpoint(reference: ReferencePlan, limits: TravelLimits): ReferenceSetpoint {
  const grid = createGrid(referenceBounds(reference));
  const near = (azimuthDeg: number): Pointing => ({
    azimuthDeg: unwrapping(grid, limits, azimuthDeg)(reference.pointing.azimuthDeg),
    elevationDeg: reference.pointing.elevationDeg,
  });
  near(0);
  return (cell) => near(cell.azimuthDeg);
}

/**
 * Throws `out_of_range` when the reference is forbidden or has no route in both directions. One
 * cell is checked per cable turn, because the cells have routes between each other.
 */
export function requireWaysToReference(setpoint: ReferenceSetpoint, path: Path, routes: Routes): void {
  if (!routes.obstacles.hasMaskOrSectors) return;
  const seen = new Set<number>();
  for (const number of path.order) {
    const cell = path.setpoint(number);
    const visit = setpoint(cell);
    if (seen.has(visit.azimuthDeg)) continue;
    seen.add(visit.azimuthDeg);
    routes.legs(cell, visit);
    routes.legs(visit, cell);
  }
}

/**
 * Additional time of all reference visits of a scan, seconds. `standingSeconds`: settling and reads
 * of one pointing.
 */
export function referenceSeconds(
  reference: ReferencePlan,
  setpoint: ReferenceSetpoint,
  path: Path,
  routes: Routes,
  motion: RotorMotion,
  standingSeconds: number,
): number {
  const seconds = (from: Pointing, to: Pointing) => legsSeconds(from, routes.legs(from, to), motion);
  let visits = 0;
  let nowMs = 0;
  let lastMs: number | undefined;
  let at: Pointing | undefined;
  path.order.forEach((cell, i) => {
    const next = path.setpoint(cell);
    const direct = at ? slewSeconds(at, next, motion) : 0;
    const cellsLeft = path.order.length - i;
    if (isReferenceDue(reference, { nowMs, lastMs, cellsLeft, fresh: false })) {
      const visit = setpoint(next);
      const there = (at ? seconds(at, visit) : 0) + standingSeconds;
      const detour = there + seconds(visit, next) - direct;
      visits += detour;
      lastMs = nowMs + there * 1000;
      nowMs += detour * 1000;
    }
    nowMs += (direct + standingSeconds) * 1000;
    at = next;
  });
  return visits;
}

/**
 * The same for a scan with another order than the path's: as many visits as fit into `seconds`,
 * each from the middle of the grid.
 */
export function roughReferenceSeconds(
  reference: ReferencePlan,
  setpoint: ReferenceSetpoint,
  path: Path,
  routes: Routes,
  motion: RotorMotion,
  standingSeconds: number,
  seconds: number,
): number {
  const cell = path.setpoint(path.order[path.order.length >> 1] as number);
  const visit = setpoint(cell);
  const ways = [
    [cell, visit],
    [visit, cell],
  ] as const;
  const each = ways.reduce(
    (sum, [from, to]) => sum + legsSeconds(from, routes.legs(from, to), motion),
    standingSeconds,
  );
  return each * (2 + Math.floor((1000 * seconds) / reference.everyMs));
}
