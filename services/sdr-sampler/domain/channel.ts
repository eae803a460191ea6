/** A complex FFT of a fixed size, I and Q interleaved. */
export interface Fft {
  readonly size: number;
  transform(input: Float64Array): ArrayLike<number>;
}

/** Sums up the power inside a channel. */
export interface ChannelMeter {
  add(iq: Uint8Array): void;
  /** Mean power in the channel relative to a full-scale complex tone. */
  fullScalePower(): number;
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

  const recent = new Float64Array(2 * size);
  const windowed = new Float64Array(2 * size);
  let filled = 0;
  let sum = 0;
  let transforms = 0;

  function transform(): void {
    for (let n = 0; n < size; n++) {
      windowed[2 * n] = (recent[2 * n] as number) * (window[n] as number);
      windowed[2 * n + 1] = (recent[2 * n + 1] as number) * (window[n] as number);
    }
    const spectrum = fft.transform(windowed);
    for (const { bin, share } of used) {
      const at = 2 * (bin < 0 ? bin + size : bin);
      sum += share * ((spectrum[at] as number) ** 2 + (spectrum[at + 1] as number) ** 2);
    }
    transforms++;
  }

  return {
    add(iq) {
      for (const code of iq) {
        recent[filled++] = code - FULL_SCALE_LSB;
        if (filled < 2 * size) continue;
        transform();
        recent.copyWithin(0, size);
        filled = size;
      }
    },
    fullScalePower: () => (transforms === 0 ? 0 : (sum / transforms) * scale),
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
