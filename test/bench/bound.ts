import { hopSeconds, type RotorMotion } from '#shared/sky/kinematics';

/** A rectangular grid of cells that are measured by stopping at each. */
export interface BoundGrid {
  rows: number;
  columns: number;
  stepDeg: number;
}

/**
 * What no tour of a grid can undercut, seconds: L = N standing + (N - lines) cheap hops + (lines -
 * 1) dear hops. A tour has N - 1 hops and contains a spanning tree, and the lightest one has as
 * many cheap hops as there are, and the dear ones that join the lines.
 *
 * @param standingS settle and reads of one cell
 */
export function boundSeconds(
  { rows, columns, stepDeg }: BoundGrid,
  motion: RotorMotion,
  standingS: number,
): number {
  const cells = rows * columns;
  const azimuth = hopSeconds(stepDeg, motion.azimuth);
  const elevation = hopSeconds(stepDeg, motion.elevation);
  const moving =
    azimuth <= elevation
      ? (cells - rows) * azimuth + (rows - 1) * elevation
      : (cells - columns) * elevation + (columns - 1) * azimuth;
  return cells * standingS + moving;
}
