import type { ReadSpectrum } from '#shared/spectrum/read-spectrum';
import { binShares } from './channel.ts';
import { FULL_SCALE_LSB } from './power.ts';
import { sampledBand } from './spectrum-band.ts';
import { createHalfOverlap, hannWindow } from './welch.ts';

/** A complex FFT of a fixed size with buffers of its own, I and Q interleaved. */
export interface SpectrumFft {
  readonly size: number;
  readonly input: Float32Array | Float64Array;
  /** Transforms `input`; the result is valid until the next call. */
  transform(): ArrayLike<number>;
}

/** Accumulates the spectrum of a read and the power of the wanted channel in it. */
export interface SpectrumMeter {
  /** Adds consecutive samples, pairs of unsigned bytes. */
  add(iq: Uint8Array): void;
  /** Mean power in the wanted channel; undefined if that is the whole sampled band. */
  fullScalePower(): number | undefined;
  spectrum(): ReadSpectrum;
  /** Discards everything added so far. */
  reset(): void;
}

export interface SpectrumPlan {
  sampleRateHz: number;
  tunerHz: number;
  /** The wanted channel relative to the tuner; undefined if it is the whole sampled band. */
  wanted: { bandwidthHz: number; offsetHz: number } | undefined;
}

/**
 * The power of two transforms that overlap by half correlates by 1/36: the square of the
 * correlation of a Hann window with itself, 1/6 (Welch 1967).
 */
const OVERLAP_CORRELATION = 1 / 36;

/**
 * Welch's method: half-overlapping transforms with a Hann window, P = |X|^2 / (N sum of w^2). No
 * transform crosses the border of two reads. Takes 3 % of a core at 2.4 MS/s, 6 % with everything
 * that is computed per read and per point (`npm run bench -- --only sampling`).
 */
export function createSpectrumMeter(plan: SpectrumPlan, fft: SpectrumFft): SpectrumMeter {
  const { size } = fft;
  const band = sampledBand(size, plan.sampleRateHz, plan.tunerHz);
  const window = scaledHann(size);
  const wanted = plan.wanted && sharesOf(plan.wanted, plan.sampleRateHz, size);
  // In the order of the FFT: from 0 Hz upwards, then the negative frequencies.
  const powerSum = new Float64Array(size);
  const squareSum = new Float64Array(size);
  const minPower = new Float32Array(size);
  const maxPower = new Float32Array(size);
  const overlap = createHalfOverlap(size);
  const { block } = overlap;
  let transforms = 0;
  reset();

  function reset(): void {
    overlap.reset();
    transforms = 0;
    powerSum.fill(0);
    squareSum.fill(0);
    minPower.fill(Infinity);
    maxPower.fill(0);
  }

  // Windowing, the FFT and the sums each take a third of the time.
  function accumulate(): void {
    const { input } = fft;
    for (let n = 0, at = 0; n < size; n++, at += 2) {
      const w = window[n] as number;
      input[at] = ((block[at] as number) - FULL_SCALE_LSB) * w;
      input[at + 1] = ((block[at + 1] as number) - FULL_SCALE_LSB) * w;
    }
    const transformed = fft.transform();
    for (let k = 0, at = 0; k < size; k++, at += 2) {
      const re = transformed[at] as number;
      const im = transformed[at + 1] as number;
      const power = re * re + im * im;
      powerSum[k] = (powerSum[k] as number) + power;
      squareSum[k] = (squareSum[k] as number) + power * power;
      if (power < (minPower[k] as number)) minPower[k] = power;
      if (power > (maxPower[k] as number)) maxPower[k] = power;
    }
    transforms++;
  }

  return {
    add: (iq) => overlap.add(iq, accumulate),
    fullScalePower() {
      if (!wanted) return undefined;
      if (transforms === 0) return 0;
      return wanted.reduce((sum, { k, share }) => sum + share * (powerSum[k] as number), 0) / transforms;
    },
    spectrum: () => ({
      band,
      transforms,
      independentTransforms: independent(transforms),
      powerSum: rising(powerSum),
      extremes: {
        squareSum: rising(squareSum),
        minPower: rising(minPower),
        maxPower: rising(maxPower),
      },
    }),
    reset,
  };
}

/** A periodic Hann window whose transform has the power relative to a full-scale complex tone. */
function scaledHann(size: number): Float64Array {
  const { window, windowPower } = hannWindow(size);
  const scale = 1 / (FULL_SCALE_LSB * Math.sqrt(size * windowPower));
  return window.map((w) => w * scale);
}

/** Channels of the FFT that the wanted channel covers, and the fraction of each. */
function sharesOf(
  { bandwidthHz, offsetHz }: NonNullable<SpectrumPlan['wanted']>,
  sampleRateHz: number,
  size: number,
): { k: number; share: number }[] {
  return binShares(bandwidthHz, sampleRateHz, size, offsetHz).map(({ bin, share }) => ({
    k: bin < 0 ? bin + size : bin,
    share,
  }));
}

/** M / (1 + 2 c (M - 1) / M) of M transforms of which neighbours correlate by c. */
function independent(transforms: number): number {
  if (transforms === 0) return 0;
  return transforms / (1 + (2 * OVERLAP_CORRELATION * (transforms - 1)) / transforms);
}

/** From the order of an FFT to rising frequency. */
function rising(values: Float64Array | Float32Array): Float32Array {
  const half = values.length / 2;
  const sorted = new Float32Array(values.length);
  sorted.set(values.subarray(half));
  sorted.set(values.subarray(0, half), half);
  return sorted;
}
