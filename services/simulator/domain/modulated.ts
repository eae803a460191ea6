import type { Noise } from './noise.ts';

/** A tone that a new random symbol multiplies at regular times, like phase and amplitude keying. */
export interface ModulatedSignal {
  /** Adds the next samples, I and Q interleaved. `amplitude`: root mean square. */
  add(sum: Float32Array, amplitude: number): void;
}

const SYMBOLS_AHEAD = 1_024;

/** Samples per symbol; a symbol is a whole number of samples long. */
export function samplesPerSymbol(bandwidthHz: number, sampleRateHz: number): number {
  return Math.max(1, Math.round(sampleRateHz / bandwidthHz));
}

/**
 * `offsetHz`: distance from the tuner frequency; `bandwidthHz`: rate of its symbols, which are
 * complex and Gaussian.
 */
export function createModulatedSignal(
  { offsetHz, bandwidthHz, phaseRad }: { offsetHz: number; bandwidthHz: number; phaseRad: number },
  sampleRateHz: number,
  noise: Noise,
): ModulatedSignal {
  const stepRad = (2 * Math.PI * offsetHz) / sampleRateHz;
  const stepI = Math.cos(stepRad);
  const stepQ = Math.sin(stepRad);
  const length = samplesPerSymbol(bandwidthHz, sampleRateHz);
  const symbols = new Float32Array(2 * SYMBOLS_AHEAD);
  let symbol = symbols.length;
  let samplesLeft = 0;
  let nextPhaseRad = phaseRad;

  function nextSymbol(): void {
    symbol += 2;
    samplesLeft = length;
    if (symbol < symbols.length) return;
    noise.fill(symbols, Math.SQRT1_2);
    symbol = 0;
  }

  return {
    add(sum, amplitude) {
      let i = amplitude * Math.cos(nextPhaseRad);
      let q = amplitude * Math.sin(nextPhaseRad);
      for (let k = 0; k < sum.length; k += 2) {
        if (samplesLeft === 0) nextSymbol();
        samplesLeft--;
        const symbolI = symbols[symbol] as number;
        const symbolQ = symbols[symbol + 1] as number;
        sum[k] = (sum[k] as number) + i * symbolI - q * symbolQ;
        sum[k + 1] = (sum[k + 1] as number) + i * symbolQ + q * symbolI;
        // Rotates per sample instead of computing sine and cosine.
        const rotated = i * stepI - q * stepQ;
        q = i * stepQ + q * stepI;
        i = rotated;
      }
      nextPhaseRad = (nextPhaseRad + (stepRad * sum.length) / 2) % (2 * Math.PI);
    },
  };
}
