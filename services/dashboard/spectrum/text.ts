import type { SpectrumSummary } from '#contract/rest/spectra';
import { counted } from '#shared/base/plurals';
import { count, frequency, level } from '../lib/format.ts';
import type { Band } from '../sessions/selection-address.ts';
import { strongestPeaks, wholeBand } from './spectrum-shape.ts';

/** `433.05 to 434.79 MHz`, precise to the given width of a channel. */
export function bandText({ fromHz, toHz }: Band): string {
  const [unit, factor] = toHz >= 1e6 ? ['MHz', 1e6] : ['kHz', 1e3];
  // Enough decimals to tell the ends apart.
  const decimals = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10((toHz - fromHz) / factor))));
  const text = (hz: number) => String(Number((hz / factor).toFixed(decimals)));
  return `${text(fromHz)} to ${text(toHz)} ${unit}`;
}

/** Summarises the spectra of a session. */
export function describeSummary(summary: SpectrumSummary): string {
  const { unit, floor_db, channels, points } = summary;
  const [peak] = strongestPeaks(summary, 1);
  return [
    `${counted(channels, 'channel', count)} from ${bandText(wholeBand(summary))}, ${counted(points, 'point', count)}.`,
    ...(floor_db === null ? [] : [`Floor ${level(floor_db, unit)}.`]),
    ...(peak ? [`Highest level ${level(peak.maxDb, unit)} at ${frequency(peak.frequencyHz)}.`] : []),
  ].join(' ');
}
