import type { Pointing } from './pointing.ts';

/**
 * Lowest elevation that the antenna may point at, by azimuth of the sky (0 to 360, ascending), straight lines between the
 * points, closed through north. Empty: no mask.
 */
export type HorizonMask = readonly Pointing[];

/** A part of the sky into which the antenna never points: from the start clockwise to the end, through north when it is smaller. */
export interface KeepOutSector {
  azStartDeg: number;
  azEndDeg: number;
  elMinDeg: number;
  elMaxDeg: number;
}
