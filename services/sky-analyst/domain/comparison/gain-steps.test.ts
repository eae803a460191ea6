import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../test/support/samples.ts';
import { normalDeviates } from '../../../../test/support/synthetic-sky.ts';
import { findGainSteps } from './gain-steps.ts';

const COUNT = 2_000;
const SIGMA = 0.03;
const BEAM_POINTS = 3;

/** So many values in a beam width. */
const path = (beamPoints: number) => new Float64Array(COUNT).fill(1 / beamPoints);

function noise(seed = 3): Float64Array {
  const deviate = normalDeviates(seededRandom(seed));
  return Float64Array.from({ length: COUNT }, () => SIGMA * deviate());
}

/** The largest error of the offsets relative to their middle, without the unsure values. */
function errorOf(values: Float64Array, stepAt: (k: number) => number): number {
  const { offsetDb, isUnsure } = findGainSteps(values, path(BEAM_POINTS));
  expect(isUnsure.reduce((sum, bit) => sum + bit, 0)).toBeLessThan(5);
  const errors = [...offsetDb].map((offset, k) => offset - stepAt(k)).filter((_, k) => isUnsure[k] === 0);
  const middle = [...errors].sort((a, b) => a - b)[errors.length >> 1] as number;
  return Math.max(...errors.map((error) => Math.abs(error - middle)));
}

describe.each([3, -3, 0.5])('a step of %d dB', (stepDb) => {
  test.each([1, 2, 3, 5, 8, 12, 20, 30, 179, 180, 181, 700, 1_333, 1_975, 1_990, 1_994, 1_997, 1_999])(
    'is found at value %d',
    (place) => {
      const stepAt = (k: number) => (k < place ? 0 : stepDb);
      expect(
        errorOf(
          noise().map((value, k) => value + stepAt(k)),
          stepAt,
        ),
      ).toBeLessThan(3 * SIGMA);
    },
  );
});

test('two steps, and values that are missing', () => {
  const stepAt = (k: number) => (k < 400 ? 0 : k < 460 ? 3 : 1);
  const values = noise().map((value, k) => (k % 7 === 0 || (k > 390 && k < 405) ? NaN : value + stepAt(k)));
  const { offsetDb } = findGainSteps(values, path(BEAM_POINTS));
  for (const k of [10, 385, 410, 455, 465, 1_900])
    expect(Math.abs((offsetDb[k] as number) - (offsetDb[0] as number) - stepAt(k))).toBeLessThan(0.1);
});

test('a value measured while the gain changed is unsure', () => {
  const values = noise().map((value, k) => value + (k < 500 ? 0 : k === 500 ? 1.5 : 3));
  expect(findGainSteps(values, path(BEAM_POINTS)).isUnsure[500]).toBe(1);
});

test.each([0.05, 1, 30, 1_000])('a source of %d times the sky in four rows is no step', (amplitude) => {
  const values = noise().map((value, k) => {
    const [row, column] = [Math.floor(k / 180), k % 180];
    const square = ((row - 5) / 1.7) ** 2 + ((column - 90) / 3) ** 2;
    return value + 10 * Math.log10(1 + amplitude * 2 ** (-4 * square));
  });
  expect(findGainSteps(values, path(BEAM_POINTS)).offsetDb.every((offset) => offset === 0)).toBe(true);
});

test('sources side by side that cover most of ten beams in three rows are no steps', () => {
  const sources = [
    [61, 2.3, -1],
    [71, 2.1, 1],
    [92, 1, 1],
    [118, 2.9, 1],
  ] as const;
  // Rows of 90 values, 2.5 values per beam.
  const values = noise().map((value, k) => {
    const power = sources.reduce((sum, [azimuthDeg, amplitude, sign]) => {
      const square = (((k % 90) * 4 - azimuthDeg) / 10) ** 2 + ((Math.floor(k / 90) - 5) / 2.5) ** 2;
      return sum + sign * amplitude * 2 ** (-4 * square);
    }, 3.4);
    return value / 10 + 10 * Math.log10(power / 3.4);
  });
  expect(findGainSteps(values, path(2.5)).offsetDb.every((offset) => offset === 0)).toBe(true);
});

test('neither is one at the start of the map', () => {
  const values = noise().map((value, k) => value + 10 * Math.log10(1 + 10 * 2 ** (-4 * (k / 3) ** 2)));
  expect(findGainSteps(values, path(BEAM_POINTS)).offsetDb.every((offset) => offset === 0)).toBe(true);
});

test('a fade of 6 dB is no step', () => {
  const values = noise().map((value, k) => value - 6 * Math.exp(-(((k - 900) / 300) ** 2)));
  expect(findGainSteps(values, path(BEAM_POINTS)).offsetDb.every((offset) => offset === 0)).toBe(true);
});

test('dense values', () => {
  const values = noise().map((value, k) => value + (k < 1_003 ? 0 : 3));
  const { offsetDb } = findGainSteps(values, path(20));
  expect([offsetDb[1_002], offsetDb[1_003]].map((offset) => Math.round(offset as number))).toEqual([0, 3]);
});
