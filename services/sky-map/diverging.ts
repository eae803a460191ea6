import { interpolateRdBu } from 'd3-scale-chromatic';

/**
 * For differences: blue below the middle, red above it, both darker the farther away. Blue and red
 * stay apart to the colour-blind.
 */
export const DIVERGING = 'blue_red';

/** The colour at a share (0 to 1) of the range. */
export function divergingColour(share: number): string {
  return interpolateRdBu(1 - share);
}
