import { interpolateRdBu } from 'd3-scale-chromatic';

/**
 * The palette of differences: blue below zero, red above it, darker with distance. Distinguishable
 * for the colour-blind.
 */
export const DIVERGING = 'blue_red';

/** The colour at a share (0 to 1) of the range. */
export function divergingColour(share: number): string {
  return interpolateRdBu(1 - share);
}
