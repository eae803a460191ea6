import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gaussianPair, seededRandom } from '../../../test/support/samples.ts';
import { STATE, type Plane } from './plane.ts';
import { robustSigma } from './robust-sigma.ts';
import { sumThreshold } from './sum-threshold.ts';

const WINDOWS = [1, 2, 4, 8, 16, 32, 64];

function planeOf(rows: number, channels: number, value: (row: number, channel: number) => number): Plane {
  const values = Float32Array.from({ length: rows * channels }, (_, at) =>
    value(Math.floor(at / channels), at % channels),
  );
  return { rows, channels, values };
}

function flagged(plane: Plane, states = new Uint8Array(plane.values.length)): number[] {
  sumThreshold(plane, states, 1, 1);
  return [...states.keys()].filter((at) => states[at] === STATE.flagged);
}

/** Window by window, with the flags of the windows of other lengths and directions. */
function slowly({ rows, channels, values }: Plane, states: Uint8Array): void {
  const at = (row: number, channel: number) => row * channels + channel;
  const inTime = { lines: channels, length: rows, at: (line: number, k: number) => at(k, line) };
  const inFrequency = { lines: rows, length: channels, at };
  for (const size of WINDOWS)
    for (const direction of [inTime, inFrequency]) {
      const before = states.slice();
      for (let line = 0; line < direction.lines; line++)
        for (let first = 0; first + size <= direction.length; first++) {
          const window = Array.from({ length: size }, (_, k) => direction.at(line, first + k));
          const clean = window.filter((place) => before[place] === STATE.clean);
          const sum = clean.reduce((total, place) => total + (values[place] as number), 0);
          if (clean.length > 0 && sum > (clean.length * 6) / 1.5 ** Math.log2(clean.length))
            for (const place of clean) states[place] = STATE.flagged;
        }
    }
}

describe('SumThreshold', () => {
  test('flags a single value above 6 sigma, and nothing beside it', () => {
    expect(flagged(planeOf(20, 10, (row, k) => (row === 7 && k === 3 ? 6.1 : 0)))).toEqual([73]);
    expect(flagged(planeOf(20, 10, (row, k) => (row === 7 && k === 3 ? 5.9 : 0)))).toEqual([]);
    expect(flagged(planeOf(20, 10, (row, k) => (row === 7 && k === 3 ? 1e6 : 0)))).toEqual([73]);
  });

  test.each([2, 4, 8, 16, 32, 64])('flags %d values in time or frequency above their limit', (size) => {
    const limit = 6 / 1.5 ** Math.log2(size);
    const signal = (level: number) =>
      flagged(planeOf(80, 3, (row, k) => (k === 1 && row < size ? level : -1)));
    expect(signal(1.01 * limit)).toHaveLength(size);
    expect(signal(0.99 * limit)).toHaveLength(0);
    const pulse = (level: number) =>
      flagged(planeOf(3, 80, (row, k) => (row === 1 && k < size ? level : -1)));
    expect(pulse(1.01 * limit)).toHaveLength(size);
    expect(pulse(0.99 * limit)).toHaveLength(0);
  });

  test('does not flag low values', () => {
    expect(flagged(planeOf(70, 70, () => -10))).toEqual([]);
  });

  test('neither uses nor flags unusable values', () => {
    const plane = planeOf(70, 4, (_, k) => (k === 1 ? NaN : 0));
    const states = Uint8Array.from(plane.values, (value) =>
      Number.isNaN(value) ? STATE.unusable : STATE.clean,
    );
    const before = states.slice();
    expect(flagged(plane, states)).toEqual([]);
    expect(states).toEqual(before);
  });

  test('flags what the definition flags', () => {
    const sizes = fc.record({
      rows: fc.integer({ min: 1, max: 70 }),
      channels: fc.integer({ min: 1, max: 70 }),
    });
    fc.assert(
      fc.property(sizes, fc.nat(), ({ rows, channels }, seed) => {
        const random = seededRandom(seed);
        const plane = planeOf(rows, channels, () => 4 * (gaussianPair(random)[0] + (random() < 0.1 ? 1 : 0)));
        const states = plane.values.map(() => (random() < 0.1 ? STATE.unusable : STATE.clean));
        const found = Uint8Array.from(states);
        const expected = found.slice();
        slowly(plane, expected);
        sumThreshold({ ...plane, values: plane.values.slice() }, found, 1, 1);
        expect(found).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });
});

test('the standard deviation of noise is found in spite of interference', () => {
  const random = seededRandom(1);
  const plane = planeOf(300, 300, (_, k) => 3 * gaussianPair(random)[0] + (k < 10 ? 1_000 : 0));
  const states = new Uint8Array(plane.values.length);
  expect(robustSigma(plane, states) / 3).toBeCloseTo(1.04, 1);
  for (let at = 0; at < states.length; at++) if (at % 300 < 10) states[at] = STATE.flagged;
  expect(Math.abs(robustSigma(plane, states) / 3 - 1)).toBeLessThan(0.02);
});
