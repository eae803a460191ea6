/** A complex FFT of a fixed size, I and Q interleaved. */
export interface Fft {
  readonly size: number;
  transform(input: Float64Array): ArrayLike<number>;
}

/** Sums up the power inside a channel. */
export interface ChannelMeter {
  /** Consecutive samples, pairs of unsigned bytes. */
  add(iq: Uint8Array): void;
  /** Mean power in the channel relative to a full-scale complex tone. */
  fullScalePower(): number;
  /** Forgets everything that was added. */
  reset(): void;
}

// Nearer to the whole band than this, the receiver's own filter decides, and the sum over all samples is the better number.
const CLEARLY_NARROWER = 0.9;
const MOST_FFT_SAMPLES = 16_384;
const BINS_PER_CHANNEL = 32;
const FULL_SCALE_LSB = 127.5;
/** On either side of the middle: as far as a Hann window spreads a constant. */
const MIDDLE_BINS = 1;
const NEIGHBOURS = 2;

/** Whether the bandwidth calls for a spectrum; otherwise the power of the whole band is the answer. */
export function needsChannel(bandwidthHz: number, sampleRateHz: number): boolean {
  return bandwidthHz < CLEARLY_NARROWER * sampleRateHz;
}

/** Samples per FFT that resolve the channel into some 32 bins: a power of two, 64 to 16,384. */
export function fftSamples(bandwidthHz: number, sampleRateHz: number): number {
  const wanted = 2 ** Math.ceil(Math.log2((BINS_PER_CHANNEL * sampleRateHz) / bandwidthHz));
  return Math.min(MOST_FFT_SAMPLES, Math.max(64, wanted));
}

/**
 * Power of the bins inside the channel around the middle, averaged over FFTs that overlap by half, Hann window (Welch
 * 1967): P = sum of |X|^2 / (N sum of w^2). Bins at the edge count by their share. The three bins around the
 * middle hold the DC offset of the tuner and are taken for as strong as the two on either side of them.
 */
export function createChannelMeter(bandwidthHz: number, sampleRateHz: number, fft: Fft): ChannelMeter {
  const { size } = fft;
  const window = Float64Array.from(
    { length: size },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size),
  );
  const windowPower = window.reduce((sum, w) => sum + w * w, 0);
  const shares = binShares(bandwidthHz, sampleRateHz, size);
  const middle = shares.filter(({ bin }) => Math.abs(bin) <= MIDDLE_BINS);
  const lost = middle.reduce((sum, { share }) => sum + share, 0);
  const used = shares
    .filter(({ bin }) => Math.abs(bin) > MIDDLE_BINS)
    .map(({ bin, share }) => ({
      bin,
      share: share + (Math.abs(bin) <= MIDDLE_BINS + NEIGHBOURS ? lost / (2 * NEIGHBOURS) : 0),
    }));
  const scale = 1 / (size * windowPower * FULL_SCALE_LSB ** 2);

  // Bytes as they come, some 6 MB a second of them moved; numbers are made of them once, with the window on the way.
  const recent = new Uint8Array(2 * size);
  const windowed = new Float64Array(2 * size);
  const bins = Int32Array.from(used, ({ bin }) => 2 * (bin < 0 ? bin + size : bin));
  const weights = Float64Array.from(used, ({ share }) => share);
  let filled = 0;
  let sum = 0;
  let transforms = 0;

  // The converter's middle, 127.5, need not be taken off: a constant is in the three bins of the middle only.
  function transform(): void {
    for (let n = 0, at = 0; n < size; n++, at += 2) {
      const w = window[n] as number;
      windowed[at] = (recent[at] as number) * w;
      windowed[at + 1] = (recent[at + 1] as number) * w;
    }
    const spectrum = fft.transform(windowed);
    let power = 0;
    for (let k = 0; k < bins.length; k++) {
      const at = bins[k] as number;
      const re = spectrum[at] as number;
      const im = spectrum[at + 1] as number;
      power += (weights[k] as number) * (re * re + im * im);
    }
    sum += power;
    transforms++;
  }

  return {
    add(iq) {
      for (let at = 0; at < iq.length;) {
        const piece = iq.subarray(at, at + recent.length - filled);
        recent.set(piece, filled);
        at += piece.length;
        filled += piece.length;
        if (filled < recent.length) return;
        transform();
        recent.copyWithin(0, size);
        filled = size;
      }
    },
    fullScalePower: () => (transforms === 0 ? 0 : (sum / transforms) * scale),
    reset() {
      filled = 0;
      sum = 0;
      transforms = 0;
    },
  };
}

/** Bins around the middle and how much of each lies inside the channel. */
function binShares(
  bandwidthHz: number,
  sampleRateHz: number,
  size: number,
): { bin: number; share: number }[] {
  const binHz = sampleRateHz / size;
  const halfBins = bandwidthHz / 2 / binHz;
  const outermost = Math.min(size / 2 - 1, Math.ceil(halfBins));
  return Array.from({ length: 2 * outermost + 1 }, (_, k) => k - outermost)
    .map((bin) => ({ bin, share: Math.min(1, Math.max(0, halfBins + 0.5 - Math.abs(bin))) }))
    .filter(({ share }) => share > 0);
}
