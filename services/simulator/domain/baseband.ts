import { dbToLinear } from '#shared/sky/units';
import { createRandom, gaussianPair, type Random } from './random.ts';
import type { ReceivedPower } from './truth.ts';

/**
 * Full scale of the converter in units of its least significant bit: codes 0..255 stand for
 * -127.5..127.5.
 */
const FULL_SCALE_LSB = 127.5;
/** The DC offset of the tuner, LSB. */
const DC_OFFSET = { i: 0.6, q: -0.4 };
const TABLE_SAMPLES = 1 << 18;
const CARRIER_SAMPLES = 16_384;
/** The carriers are around this frequency and repeat every period, for any tuner frequency. */
const CARRIERS_AROUND_HZ = 1_420_000_000;
const CARRIER_OFFSETS_HZ = [-640_000, -331_000, -97_000, 128_000, 287_000, 555_000];
const CARRIER_PERIOD_HZ = 2_048_000;

/** The settings of the tuner. It receives half the sample rate on either side of its frequency. */
export interface Tuned {
  frequencyHz: number;
  sampleRateHz: number;
}

/** Generates unsigned 8-bit IQ samples of a given power. */
export interface Baseband {
  /**
   * Fills `iq` (pairs of bytes) with samples of constant power. `gainDb`: dBFS = dBm + gainDb.
   * Carriers keep their frequencies when the tuner frequency changes; their power is per 2.048 MHz.
   */
  fill(iq: Uint8ClampedArray, power: ReceivedPower, gainDb: number, tuned: Tuned): void;
}

/** The same seed gives the same samples. */
export function createBaseband(seed: number): Baseband {
  const random = createRandom(seed);
  const noise = noiseTable(random);
  const carrierPhases = CARRIER_OFFSETS_HZ.map(() => 2 * Math.PI * random());
  let tunedCarrier: { tuned: Tuned; table: Float32Array } | undefined;
  let carrierAt = 0;

  function carrierFor({ frequencyHz, sampleRateHz }: Tuned): Float32Array {
    const last = tunedCarrier;
    if (last?.tuned.frequencyHz === frequencyHz && last.tuned.sampleRateHz === sampleRateHz)
      return last.table;
    const tuned = { frequencyHz, sampleRateHz };
    tunedCarrier = { tuned, table: carrierTable(tuned, carrierPhases) };
    return tunedCarrier.table;
  }

  return {
    fill(iq, { noiseMw, carrierMw }, gainDb, tuned) {
      const carrier = carrierFor(tuned);
      const scale = FULL_SCALE_LSB * Math.sqrt(dbToLinear(gainDb));
      const noiseLsb = scale * Math.sqrt(noiseMw);
      const carrierLsb = scale * Math.sqrt(carrierMw);
      // Each call uses a window at a random position of the table. The mean power of the table is
      // exactly 1, so the means of windows vary as those of new noise: sigma = 1 / sqrt(samples).
      let n = 2 * Math.floor(random() * (TABLE_SAMPLES - iq.length / 2));
      let c = carrierAt;
      for (let k = 0; k < iq.length; k += 2) {
        // A clamped array rounds and clips like the converter.
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

/**
 * The carriers in the sampled band as a periodic table; those of one period have mean power 1.
 * Frequencies are rounded to the sample rate / 16,384: 125 Hz at 2.048 MS/s.
 */
function carrierTable({ frequencyHz, sampleRateHz }: Tuned, phases: readonly number[]): Float32Array {
  const table = new Float32Array(2 * CARRIER_SAMPLES);
  const amplitude = 1 / Math.sqrt(CARRIER_OFFSETS_HZ.length);
  for (const [k, offsetHz] of CARRIER_OFFSETS_HZ.entries()) {
    const aboveTunerHz = CARRIERS_AROUND_HZ + offsetHz - frequencyHz;
    const first = Math.ceil((-sampleRateHz / 2 - aboveTunerHz) / CARRIER_PERIOD_HZ);
    for (let n = first; aboveTunerHz + n * CARRIER_PERIOD_HZ < sampleRateHz / 2; n++) {
      const cycles = Math.round(((aboveTunerHz + n * CARRIER_PERIOD_HZ) / sampleRateHz) * CARRIER_SAMPLES);
      addTone(table, cycles, amplitude, phases[k] as number);
    }
  }
  return table;
}

// Rotates per sample instead of computing sine and cosine: 16,384 rotations change the amplitude by
// less than 1e-12.
function addTone(table: Float32Array, cycles: number, amplitude: number, phase: number): void {
  const angle = (2 * Math.PI * cycles) / CARRIER_SAMPLES;
  const [stepI, stepQ] = [Math.cos(angle), Math.sin(angle)];
  let i = amplitude * Math.cos(phase);
  let q = amplitude * Math.sin(phase);
  for (let at = 0; at < table.length; at += 2) {
    table[at] = (table[at] as number) + i;
    table[at + 1] = (table[at + 1] as number) + q;
    [i, q] = [i * stepI - q * stepQ, i * stepQ + q * stepI];
  }
}
