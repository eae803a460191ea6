import { dbToLinear, linearToDb } from '#shared/sky/units';
import { channelAt, type CombBand, type CombCarrier } from './carrier-comb.ts';

/** The window w = a - (1 - a) cos: `a` of Hann, and of the Hamming window of rtl_power. */
export const HANN = 0.5;
export const HAMMING = 25 / 46;

export interface CombModel {
  window: number;
  /** Noise in one channel, relative to full scale. */
  noise: number;
}

/** What a spectrum shows of a carrier. */
export interface CombRow extends CombCarrier {
  /** From the carrier to the centre of the channel with the peak, in channels. */
  peakOff: number;
  /** From the carrier to the interpolated frequency of the peak, in channels. */
  frequencyOff: number;
  /** Of the sum of three channels, without noise and other carriers. */
  errorDb: number;
}

/** Channels on each side of a carrier in which its peak is searched. */
const NEAR = 3;

/** Expected mean power of each channel, relative to full scale, without the DC offset. */
export function expectedPowers(band: CombBand, comb: readonly CombCarrier[], model: CombModel): number[] {
  const { channels, hasSeam } = band;
  const placed = comb.map(({ hz, dbfs }) => ({ at: channelAt(band, hz), power: dbToLinear(dbfs) }));
  return Array.from({ length: channels }, (_, k) =>
    placed.reduce((sum, { at, power }) => {
      const apart = Math.abs(at - k);
      // What leaves the sampled band at one end enters it at the other.
      const distance = hasSeam ? apart : Math.min(apart, channels - apart);
      return sum + power * toneShare(model.window, distance);
    }, model.noise),
  );
}

/** Finds every carrier in a spectrum. `powers`: of each channel, relative to full scale. */
export function combRows(
  band: CombBand,
  comb: readonly CombCarrier[],
  powers: readonly number[],
  model: CombModel,
): CombRow[] {
  return comb.map((carrier) => {
    const others = comb.filter((other) => other !== carrier);
    const background = expectedPowers(band, others, model);
    const powerOf = (channel: number) => {
      const k = (channel + band.channels) % band.channels;
      return (powers[k] as number) - (background[k] as number);
    };
    const at = channelAt(band, carrier.hz);
    const near = Array.from({ length: 2 * NEAR + 1 }, (_, k) => Math.round(at) - NEAR + k);
    const peak = near.reduce((best, k) => (powerOf(k) > powerOf(best) ? k : best));
    const side = powerOf(peak + 1) > powerOf(peak - 1) ? 1 : -1;
    const distance = distanceFromPeak(model.window, powerOf(peak + side) / powerOf(peak));
    const sum = powerOf(peak - 1) + powerOf(peak) + powerOf(peak + 1);
    return {
      ...carrier,
      peakOff: peak - at,
      frequencyOff: peak + side * distance - at,
      errorDb: linearToDb(sum) - carrier.dbfs,
    };
  });
}

/**
 * Share of a tone's power in a channel `d` channels away: |W(d)|^2 / mean w^2 with W(d) = a sinc(d)
 * + (1 - a)/2 (sinc(d - 1) + sinc(d + 1)) (Harris 1978).
 */
function toneShare(window: number, d: number): number {
  const amplitude = window * sinc(d) + ((1 - window) / 2) * (sinc(d - 1) + sinc(d + 1));
  return amplitude ** 2 / (window ** 2 + (1 - window) ** 2 / 2);
}

function sinc(x: number): number {
  return Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/**
 * From the channel with the peak to the tone, 0 to 0.5 channels, by the power of the next channel
 * relative to that of the peak.
 */
function distanceFromPeak(window: number, ratio: number): number {
  let [low, high] = [0, 0.5];
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (toneShare(window, 1 - middle) / toneShare(window, middle) < ratio) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
