import { CHANNEL_FLAGS } from '#shared/spectrum/channels';
import type { Spectrum, SpectrumSummary } from '#contract/rest/spectra';
import type { Band } from '../sessions/selection-address.ts';

/** The channels of a spectrum. */
export type Channels = Pick<Spectrum, 'first_channel_hz' | 'channel_hz' | 'channels'>;

/** The frequencies that the channels cover. */
export function wholeBand({ first_channel_hz, channel_hz, channels }: Channels): Band {
  const fromHz = first_channel_hz - channel_hz / 2;
  return { fromHz, toHz: fromHz + channels * channel_hz };
}

/** The same without the channels at the band edges, where the receiver's filter attenuates. */
export function usableBand(summary: Channels & Pick<SpectrumSummary, 'flags'>): Band {
  const { first_channel_hz, channel_hz, flags } = summary;
  const isEdge = (bits: number) => (bits & CHANNEL_FLAGS.bandEdge) !== 0;
  const first = flags.findIndex((bits) => !isEdge(bits));
  const last = flags.findLastIndex((bits) => !isEdge(bits));
  if (first < 0) return wholeBand(summary);
  return {
    fromHz: first_channel_hz + (first - 0.5) * channel_hz,
    toHz: first_channel_hz + (last + 0.5) * channel_hz,
  };
}

/** The centre frequencies of the channels, Hz. */
export function channelCentresHz({ first_channel_hz, channel_hz, channels }: Channels): Float64Array {
  return Float64Array.from({ length: channels }, (_, k) => first_channel_hz + k * channel_hz);
}

/** The channel at a frequency; may lie outside 0..channels - 1. */
export function channelAt({ first_channel_hz, channel_hz }: Channels, hz: number): number {
  return Math.round((hz - first_channel_hz) / channel_hz);
}

// Axes shorter than this would show noise as structure.
const MIN_SPAN_DB = 10;
const MARGIN_DB = 3;

/**
 * The level axis of a session's spectra, dB: from below its lowest median or floor to above its
 * highest level. It does not depend on the cell that is shown.
 */
export function levelSpan({ median_db, max_db, floor_db }: SpectrumSummary): [number, number] {
  const known = [...(median_db ?? []), ...(max_db ?? []), floor_db].filter((value) => value !== null);
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low > high) return [-120, -20];
  return [low - MARGIN_DB, Math.max(high, low + MIN_SPAN_DB) + MARGIN_DB];
}

/** A channel that stands out. */
export interface Peak {
  frequencyHz: number;
  medianDb: number | null;
  maxDb: number;
}

// Other channels of the same signal are not peaks of their own.
const APART_CHANNELS = 3;

/** The highest local maxima of the max hold, without the DC offset and the band edges. */
export function strongestPeaks(summary: SpectrumSummary, count: number): Peak[] {
  const { max_db, median_db, flags, first_channel_hz, channel_hz } = summary;
  const levels = max_db ?? median_db ?? [];
  const ignored = CHANNEL_FLAGS.dc | CHANNEL_FLAGS.bandEdge;
  const candidates = levels
    .map((level, k) => ({ level, k }))
    .filter((one): one is { level: number; k: number } => one.level !== null)
    .filter(({ k }) => ((flags[k] ?? 0) & ignored) === 0)
    .filter(({ level, k }) => level >= (levels[k - 1] ?? -Infinity) && level >= (levels[k + 1] ?? -Infinity))
    .sort((a, b) => b.level - a.level);
  const found: { level: number; k: number }[] = [];
  for (const one of candidates) {
    if (found.length === count) break;
    if (found.every(({ k }) => Math.abs(k - one.k) >= APART_CHANNELS)) found.push(one);
  }
  return found.map(({ level, k }) => ({
    frequencyHz: first_channel_hz + k * channel_hz,
    medianDb: median_db?.[k] ?? null,
    maxDb: level,
  }));
}
