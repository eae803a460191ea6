import { expect, test } from 'vitest';
import { unsuitableBecause } from './suitability.ts';

const GOOD = { cells: 1_000, measured: 1_000, anomalous: 40, noiseScale: 1.1 };

test.each([
  [{}, undefined],
  [{ measured: 800 }, undefined],
  [{ noiseScale: NaN }, undefined],
  [{ measured: 799 }, '799 of 1000 cells have a level (79 %), at least 80 % are needed'],
  [{ noiseScale: 4.25 }, 'the noise is 4.3 times that of the other sessions, at most 3 times is allowed'],
  [{ anomalous: 410 }, '410 of 1000 cells belong to anomalies (41 %), at most 40 % are allowed'],
])('%o: %s', (change, reason) => {
  expect(unsuitableBecause({ ...GOOD, ...change })).toBe(reason);
});
