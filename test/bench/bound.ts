import { hopSeconds, type RotorMotion } from '#shared/sky/kinematics';

/** A rectangular grid that is measured with a stop at each cell. */
export interface BoundGrid {
  rows: number;
  columns: number;
  stepDeg: number;
}

/**
 * Lower bound for every tour of a grid, seconds: L = N standing + (N - lines) cheap hops + (lines -
 * 1) expensive hops. A tour has N - 1 hops and contains a spanning tree; the lightest tree uses all
 * cheap hops and the expensive hops that join the lines.
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
