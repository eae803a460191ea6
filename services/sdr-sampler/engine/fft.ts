import FFT from 'fft.js';
import type { Fft } from '../domain/channel.ts';

/** fft.js with its own buffers; the result is valid until the next call. */
export function createFft(size: number): Fft {
  const fft = new FFT(size);
  const spectrum = fft.createComplexArray() as number[];
  return {
    size,
    transform(input) {
      fft.transform(spectrum, input);
      return spectrum;
    },
  };
}
