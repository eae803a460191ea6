import { between, gaussianPair, type Random } from '../../services/simulator/domain/random.ts';
import { dbToLinear } from '../../services/shared/sky/units.ts';
import { seededRandom } from './samples.ts';

/** Mean power of consecutive points in the channels of a spectrum, with known interference. */
export interface Waterfall {
  rows: number;
  channels: number;
  /** Row after row; 1 is about the level of the noise. */
  power: Float32Array;
  /** In each row. */
  independentTransforms: number;
  /** 1 for each value that contains interference. */
  truth: Uint8Array;
}

/** Multiplies a table of power with noise: means of independent transforms. */
export function addNoise(power: Float32Array, independentTransforms: number, random: Random): void {
  // The cube root of the mean is normal (Wilson and Hilferty 1931).
  const variance = 1 / (9 * independentTransforms);
  for (let at = 0; at < power.length; at += 2)
    gaussianPair(random).forEach((deviate, k) => {
      if (at + k < power.length)
        power[at + k] = (power[at + k] as number) * (1 - variance + deviate * Math.sqrt(variance)) ** 3;
    });
}

const INDEPENDENT_TRANSFORMS = 190;
const ROWS = 512;
const CHANNELS = 256;

/**
 * Noise with a bandpass and a drift of the gain, steady and intermittent carriers, bursts, and
 * pulses that cover a part of the band.
 */
export function createWaterfall(seed: number): Waterfall {
  const random = seededRandom(seed);
  const integer = (low: number, high: number) => Math.floor(between(random, low, high + 1));
  const signal = new Float32Array(ROWS * CHANNELS);
  const truth = new Uint8Array(ROWS * CHANNELS);
  const add = (row: number, channel: number, rows: number, channels: number, db: number) => {
    for (let y = row; y < Math.min(ROWS, row + rows); y++)
      for (let k = channel; k < Math.min(CHANNELS, channel + channels); k++) {
        signal[y * CHANNELS + k] = (signal[y * CHANNELS + k] as number) + dbToLinear(db);
        truth[y * CHANNELS + k] = 1;
      }
  };
  const times = (count: number, what: () => void) => Array.from({ length: count }).forEach(what);
  const anyChannel = () => integer(0, CHANNELS - 1);
  const anyRow = () => integer(0, ROWS - 1);
  times(3, () => add(0, anyChannel(), ROWS, integer(1, 3), between(random, -10, 20)));
  times(4, () => {
    const [channel, width, db] = [anyChannel(), integer(1, 2), between(random, -6, 20)];
    for (let row = integer(0, 80); row < ROWS;) {
      const length = integer(5, 40);
      add(row, channel, length, width, db);
      row += length + integer(10, 80);
    }
  });
  times(40, () => add(anyRow(), anyChannel(), integer(1, 4), integer(1, 4), between(random, -3, 20)));
  times(5, () => {
    const width = integer(CHANNELS / 20, 0.4 * CHANNELS);
    add(anyRow(), integer(0, CHANNELS - width), integer(1, 2), width, between(random, -6, 15));
  });
  const ripple = { phase: between(random, 0, 6), turns: between(random, 0.5, 2), db: between(random, 0, 1) };
  const drift = { phase: between(random, 0, 6), turns: between(random, 1, 4), db: between(random, 0, 0.5) };
  const wave = (x: number, { phase, turns, db }: typeof drift) =>
    db * Math.sin(phase + 2 * Math.PI * turns * x);
  const power = signal.map((value, at) => {
    const row = Math.floor(at / CHANNELS);
    const levelDb = wave((at % CHANNELS) / CHANNELS, ripple) + wave(row / ROWS, drift);
    return (1 + value) * dbToLinear(levelDb);
  });
  addNoise(power, INDEPENDENT_TRANSFORMS, random);
  return { rows: ROWS, channels: CHANNELS, power, independentTransforms: INDEPENDENT_TRANSFORMS, truth };
}
