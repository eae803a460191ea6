import { SkyScanError } from '#shared/errors';
import { dbToLinear } from '#shared/units';
import type { PowerLine } from './power-line.ts';

/** What rtl_power is asked for, and where in it the channel is. */
export interface PowerSpan {
  lowHz: number;
  highHz: number;
  bins: number;
  channelLowHz: number;
  channelHighHz: number;
}

/** One hop of the widest span that loses no samples. Under 1 MHz rtl_power saturates without a word. */
export const SPAN_HZ = 2_400_000;
// Beside the middle, where rtl_power puts the neighbour's value over the tuner's DC offset, and inside the tuner's filter.
const OFF_CENTRE_HZ = 600_000;
const WIDEST_OFF_CENTRE_HZ = 1_000_000;
const FEWEST_BINS = 64;
const MOST_BINS = 4_096;
const BINS_PER_CHANNEL = 16;
const FEWEST_BINS_PER_CHANNEL = 8;
// rtl_power counts frequencies in 32 bits.
const HIGHEST_HZ = 2_147_000_000 - SPAN_HZ;
/** 20 log10(127.5) + 20 log10(256): full scale of the converter, and the factor of rtl_power's rectangle window. */
const FULL_SCALE_DB = 90.27;
const FULL_SCALE_LSB = 127.5;

/** Throws `out_of_range` for channels that rtl_power cannot measure. */
export function planSpan(centerFrequencyHz: number, bandwidthHz: number): PowerSpan {
  const narrowestHz = (FEWEST_BINS_PER_CHANNEL * SPAN_HZ) / MOST_BINS;
  if (bandwidthHz < narrowestHz || bandwidthHz > SPAN_HZ)
    throw new SkyScanError(
      'out_of_range',
      `bandwidth ${bandwidthHz} Hz is outside ${narrowestHz}..${SPAN_HZ} Hz of rtl_power`,
    );
  if (centerFrequencyHz > HIGHEST_HZ)
    throw new SkyScanError(
      'out_of_range',
      `center frequency ${centerFrequencyHz} Hz is above ${HIGHEST_HZ} Hz of rtl_power`,
    );
  const offsetHz = bandwidthHz <= WIDEST_OFF_CENTRE_HZ ? OFF_CENTRE_HZ : 0;
  const lowHz = Math.round(centerFrequencyHz - offsetHz) - SPAN_HZ / 2;
  const wanted = 2 ** Math.ceil(Math.log2((BINS_PER_CHANNEL * SPAN_HZ) / bandwidthHz));
  return {
    lowHz,
    highHz: lowHz + SPAN_HZ,
    bins: Math.min(MOST_BINS, Math.max(FEWEST_BINS, wanted)),
    channelLowHz: centerFrequencyHz - bandwidthHz / 2,
    channelHighHz: centerFrequencyHz + bandwidthHz / 2,
  };
}

/** `LOW:HIGH:BIN` of rtl_power's `-f`: whole numbers, the bin so that its halving ends at the wanted number of bins. */
export function spanArgument({ lowHz, highHz, bins }: PowerSpan): string {
  return `${lowHz}:${highHz}:${Math.ceil((highHz - lowHz) / bins)}`;
}

/** Powers of one line relative to a full-scale complex tone. */
export interface LinePower {
  channel: number;
  wholeSpan: number;
}

/**
 * dBFS = 10 log10(sum of linear bins) + 10 log10(rate) - 90.27 for one hop with the rectangle window (checked against
 * rtl_power 0.6.0: within 0.06 dB from 3 to 36 LSB rms). Bins at the channel's edge count by their share.
 */
export function linePower(line: PowerLine, span: PowerSpan): LinePower {
  const rateHz = line.stepHz * line.levelsDb.length;
  const scale = rateHz * dbToLinear(-FULL_SCALE_DB);
  let channel = 0;
  let wholeSpan = 0;
  for (const [k, levelDb] of line.levelsDb.entries()) {
    const power = dbToLinear(levelDb) * scale;
    // Bin k stands for the frequencies around low + k steps, not from there on: an FFT's bins are centred.
    const middleHz = line.lowHz + k * line.stepHz;
    const insideHz =
      Math.min(middleHz + line.stepHz / 2, span.channelHighHz) -
      Math.max(middleHz - line.stepHz / 2, span.channelLowHz);
    wholeSpan += power;
    channel += power * Math.min(1, Math.max(0, insideHz / line.stepHz));
  }
  return { channel: span.channelHighHz - span.channelLowHz >= rateHz ? wholeSpan : channel, wholeSpan };
}

/** Root mean square of I and of Q, LSB, from the power of the whole span. */
export function rmsLsbOf(wholeSpan: number): number {
  return FULL_SCALE_LSB * Math.sqrt(wholeSpan / 2);
}

/**
 * Share of I and Q values that a converter clips when the signal is noise of this strength: rtl_power does not tell, so
 * this is what must be expected. 2 Q(x) = erfc(x / sqrt 2) with x = 127.5 / rms (Abramowitz and Stegun 7.1.26).
 */
export function expectedClipping(rmsLsb: number): number {
  if (rmsLsb <= 0) return 0;
  const x = FULL_SCALE_LSB / rmsLsb / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return series * Math.exp(-x * x);
}
