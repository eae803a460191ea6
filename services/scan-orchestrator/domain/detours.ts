import { SkyScanError } from '#shared/base/errors';
import { slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import type { Routes } from '#shared/sky/routes';
import type { Grid } from './grid.ts';
import type { Path } from './path.ts';

/** Where a path bypasses obstacles. */
export interface Detours {
  /** Waypoints before the i-th point of the path; most points have none. */
  corners: ReadonlyMap<number, readonly Pointing[]>;
  /** Additional time compared with straight moves, seconds. */
  seconds: number;
}

const NONE: Detours = { corners: new Map(), seconds: 0 };

/**
 * Checks every cell of a path and every move between consecutive cells. Elevations are within the
 * limits already. Throws `out_of_range` when a cell is forbidden or has no allowed route.
 */
export function detoursOf(grid: Grid, path: Path, routes: Routes, motion: RotorMotion): Detours {
  if (!routes.obstacles.hasMaskOrSectors) return NONE;
  const corners = new Map<number, readonly Pointing[]>();
  let seconds = 0;
  let before: Pointing | undefined;
  path.order.forEach((cell, i) => {
    const next = path.setpoint(cell);
    // A clear move implies that both its ends are allowed.
    if (!before || !routes.isClear(before, next)) {
      requireAllowed(grid, cell, routes);
      if (before) {
        const ends = routes.legs(before, next);
        corners.set(i, ends.slice(0, -1));
        seconds += legsSeconds(before, ends, motion) - slewSeconds(before, next, motion);
      }
    }
    before = next;
  });
  return { corners, seconds };
}

/** Total time of consecutive legs, seconds. */
export function legsSeconds(from: Pointing, ends: readonly Pointing[], motion: RotorMotion): number {
  return ends.reduce((sum, end, i) => sum + slewSeconds(ends[i - 1] ?? from, end, motion), 0);
}

/** Checks the user's azimuth, which the message names. */
function requireAllowed(grid: Grid, cell: number, routes: Routes): void {
  const reason = routes.refusal(grid.pointing(cell));
  if (reason !== undefined) throw new SkyScanError('out_of_range', reason);
}
