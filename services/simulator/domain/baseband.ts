import { dbToLinear } from '#shared/units';
import { createRandom, gaussianPair, type Random } from './random.ts';
import type { ReceivedPower } from './truth.ts';

/** Full scale of the converter in units of its least significant bit: codes 0..255 stand for -127.5..127.5. */
const FULL_SCALE_LSB = 127.5;
/** What every tuner of this kind leaks into its own middle, LSB. */
const DC_OFFSET = { i: 0.6, q: -0.4 };
const TABLE_SAMPLES = 1 << 18;
const CARRIER_SAMPLES = 2_048;

/** Makes unsigned 8-bit IQ of a given power. */
export interface Baseband {
  /**
   * Fills `iq` (pairs of bytes) with samples of a power that is constant over them. `gainDb` turns milliwatts at the
   * antenna into a share of full scale: dBFS = dBm + gainDb.
   */
  fill(iq: Uint8ClampedArray, power: ReceivedPower, gainDb: number): void;
}

/** The same seed makes the same samples. */
export function createBaseband(seed: number): Baseband {
  const random = createRandom(seed);
  const noise = noiseTable(random);
  const carrier = carrierTable(random);
  let carrierAt = 0;
  return {
    fill(iq, { noiseMw, carrierMw }, gainDb) {
      const scale = FULL_SCALE_LSB * Math.sqrt(dbToLinear(gainDb));
      const noiseLsb = scale * Math.sqrt(noiseMw);
      const carrierLsb = scale * Math.sqrt(carrierMw);
      // A window at a random place of the table for every call. The table's mean power is exactly 1, so the mean over many
      // windows varies as that of fresh noise does: sigma = 1 / sqrt(samples).
      let n = 2 * Math.floor(random() * (TABLE_SAMPLES - iq.length / 2));
      let c = carrierAt;
      for (let k = 0; k < iq.length; k += 2) {
        // A clamped array rounds and clips as the converter does.
        iq[k] =
          FULL_SCALE_LSB +
          DC_OFFSET.i +
          noiseLsb * (noise[n] as number) +
          carrierLsb * (carrier[c] as number);
        iq[k + 1] =
          FULL_SCALE_LSB +
          DC_OFFSET.q +
          noiseLsb * (noise[n + 1] as number) +
          carrierLsb * (carrier[c + 1] as number);
        n += 2;
        c = (c + 2) & (2 * CARRIER_SAMPLES - 1);
      }
      carrierAt = c;
    },
  };
}

/** Complex Gaussian noise, I and Q interleaved, mean 0 and mean power 1. */
function noiseTable(random: Random): Float32Array {
  const table = new Float32Array(2 * TABLE_SAMPLES);
  let sumI = 0;
  let sumQ = 0;
  for (let k = 0; k < table.length; k += 2) {
    const [i, q] = gaussianPair(random);
    table[k] = i;
    table[k + 1] = q;
    sumI += i;
    sumQ += q;
  }
  let power = 0;
  for (let k = 0; k < table.length; k += 2) {
    const i = (table[k] as number) - sumI / TABLE_SAMPLES;
    const q = (table[k + 1] as number) - sumQ / TABLE_SAMPLES;
    power += i * i + q * q;
    table[k] = i;
    table[k + 1] = q;
  }
  const scale = Math.sqrt(TABLE_SAMPLES / power);
  return table.map((value) => value * scale);
}

/** A handful of carriers on both sides of the middle, repeating without a seam, mean power 1. */
function carrierTable(random: Random): Float32Array {
  const tones = [-640, -331, -97, 128, 287, 555].map((cycles) => ({ cycles, phase: 2 * Math.PI * random() }));
  const table = new Float32Array(2 * CARRIER_SAMPLES);
  const amplitude = 1 / Math.sqrt(tones.length);
  for (let k = 0; k < CARRIER_SAMPLES; k++)
    for (const { cycles, phase } of tones) {
      const angle = (2 * Math.PI * cycles * k) / CARRIER_SAMPLES + phase;
      table[2 * k] = (table[2 * k] as number) + amplitude * Math.cos(angle);
      table[2 * k + 1] = (table[2 * k + 1] as number) + amplitude * Math.sin(angle);
    }
  return table;
}
