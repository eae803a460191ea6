import { roundedOffsetHz } from './carrier-comb.ts';
import { samplesPerSymbol } from './modulated.ts';
import type { Expected, ReceivedSignal } from './truth.ts';

/** Beyond this distance from its middle, the window passes less than 1e-7 of a tone's power. */
const WINDOW_BINS = 16;
/** Parts of a bin in which the spectrum of a modulated signal is evaluated. */
const STEPS_PER_BIN = 8;

/**
 * Expectation of the power in each channel of a spectrum: |X|^2 / (N sum w^2) of FFTs with a Hann
 * window (Welch 1967), milliwatts at the antenna. In order of rising frequency; channel N/2 is at
 * the tuner frequency, without the DC offset.
 */
export function expectedSpectrumMw(
  { noiseMw, signals }: Expected,
  channels: number,
  sampleRateHz: number,
): Float64Array {
  const spectrum = new Float64Array(channels).fill(noiseMw / channels);
  for (const signal of signals)
    if (signal.bandwidthHz === 0) addCarrier(spectrum, signal, sampleRateHz);
    else addModulated(spectrum, signal, sampleRateHz);
  return spectrum;
}

function addCarrier(
  spectrum: Float64Array,
  { offsetHz, powerMw }: ReceivedSignal,
  sampleRateHz: number,
): void {
  const size = spectrum.length;
  const bins = (roundedOffsetHz(offsetHz, sampleRateHz) / sampleRateHz) * size;
  const nearest = Math.round(bins);
  for (let k = nearest - WINDOW_BINS; k <= nearest + WINDOW_BINS; k++) {
    const at = (((k + size / 2) % size) + size) % size;
    spectrum[at] = (spectrum[at] as number) + powerMw * hannResponse(k - bins);
  }
}

/**
 * Power of a tone in a bin this far away: (2/3) (sinc d / (1 - d^2))^2, the transform of the Hann
 * window (Harris 1978, table 1: 3/8 is its mean square).
 */
function hannResponse(distanceBins: number): number {
  const d = Math.abs(distanceBins);
  if (d < 1e-9) return 2 / 3;
  if (Math.abs(d - 1) < 1e-9) return 1 / 6;
  const sinc = Math.sin(Math.PI * d) / (Math.PI * d);
  return (2 / 3) * (sinc / (1 - d * d)) ** 2;
}

/**
 * Random symbols of L samples have the spectrum (P / L) (sin(pi f L) / sin(pi f))^2 of the
 * discrete rectangle, f relative to the sample rate.
 */
function addModulated(
  spectrum: Float64Array,
  { offsetHz, bandwidthHz, powerMw }: ReceivedSignal,
  sampleRateHz: number,
): void {
  const size = spectrum.length;
  const length = samplesPerSymbol(bandwidthHz, sampleRateHz);
  const center = offsetHz / sampleRateHz;
  const steps = size * STEPS_PER_BIN;
  const density = Float64Array.from({ length: steps }, (_, step) => {
    const f = step / steps - 0.5 - center;
    const below = Math.sin(Math.PI * f);
    const ratio = Math.abs(below) < 1e-12 ? length : Math.sin(Math.PI * f * length) / below;
    return ((powerMw / length) * ratio ** 2) / steps;
  });
  const reach = 2 * STEPS_PER_BIN;
  for (let k = 0; k < size; k++) {
    let sum = 0;
    for (let step = -reach; step <= reach; step++) {
      const at = (k * STEPS_PER_BIN + step + steps) % steps;
      sum += (density[at] as number) * hannResponse(step / STEPS_PER_BIN);
    }
    spectrum[k] = (spectrum[k] as number) + sum;
  }
}
