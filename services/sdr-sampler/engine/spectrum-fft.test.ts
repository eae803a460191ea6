import { pino } from 'pino';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/samples.ts';
import { createFftJs, loadSpectrumFft } from './spectrum-fft.ts';

const logger = pino({ level: 'silent' });
const pffft = await loadSpectrumFft(logger);

/** The definition of the discrete Fourier transform. */
function transformOf(input: ArrayLike<number>): number[] {
  const size = input.length / 2;
  const output: number[] = [];
  for (let k = 0; k < size; k++) {
    let re = 0;
    let im = 0;
    for (let n = 0; n < size; n++) {
      const angle = (-2 * Math.PI * ((k * n) % size)) / size;
      const [i, q] = [input[2 * n] as number, input[2 * n + 1] as number];
      re += i * Math.cos(angle) - q * Math.sin(angle);
      im += i * Math.sin(angle) + q * Math.cos(angle);
    }
    output.push(re, im);
  }
  return output;
}

test.each([
  ['pffft', pffft],
  ['fft.js', createFftJs],
])('%s computes the Fourier transform', (_, create) => {
  const random = seededRandom(2);
  for (const size of [64, 1_024]) {
    const fft = create(size);
    for (let k = 0; k < fft.input.length; k++) fft.input[k] = random() - 0.5;
    const expected = transformOf(fft.input);
    const found = Array.from(fft.transform());
    expect(found).toHaveLength(2 * size);
    const error = Math.max(...found.map((value, k) => Math.abs(value - (expected[k] as number))));
    expect(error).toBeLessThan(1e-5);
  }
});

test('pffft keeps one transform per size, with buffers of its own', () => {
  const [small, large] = [pffft(64), pffft(4_096)];
  expect(pffft(64)).toBe(small);
  expect([small.input.length, large.input.length]).toEqual([128, 8_192]);
  small.input.fill(1);
  large.input.fill(2);
  expect(small.input[127]).toBe(1);
});

test('fft.js replaces pffft where it does not run', async () => {
  const create = await loadSpectrumFft(logger, () => Promise.reject(new Error('no SIMD')));
  expect(create).toBe(createFftJs);
});
