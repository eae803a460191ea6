import type { Pointing } from '#shared/sky/pointing';
import { createGrid, type Grid } from '../grid.ts';
import type { Detection } from './detections.ts';
import { cellsWithin } from './grid-neighbours.ts';

/** The points that the disc of one detection adds. */
export interface Disc {
  detection: Detection;
  /** Nearest to the detection first. */
  added: Pointing[];
}

/**
 * The points to add around the detections: those of one equal-area lattice over the area of the
 * grid, so that no point is outside the area and overlapping discs share their points. Points
 * nearer than half a step to a measured cell, or to a point of an earlier disc (where a full circle
 * closes), are left out, and so are those that `isAllowed` refuses.
 *
 * @param isAllowed whether the rotor may go from the detection to a point
 */
export function discsAround(
  detections: readonly Detection[],
  grid: Grid,
  stepDeg: number,
  radiusDeg: number,
  isMeasured: (cell: number) => boolean,
  isAllowed: (from: Pointing, to: Pointing) => boolean,
): Disc[] {
  const lattice = createGrid({ ...grid.bounds, kind: 'equal_area', stepDeg });
  const chosen = new Set<number>();
  const isFree = (at: Pointing) =>
    cellsWithin(grid, at, stepDeg / 2).every(({ cell }) => !isMeasured(cell)) &&
    cellsWithin(lattice, at, stepDeg / 2).every(({ cell }) => !chosen.has(cell));
  return detections.map((detection) => {
    const added: Pointing[] = [];
    const near = cellsWithin(lattice, detection.at, radiusDeg);
    near.sort((a, b) => a.apartDeg - b.apartDeg || a.cell - b.cell);
    for (const { cell } of near) {
      const at = lattice.pointing(cell);
      if (chosen.has(cell) || !isFree(at) || !isAllowed(detection.at, at)) continue;
      chosen.add(cell);
      added.push(at);
    }
    return { detection, added };
  });
}
