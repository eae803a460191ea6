import { FULL_SCALE_LSB } from './power.ts';
import { createHalfOverlap, hannWindow, type HalfOverlap } from './welch.ts';

/** A complex FFT of a fixed size, I and Q interleaved. */
export interface Fft {
  readonly size: number;
  transform(input: Float64Array): ArrayLike<number>;
}

// Above this fraction of the whole band, the receiver's filter determines the channel, and the
// total power of the samples is more accurate.
const CLEARLY_NARROWER = 0.97;
const MAX_FFT_SAMPLES = 16_384;
// The DC offset must stay within its guard band: bins of 8 kHz at 2.048 MS/s.
const MIN_FFT_SAMPLES = 256;
/** Minimum number of bins in a channel, used for short reads. */
const MIN_BINS_PER_CHANNEL = 32;
/** With this many bins a carrier counts fully up to 1.5 % of the bandwidth from the edge. */
const BINS_PER_CHANNEL = 128;
/** Minimum length of a read in FFT lengths, for even weighting. */
const LENGTHS_PER_READ = 4;

/** Whether a spectrum is needed; otherwise the total power is the level of the channel. */
export function needsChannel(bandwidthHz: number, sampleRateHz: number): boolean {
  return bandwidthHz < CLEARLY_NARROWER * sampleRateHz;
}

/** Minimum FFT size that resolves the channel: a power of two, 256 to 16,384. */
export function minFftSamples(bandwidthHz: number, sampleRateHz: number): number {
  return sizeFor(MIN_BINS_PER_CHANNEL, bandwidthHz, sampleRateHz);
}

/** FFT size: about 128 bins in the channel, fewer for short reads. */
export function fftSamples(bandwidthHz: number, sampleRateHz: number, readSamples: number): number {
  const affordable = 2 ** Math.floor(Math.log2(Math.max(1, readSamples / LENGTHS_PER_READ)));
  const wanted = sizeFor(BINS_PER_CHANNEL, bandwidthHz, sampleRateHz);
  return Math.max(minFftSamples(bandwidthHz, sampleRateHz), Math.min(affordable, wanted));
}

function sizeFor(binsPerChannel: number, bandwidthHz: number, sampleRateHz: number): number {
  const wanted = 2 ** Math.ceil(Math.log2((binsPerChannel * sampleRateHz) / bandwidthHz));
  return Math.min(MAX_FFT_SAMPLES, Math.max(MIN_FFT_SAMPLES, wanted));
}

/**
 * Accumulates the power inside a channel, centred at `offsetHz`: the power of its bins, averaged
 * over half-overlapping FFTs with a Hann window (Welch 1967): P = sum of |X|^2 / (N sum of w^2).
 * Bins at the edges count partially. The bin at 0 Hz counts if it is inside the channel.
 */
export class ChannelMeter {
  readonly #overlap: HalfOverlap;
  readonly #onBlock: () => void;
  #sum = 0;
  #transforms = 0;

  constructor(bandwidthHz: number, sampleRateHz: number, fft: Fft, offsetHz: number) {
    this.#overlap = createHalfOverlap(fft.size);
    const power = createChannelPower(this.#overlap.block, { bandwidthHz, offsetHz }, sampleRateHz, fft);
    this.#onBlock = () => {
      this.#sum += power();
      this.#transforms++;
    };
  }

  /** Adds consecutive samples, pairs of unsigned bytes. */
  add(iq: Uint8Array): void {
    this.#overlap.add(iq, this.#onBlock);
  }

  /** Mean power in the channel relative to a full-scale complex tone. */
  fullScalePower(): number {
    return this.#transforms === 0 ? 0 : this.#sum / this.#transforms;
  }

  /** Discards everything added so far. */
  reset(): void {
    this.#overlap.reset();
    this.#sum = 0;
    this.#transforms = 0;
  }
}

/**
 * Power of the bins of the channel in a block of samples, relative to a full-scale complex tone. A
 * closure, because its loops run 15 % faster than those of a class with private fields.
 */
function createChannelPower(
  block: Uint8Array,
  { bandwidthHz, offsetHz }: { bandwidthHz: number; offsetHz: number },
  sampleRateHz: number,
  fft: Fft,
): () => number {
  const { size } = fft;
  const { window, windowPower } = hannWindow(size);
  const scale = 1 / (size * windowPower * FULL_SCALE_LSB ** 2);
  const used = binShares(bandwidthHz, sampleRateHz, size, offsetHz);
  const bins = Int32Array.from(used, ({ bin }) => 2 * (bin < 0 ? bin + size : bin));
  const weights = Float64Array.from(used, ({ share }) => share);
  // The blocks are bytes, about 6 MB per second; each is converted only once, with the window.
  const windowed = new Float64Array(2 * size);

  return () => {
    for (let n = 0, at = 0; n < size; n++, at += 2) {
      const w = window[n] as number;
      windowed[at] = ((block[at] as number) - FULL_SCALE_LSB) * w;
      windowed[at + 1] = ((block[at + 1] as number) - FULL_SCALE_LSB) * w;
    }
    const spectrum = fft.transform(windowed);
    let sum = 0;
    for (let k = 0; k < bins.length; k++) {
      const at = bins[k] as number;
      const re = spectrum[at] as number;
      const im = spectrum[at + 1] as number;
      sum += (weights[k] as number) * (re * re + im * im);
    }
    return sum * scale;
  };
}

/** Bins of the channel (negative below 0 Hz) and the fraction of each that is inside. */
export function binShares(
  bandwidthHz: number,
  sampleRateHz: number,
  size: number,
  offsetHz: number,
): { bin: number; share: number }[] {
  const binHz = sampleRateHz / size;
  const low = (offsetHz - bandwidthHz / 2) / binHz;
  const high = (offsetHz + bandwidthHz / 2) / binHz;
  const first = Math.max(-size / 2, Math.floor(low));
  const last = Math.min(size / 2 - 1, Math.ceil(high));
  return Array.from({ length: last - first + 1 }, (_, k) => first + k)
    .map((bin) => ({ bin, share: Math.min(bin + 0.5, high) - Math.max(bin - 0.5, low) }))
    .filter(({ share }) => share > 0);
}
