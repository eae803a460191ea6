import { createCarrierComb } from './carrier-comb.ts';
import { createModulatedSignal } from './modulated.ts';
import { createNoise } from './noise.ts';
import { createRandom } from './random.ts';

/** The signals in the band of the tuner. */
export interface ReceivedSignals {
  /** Power of each from now on, milliwatts at the antenna; 0: off. */
  setPowers(powersMw: readonly number[]): void;
  /** Adds the next samples, I and Q interleaved. `scale`: amplitude of 1 mW. */
  add(sum: Float32Array, scale: number): void;
}

/**
 * `placed`: distance from the tuner frequency, and rate of its symbols, Hz; 0: an unmodulated
 * carrier. The same seed gives the same samples.
 */
export function createReceivedSignals(
  placed: readonly { offsetHz: number; bandwidthHz: number }[],
  sampleRateHz: number,
  seed: number,
): ReceivedSignals {
  const random = createRandom(seed);
  const noise = createNoise(seed);
  const all = placed.map((signal, index) => ({ ...signal, index, phaseRad: 2 * Math.PI * random() }));
  const carriers = all.filter(({ bandwidthHz }) => bandwidthHz === 0);
  const comb = createCarrierComb(carriers, sampleRateHz);
  const modulated = all
    .filter(({ bandwidthHz }) => bandwidthHz > 0)
    .map((signal) => ({ signal: createModulatedSignal(signal, sampleRateHz, noise), index: signal.index }));
  let powers: readonly number[] = placed.map(() => 0);
  return {
    setPowers(powersMw) {
      powers = powersMw;
      comb.setPowers(carriers.map(({ index }) => powersMw[index] as number));
    },
    add(sum, scale) {
      comb.add(sum, scale);
      for (const { signal, index } of modulated) signal.add(sum, scale * Math.sqrt(powers[index] as number));
    },
  };
}
