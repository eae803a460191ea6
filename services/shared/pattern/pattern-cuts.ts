import { SkyScanError } from '../base/errors.ts';

/**
 * Two principal cuts of an antenna at whole degrees. Gains are dB relative to the peak; element k
 * of a cut is k degrees from the beam axis.
 */
export interface PatternCuts {
  name: string;
  /** Clockwise seen from above: to the right. */
  azimuthDb: readonly number[];
  /** Upwards. */
  elevationDb: readonly number[];
  /** Of the peak. Undefined: unknown. */
  gainDbi: number | undefined;
  /** Undefined: unknown. */
  frequencyMhz: number | undefined;
}

/** Facts that some formats have fields for; undefined: unknown. */
export interface PatternFacts {
  azimuthWidthDeg?: number | undefined;
  elevationWidthDeg?: number | undefined;
  frontToBackDb?: number | undefined;
  /** UTC, such as 2026-02-14. */
  date?: string | undefined;
  polarization?: 'H' | 'V' | undefined;
}

export const CUT_POINTS = 360;

/** A cut point as measured; degrees from the axis, -180 to 179. */
interface MeasuredPoint {
  angleDeg: number;
  /** NaN: not measured. */
  gainDb: number;
}

/**
 * The whole degrees of a measured cut. Throws `wrong_state` for angles that were not measured,
 * unless `fillDb` says what is to be assumed there.
 * @param name `azimuth`, for the message.
 */
export function wholeDegrees(
  name: string,
  cut: readonly MeasuredPoint[],
  fillDb: number | undefined,
): number[] {
  const found = new Array<number>(CUT_POINTS).fill(NaN);
  for (const { angleDeg, gainDb } of cut)
    if (Number.isInteger(angleDeg)) found[(angleDeg + CUT_POINTS) % CUT_POINTS] = gainDb;
  const missing = found.filter((gain) => !Number.isFinite(gain)).length;
  if (missing > 0 && fillDb === undefined)
    throw new SkyScanError(
      'wrong_state',
      `${missing} of ${CUT_POINTS} degrees of the ${name} cut were not measured, and this format needs all: say with fill_db which gain to assume there`,
    );
  return found.map((gain) => (Number.isFinite(gain) ? Math.min(0, gain) : (fillDb ?? NaN)));
}

/** Text of one line, without what ends lines or fields. */
export function oneLine(text: string): string {
  return text.replace(/[\p{C},]+/gu, ' ').trim();
}
