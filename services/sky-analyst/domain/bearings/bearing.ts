import type { Site } from '#shared/sky/site';
import type { FrequencyRange } from '../frequency-range.ts';

/** The azimuth of a source as a site measured it. */
export interface Bearing extends Site {
  siteId: string;
  azimuthDeg: number;
  /** Standard deviation of the azimuth. */
  sigmaDeg: number;
  /** Frequencies of the source; undefined: not known. */
  channels?: readonly FrequencyRange[];
  /** First and last time the source was seen, Unix milliseconds; undefined: not known. */
  fromMs?: number;
  toMs?: number;
}

export type BearingClass = 'A' | 'B' | 'C';

const CLASSES = { A: 2, B: 5, C: 10 };

/** Standard deviation, degrees, of a class of bearings (ITU-R SM.854), or the given one. */
export function bearingSigmaDeg(accuracy: number | BearingClass): number {
  return typeof accuracy === 'number' ? accuracy : CLASSES[accuracy];
}

/** Degrees of a turn, -180 to 180: 350 is -10. */
export function wrappedDeg(deg: number): number {
  return deg - 360 * Math.round(deg / 360);
}
