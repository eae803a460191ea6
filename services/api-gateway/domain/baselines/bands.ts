import type { HertzRange } from '../channel-range.ts';
import type { Tuning } from './setup.ts';

/** A part of the measured frequencies that has statistics of its own. */
export interface BaselineBand {
  /** Index of the band of the sessions. */
  band: number;
  from_hz: number;
  to_hz: number;
}

/** Parts of each band with spectra. */
const PARTS = 16;

/**
 * The whole bands, the widest first, and then equal parts of each one that has spectra. `measured`:
 * by index of the band, the measured frequencies of those with spectra.
 */
export function baselineBands(
  tunings: readonly Tuning[],
  measured: ReadonlyMap<number, HertzRange>,
): BaselineBand[] {
  const whole = tunings
    .map(({ center_frequency_hz: centre, bandwidth_hz: width }, band) => ({
      band,
      from_hz: centre - width / 2,
      to_hz: centre + width / 2,
    }))
    .sort((a, b) => b.to_hz - b.from_hz - (a.to_hz - a.from_hz) || a.band - b.band);
  const parts = whole.flatMap(({ band }) => {
    const range = measured.get(band);
    return range ? partsOf(band, range) : [];
  });
  return [...whole, ...parts];
}

function partsOf(band: number, { fromHz, toHz }: HertzRange): BaselineBand[] {
  const edge = (k: number) => fromHz + ((toHz - fromHz) * k) / PARTS;
  return Array.from({ length: PARTS }, (_, k) => ({ band, from_hz: edge(k), to_hz: edge(k + 1) }));
}
