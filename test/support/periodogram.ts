import FFT from 'fft.js';

/**
 * Mean of |X|^2 / (N sum w^2) over consecutive transforms with a Hann window, relative to a
 * full-scale complex tone; N channels in order of rising frequency. `iq`: pairs of unsigned bytes.
 * `skipSamples`: between two transforms.
 */
export function periodogram(iq: Uint8Array, channels: number, skipSamples = 0): number[] {
  const fft = new FFT(channels);
  const output = new Float64Array(2 * channels);
  const input = new Float64Array(2 * channels);
  const window = Float64Array.from(
    { length: channels },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / channels),
  );
  const scale = 1 / (channels * window.reduce((sum, w) => sum + w * w, 0) * 127.5 ** 2);
  const powers = new Float64Array(channels);
  const stride = 2 * (channels + skipSamples);
  const transforms = Math.floor(iq.length / stride);
  for (let t = 0; t < transforms; t++) {
    for (let k = 0; k < 2 * channels; k++)
      input[k] = ((iq[t * stride + k] as number) - 127.5) * (window[k >> 1] as number);
    fft.transform(output, input);
    for (let k = 0; k < channels; k++) {
      const at = (k + channels / 2) % channels;
      const power = (output[2 * k] as number) ** 2 + (output[2 * k + 1] as number) ** 2;
      powers[at] = (powers[at] as number) + power * scale;
    }
  }
  return Array.from(powers, (power) => power / transforms);
}
