import { expect, test } from 'vitest';
import { seededRandom } from '../../../../test/support/samples.ts';
import { vectorsOf } from '../finder/sphere.ts';
import { findBackground } from './background.ts';

const COUNT = 600;
const PEAK = [0, 1, 0] as const;
// A ring that is far from the peak.
const vectors = vectorsOf(
  Float64Array.from({ length: COUNT }, (_, k) => 90 + (180 * k) / COUNT),
  new Float64Array(COUNT),
);

/** Levels in an order that says nothing, from `low` to `high`. */
function levels(low: number, high: number): Float64Array {
  const random = seededRandom(5);
  const places = Array.from({ length: COUNT }, (_, k) => ({ k, at: random() })).sort((a, b) => a.at - b.at);
  return Float64Array.from(places, ({ k }) => low + ((high - low) * k) / (COUNT - 1));
}

function backgroundOf(level: Float64Array) {
  return findBackground({ vectors, level }, level, PEAK, 0.1, 0);
}

test('the median, if the lowest decile is within 1 dB of it, whatever the order of the points', () => {
  const found = backgroundOf(levels(0.9, 1.1));
  expect(found).toMatchObject({ isFound: true });
  expect(found.level).toBeCloseTo(1, 3);
  // Median less decile, 0.4 of the range, in normal deviates; and of a median.
  expect(found.sigma).toBeCloseTo((1.2533 * 0.4 * 0.2) / 1.2816 / Math.sqrt(COUNT), 5);
});

test('none, if the levels differ more', () => {
  expect(backgroundOf(levels(0.1, 1.9)).isFound).toBe(false);
});
