/**
 * A part of the sky, degrees; from the start clockwise to the end, through north when it is
 * smaller.
 */
export interface SkySector {
  azStartDeg: number;
  azEndDeg: number;
  elMinDeg: number;
  elMaxDeg: number;
}
