import { dbToLinear } from '#shared/sky/units';
import { createNoise } from './noise.ts';
import type { ReceivedSignals } from './received-signals.ts';

/**
 * Full scale of the converter in units of its least significant bit: codes 0..255 stand for
 * -127.5..127.5.
 */
const FULL_SCALE_LSB = 127.5;
/** The DC offset of the tuner, LSB. */
const DC_OFFSET = { i: 0.6, q: -0.4 };

/** Generates unsigned 8-bit IQ samples of a given power. */
export interface Baseband {
  /**
   * Fills `iq` (pairs of bytes) with noise and signals of constant power. `gainDb`: dBFS = dBm +
   * gainDb.
   */
  fill(iq: Uint8ClampedArray, noiseMw: number, signals: ReceivedSignals, gainDb: number): void;
}

/** The same seed gives the same samples. */
export function createBaseband(seed: number): Baseband {
  const noise = createNoise(seed);
  let sum = new Float32Array(0);
  return {
    fill(iq, noiseMw, signals, gainDb) {
      if (sum.length !== iq.length) sum = new Float32Array(iq.length);
      const scale = FULL_SCALE_LSB * Math.sqrt(dbToLinear(gainDb));
      noise.fill(sum, scale * Math.sqrt(noiseMw / 2));
      signals.add(sum, scale);
      // A clamped array rounds and clips like the converter.
      for (let k = 0; k < iq.length; k += 2) {
        iq[k] = FULL_SCALE_LSB + DC_OFFSET.i + (sum[k] as number);
        iq[k + 1] = FULL_SCALE_LSB + DC_OFFSET.q + (sum[k + 1] as number);
      }
    },
  };
}
