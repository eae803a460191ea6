import { dbToLinear } from '#shared/sky/units';
import { createRandom, gaussianPair, type Random } from './random.ts';
import type { ReceivedPower } from './truth.ts';

/**
 * Full scale of the converter in units of its least significant bit: codes 0..255 stand for
 * -127.5..127.5.
 */
const FULL_SCALE_LSB = 127.5;
/** What every tuner of this kind leaks into its own middle, LSB. */
const DC_OFFSET = { i: 0.6, q: -0.4 };
const TABLE_SAMPLES = 1 << 18;
const CARRIER_SAMPLES = 16_384;
/**
 * Where the carriers are: around this frequency, and again every period, so that there are some
 * wherever the tuner is set.
 */
const CARRIERS_AROUND_HZ = 1_420_000_000;
const CARRIER_OFFSETS_HZ = [-640_000, -331_000, -97_000, 128_000, 287_000, 555_000];
const CARRIER_PERIOD_HZ = 2_048_000;

/** What the tuner receives: half the sample rate on either side of its frequency. */
export interface Tuned {
  frequencyHz: number;
  sampleRateHz: number;
}

/** Makes unsigned 8-bit IQ of a given power. */
export interface Baseband {
  /**
   * Fills `iq` (pairs of bytes) with samples of a power that is constant over them. `gainDb` turns
   * milliwatts at the antenna into a share of full scale: dBFS = dBm + gainDb. Carriers keep their
   * frequencies when the tuner is set to another one; their power is that in 2.048 MHz.
   */
  fill(iq: Uint8ClampedArray, power: ReceivedPower, gainDb: number, tuned: Tuned): void;
}

/** The same seed makes the same samples. */
export function createBaseband(seed: number): Baseband {
  const random = createRandom(seed);
  const noise = noiseTable(random);
  const carrierPhases = CARRIER_OFFSETS_HZ.map(() => 2 * Math.PI * random());
  let carrier: Float32Array = new Float32Array(0);
  let carrierOf: Tuned = { frequencyHz: NaN, sampleRateHz: NaN };
  let carrierAt = 0;
  return {
    fill(iq, { noiseMw, carrierMw }, gainDb, { frequencyHz, sampleRateHz }) {
      if (frequencyHz !== carrierOf.frequencyHz || sampleRateHz !== carrierOf.sampleRateHz) {
        carrierOf = { frequencyHz, sampleRateHz };
        carrier = carrierTable(carrierOf, carrierPhases);
      }
      const scale = FULL_SCALE_LSB * Math.sqrt(dbToLinear(gainDb));
      const noiseLsb = scale * Math.sqrt(noiseMw);
      const carrierLsb = scale * Math.sqrt(carrierMw);
      // A window at a random place of the table for every call. The table's mean power is exactly
      // 1, so the mean over many windows varies as that of fresh noise does: sigma = 1 /
      // sqrt(samples).
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

/**
 * The carriers between the edges of the sampled band, repeating without a seam; those of one period
 * have mean power 1. Their frequencies are rounded to the sample rate / 16,384: 125 Hz at 2.048
 * MS/s.
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

// A rotation per sample instead of a sine and a cosine: 16,384 of them change the amplitude by less
// than 1e-12.
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
