import { expect, test } from 'vitest';
import { createGainDrift, gainDriftDb } from './gain-drift.ts';
import { createRandom } from './random.ts';

const drift = createGainDrift(createRandom(3), 0.5);

test('the drift has its root mean square', () => {
  const values = Array.from({ length: 200_000 }, (_, minute) => gainDriftDb(drift, minute * 60_000));
  const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(Math.sqrt(square)).toBeCloseTo(0.5, 2);
});

test('every octave of its periods has the same power, as 1/f noise', () => {
  const octaves = drift.map(({ periodS }) => Math.floor(Math.log2(periodS / 160)));
  expect(octaves).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(new Set(drift.map(({ amplitudeDb }) => amplitudeDb)).size).toBe(1);
});
