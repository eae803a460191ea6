import { SkyScanError } from '#shared/base/errors';
import { slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import type { Routes } from '#shared/sky/routes';
import type { Grid } from './grid.ts';
import type { Path } from './path.ts';

/** Where a path goes round what is in its way. */
export interface Detours {
  /** Corners that are passed before the i-th point of the path; most points have none. */
  corners: ReadonlyMap<number, readonly Pointing[]>;
  /** What they cost beside the straight moves, seconds. */
  seconds: number;
}

const NONE: Detours = { corners: new Map(), seconds: 0 };

/**
 * Checks every cell of a path and every move between two that follow each other. Elevations are
 * inside the limits already. Throws `out_of_range`: a cell is forbidden, or there is no legal way
 * to it.
 */
export function detoursOf(grid: Grid, path: Path, routes: Routes, motion: RotorMotion): Detours {
  if (!routes.obstacles.hasMaskOrSectors) return NONE;
  const corners = new Map<number, readonly Pointing[]>();
  let seconds = 0;
  let before: Pointing | undefined;
  path.order.forEach((cell, i) => {
    const next = path.setpoint(cell);
    // A clear move says of both its ends that they are free.
    if (!before || !routes.isClear(before, next)) {
      refuseForbidden(grid, cell, routes);
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

/** Time of legs one after the other, seconds. */
export function legsSeconds(from: Pointing, ends: readonly Pointing[], motion: RotorMotion): number {
  return ends.reduce((sum, end, i) => sum + slewSeconds(ends[i - 1] ?? from, end, motion), 0);
}

/** In the user's own azimuths. */
function refuseForbidden(grid: Grid, cell: number, routes: Routes): void {
  const why = routes.refusal(grid.pointing(cell));
  if (why !== undefined) throw new SkyScanError('out_of_range', why);
}
