import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gaussianPair, seededRandom } from '../../../test/support/samples.ts';
import { createHighPass } from './high-pass.ts';
import { subtractLocalMean } from './local-mean.ts';
import { STATE, type Plane } from './plane.ts';
import { subtractRobustLines, subtractRowShapes } from './row-shape.ts';
import { smoothSpectrum } from './smooth-spectrum.ts';

const CHANNELS = 256;
const SIGMA = 0.07;
const bandpass = (channel: number) => -0.3 * (channel / 128 - 1) ** 2;

describe('the smooth curve through a spectrum', () => {
  const levels = Float64Array.from({ length: CHANNELS }, (_, k) => bandpass(k));

  test('is a parabola where the spectrum is one, in spite of carriers and gaps', () => {
    const disturbed = levels.map((level, k) => (k % 40 < 4 ? level + 5 : k > 100 && k < 120 ? NaN : level));
    smoothSpectrum(disturbed).forEach((level, k) => {
      expect(level).toBeCloseTo(bandpass(k), 4);
    });
  });

  test('is known nowhere if no level is', () => {
    expect([...smoothSpectrum(new Float64Array(4).fill(NaN))]).toEqual([NaN, NaN, NaN, NaN]);
  });
});

describe('the shape of a row', () => {
  const row = (level: (x: number) => number): Plane => ({
    rows: 1,
    channels: CHANNELS,
    values: Float32Array.from({ length: CHANNELS }, (_, k) => level((2 * k + 1) / CHANNELS - 1)),
  });
  const largest = ({ values }: Plane) => Math.max(...values.map(Math.abs));

  test('is a parabola through the clean values', () => {
    const plane = row((x) => (x > 0.9 ? 9 : 2 + 0.3 * x - 0.1 * x * x));
    const states = plane.values.map((value) => (value === 9 ? STATE.flagged : STATE.clean));
    subtractRowShapes(plane, Uint8Array.from(states));
    expect(
      largest({ ...plane, values: plane.values.filter((_, k) => states[k] === STATE.clean) }),
    ).toBeLessThan(1e-5);
  });

  test.each([0, 0.4, 0.65])(
    'is a line that a signal on a third of the band does not change, from %d of the band on',
    (from) => {
      const isSignal = (x: number) => (x + 1) / 2 >= from && (x + 1) / 2 < from + 0.35;
      const plane = row((x) => 2 + 0.3 * x + (isSignal(x) ? 1 : 0));
      subtractRobustLines(plane, new Uint8Array(CHANNELS));
      plane.values.forEach((value, k) => {
        expect(value).toBeCloseTo(isSignal((2 * k + 1) / CHANNELS - 1) ? 1 : 0, 2);
      });
    },
  );
});

test('the local mean is that of the clean values in the window', () => {
  const size = fc.record({
    rows: fc.integer({ min: 1, max: 40 }),
    channels: fc.integer({ min: 1, max: 300 }),
  });
  fc.assert(
    fc.property(size, fc.nat(), ({ rows, channels }, seed) => {
      const random = seededRandom(seed);
      const values = Float32Array.from({ length: rows * channels }, () => random());
      const states = Uint8Array.from(values, () => (random() < 0.2 ? STATE.flagged : STATE.clean));
      const result = values.slice();
      subtractLocalMean({ rows, channels, values: result }, states, 0.9);
      const half = Math.min(15, Math.max(4, Math.floor(channels / 16)));
      const at = Math.floor(random() * values.length);
      const [row, channel] = [Math.floor(at / channels), at % channels];
      let sum = 0;
      let count = 30;
      for (let y = Math.max(0, row - 10); y <= Math.min(rows - 1, row + 10); y++)
        for (let k = Math.max(0, channel - half); k <= Math.min(channels - 1, channel + half); k++) {
          if (states[y * channels + k] !== STATE.clean) continue;
          sum += Math.min(0.9, values[y * channels + k] as number);
          count++;
        }
      expect(result[at]).toBeCloseTo((values[at] as number) - sum / count, 4);
    }),
    { numRuns: 50 },
  );
});

test('the high-pass leaves noise around 0 of a scan past the Sun', () => {
  const rows = 200;
  const random = seededRandom(3);
  const values = Float32Array.from({ length: rows * CHANNELS }, (_, at) => {
    const row = Math.floor(at / CHANNELS);
    const sun = 9 * Math.exp(-2.77 * (((row % 60) - 30) / 3) ** 2);
    return Math.log(1 + sun) + bandpass(at % CHANNELS) + SIGMA * gaussianPair(random)[0];
  });
  const states = new Uint8Array(values.length);
  const highPass = createHighPass({ rows, channels: CHANNELS, values }, states);
  for (const limit of [1.1, 1.02, 1.02]) {
    const residual = highPass.filter(states).values;
    expect(Math.abs(average(residual)) / SIGMA).toBeLessThan(0.1);
    expect(Math.sqrt(average(residual.map((value) => value ** 2))) / SIGMA).toBeLessThan(limit);
  }
  const found = highPass.bandpass();
  const level = average(found.map((value, k) => value - bandpass(k)));
  expect(Math.max(...found.map((value, k) => Math.abs(value - bandpass(k) - level)))).toBeLessThan(
    0.2 * SIGMA,
  );
});

function average(values: Iterable<number>): number {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}
