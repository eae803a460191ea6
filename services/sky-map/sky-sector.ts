/**
 * A sector of the sky, degrees. Azimuths run clockwise from start to end, through north if the end
 * is smaller.
 */
export interface SkySector {
  azStartDeg: number;
  azEndDeg: number;
  elMinDeg: number;
  elMaxDeg: number;
}
