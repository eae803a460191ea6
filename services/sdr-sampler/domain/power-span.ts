import { SkyScanError } from '#shared/base/errors';
import { dbToLinear } from '#shared/sky/units';
import { expectedClipping } from './clipping.ts';
import type { PowerLine } from './power-line.ts';
import { checkResolution, type SpectrumSettings } from './spectrum-channels.ts';

/** The arguments of rtl_power, and the position of the channel. */
export interface PowerSpan {
  lowHz: number;
  highHz: number;
  /** Bins per hop. */
  bins: number;
  /** The tuner frequencies; each hop prints a line. */
  hopsHz: readonly number[];
  /** Fraction of a hop's bins that is cut off, half at each edge. */
  crop: number;
  channelLowHz: number;
  channelHighHz: number;
}

/**
 * Sample rate of a single hop: the highest without lost samples. Below 1 MHz rtl_power overflows
 * silently.
 */
export const SPAN_HZ = 2_400_000;
/**
 * Places a channel in a single hop beside the middle bin, which rtl_power overwrites with its
 * neighbour, and inside the tuner's filter.
 */
const OFF_CENTRE_HZ = 600_000;
const MAX_OFF_CENTRE_HZ = 1_000_000;
/**
 * A wider channel is measured in two halves; the middle of each hop is outside the channel by this
 * much.
 */
const BESIDE_CHANNEL_HZ = 50_000;
/**
 * 3 / 32 of any number of bins is a whole number, so the bins of both hops are aligned and a
 * carrier at the border is shared without a gap.
 */
const CROP = 3 / 32;
const MIN_BINS = 256;
const MAX_BINS = 4_096;
const BINS_PER_CHANNEL = 128;
const MIN_BINS_PER_CHANNEL = 8;
// rtl_power uses 32-bit frequencies.
const MAX_CENTER_HZ = 2_147_000_000 - SPAN_HZ;
const FULL_SCALE_LSB = 127.5;
/** Bins on each side that contain a carrier: the main lobe of a Hamming window. */
const LOBE_BINS = 2;

/**
 * Throws `out_of_range` for channels that rtl_power cannot measure. `reaches`: whether the tuner
 * supports a frequency. With a spectrum, each hop has as many bins as it has channels.
 */
export function planSpan(
  centerFrequencyHz: number,
  bandwidthHz: number,
  reaches: (hz: number) => boolean = () => true,
  spectrum?: SpectrumSettings,
): PowerSpan {
  const narrowestHz = (MIN_BINS_PER_CHANNEL * SPAN_HZ) / MAX_BINS;
  if (bandwidthHz < narrowestHz || bandwidthHz > SPAN_HZ)
    throw new SkyScanError(
      'out_of_range',
      `bandwidth ${bandwidthHz} Hz is outside ${narrowestHz}..${SPAN_HZ} Hz of rtl_power`,
    );
  if (centerFrequencyHz > MAX_CENTER_HZ)
    throw new SkyScanError(
      'out_of_range',
      `center frequency ${centerFrequencyHz} Hz is above ${MAX_CENTER_HZ} Hz of rtl_power`,
    );
  if (spectrum) checkResolution(bandwidthHz, SPAN_HZ, spectrum);
  const wanted = 2 ** Math.ceil(Math.log2((BINS_PER_CHANNEL * SPAN_HZ) / bandwidthHz));
  const channel = {
    bins: spectrum?.channels ?? Math.min(MAX_BINS, Math.max(MIN_BINS, wanted)),
    channelLowHz: centerFrequencyHz - bandwidthHz / 2,
    channelHighHz: centerFrequencyHz + bandwidthHz / 2,
  };
  if (bandwidthHz <= MAX_OFF_CENTRE_HZ) {
    const sides = [centerFrequencyHz - OFF_CENTRE_HZ, centerFrequencyHz + OFF_CENTRE_HZ].map(Math.round);
    const middleHz = sides.find(reaches);
    if (middleHz === undefined) throw tooNearTheEnd();
    const edges = { lowHz: middleHz - SPAN_HZ / 2, highHz: middleHz + SPAN_HZ / 2 };
    return { ...channel, ...edges, hopsHz: [middleHz], crop: 0 };
  }
  const half = Math.ceil(bandwidthHz / 2) + BESIDE_CHANNEL_HZ;
  const middleHz = Math.round(centerFrequencyHz);
  const edges = { lowHz: middleHz - 2 * half, highHz: middleHz + 2 * half };
  const hopsHz = [middleHz - half, middleHz + half];
  if (!hopsHz.every(reaches)) throw tooNearTheEnd();
  return { ...channel, ...edges, hopsHz, crop: CROP };

  function tooNearTheEnd(): SkyScanError {
    const most = bandwidthHz > MAX_OFF_CENTRE_HZ ? `; at most ${MAX_OFF_CENTRE_HZ} Hz fit here` : '';
    return new SkyScanError(
      'out_of_range',
      `bandwidth ${bandwidthHz} Hz at ${centerFrequencyHz} Hz is too near to the end of the tuner's range${most}`,
    );
  }
}

/**
 * Arguments of rtl_power for a span: integers, with a bin width that rtl_power halves to the wanted
 * number of bins.
 */
export function spanArguments({ lowHz, highHz, bins, hopsHz, crop }: PowerSpan): string[] {
  const rateHz = (highHz - lowHz) / hopsHz.length / (1 - crop);
  const range = `${lowHz}:${highHz}:${Math.ceil(rateHz / bins)}`;
  return ['-f', range, '-w', 'hamming', ...(crop > 0 ? ['-c', String(crop)] : [])];
}

/** The channel in one line. Power is relative to a full-scale complex tone. */
export interface LinePower {
  /** Power in the part of the channel covered by this hop. */
  channel: number;
  /** Root mean square of I and of Q, LSB. */
  rmsLsb: number;
  /** Expected fraction of clipped I and Q values; rtl_power does not report it. */
  clippedFraction: number;
}

/** One hop: the channel, and the power of each bin in order of rising frequency. */
export interface HopPower extends LinePower {
  /** Centre of the first bin and width of a bin, Hz. */
  firstHz: number;
  stepHz: number;
  transforms: number;
  /** NaN after an overflow. */
  powers: number[];
}

/** Index of the hop of a line; undefined for another frequency. */
export function hopOf({ lowHz, highHz, stepHz }: PowerLine, { hopsHz }: PowerSpan): number | undefined {
  const middleHz = (lowHz + highHz) / 2;
  const hop = hopsHz.findIndex((hz) => Math.abs(hz - middleHz) <= stepHz);
  return hop < 0 ? undefined : hop;
}

/**
 * dBFS = 10 log10(sum of linear bins) + 10 log10(rate) - 10 log10(full scale). Full scale is 86.20
 * dB with 64 bins and 86.27 dB with 4,096 (checked against rtl_power 0.6.0: levels.test.ts and
 * spectrum-comb.test.ts in test/hardware). Bins at the edges of the channel count partially; each
 * of two hops covers one half. A bin without power counts as the minimum that rtl_power can print.
 * Throws `unavailable` if a bin in the channel has overflowed.
 */
export function linePower(line: PowerLine, span: PowerSpan, hop: number): HopPower {
  const { stepHz, levelsDb } = line;
  const rateHz = stepHz * span.bins;
  const scale = rateHz / fullScale(span.bins);
  const least = 1 / (rateHz * line.transforms);
  const powers = levelsDb.map((levelDb) => scale * (levelDb === -Infinity ? least : dbToLinear(levelDb)));
  const middleHz = (line.lowHz + line.highHz) / 2;
  // FFT bins are centred; the middle one is at the tuner's frequency.
  const firstHz = middleHz - (levelsDb.length / 2) * stepHz;
  // The last bin of the lower hop ends half a bin below the middle of the span.
  const borderHz = (span.lowHz + span.highHz) / 2 - stepHz / 2;
  const two = span.hopsHz.length > 1;
  const lowHz = two && hop === 1 ? borderHz : span.channelLowHz;
  const highHz = two && hop === 0 ? borderHz : span.channelHighHz;
  let channel = 0;
  for (const [k, power] of powers.entries()) {
    const binHz = firstHz + k * stepHz;
    const insideHz = Math.min(binHz + stepHz / 2, highHz) - Math.max(binHz - stepHz / 2, lowHz);
    if (insideHz <= 0) continue;
    if (Number.isNaN(power))
      throw new SkyScanError(
        'unavailable',
        `rtl_power reports nan at ${Math.round(binHz)} Hz, inside the channel: its sum has overflowed. Less gain_db, or a 64-bit system`,
      );
    channel += power * Math.min(1, insideHz / stepHz);
  }
  return { channel, ...converterOf(powers), firstHz, stepHz, transforms: line.transforms, powers };
}

/**
 * What rtl_power reports for a full-scale complex tone, summed over all bins and times the rate:
 * 127.5^2 mean w^2. Its Hamming window consists of whole numbers up to 256 and is symmetric, so the
 * mean depends on the number of bins. (Without a window its 16-bit FFT overflows from -1 dBFS.)
 */
function fullScale(bins: number): number {
  let squares = 0;
  for (let n = 0; n < bins; n++)
    squares += Math.floor(256 * (25 / 46 - (21 / 46) * Math.cos((2 * Math.PI * n) / (bins - 1)))) ** 2;
  return (FULL_SCALE_LSB ** 2 * squares) / bins;
}

/** State of the converter estimated from the bins: the strongest carrier, and the rest as noise. */
function converterOf(powers: readonly number[]): Pick<LinePower, 'rmsLsb' | 'clippedFraction'> {
  const known = powers.map((power) => (Number.isNaN(power) ? 0 : power));
  const whole = known.reduce((sum, power) => sum + power, 0);
  const peak = known.reduce((best, power, k) => (power > (known[best] as number) ? k : best), 0);
  const lobe = known.slice(Math.max(0, peak - LOBE_BINS), peak + LOBE_BINS + 1);
  const noiseDensity =
    (whole - lobe.reduce((sum, power) => sum + power, 0)) / Math.max(1, known.length - lobe.length);
  const carrier = lobe.reduce((sum, power) => sum + Math.max(0, power - noiseDensity), 0);
  return {
    rmsLsb: FULL_SCALE_LSB * Math.sqrt(whole / 2),
    clippedFraction: expectedClipping(
      FULL_SCALE_LSB * Math.sqrt(carrier),
      FULL_SCALE_LSB * Math.sqrt(Math.max(0, whole - carrier) / 2),
    ),
  };
}
