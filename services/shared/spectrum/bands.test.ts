import { expect, test } from 'vitest';
import { overlap } from './bands.ts';

const band = (centerMHz: number, widthMHz: number) => ({
  centerFrequencyHz: centerMHz * 1e6,
  bandwidthHz: widthMHz * 1e6,
});

test.each([
  ['one band', [band(100, 2)], undefined],
  ['bands that touch', [band(102, 2), band(100, 2)], undefined],
  ['bands that overlap', [band(101.9, 2), band(100, 2)], [1, 0]],
  ['a band inside another', [band(100, 2), band(100.1, 0.2)], [0, 1]],
  ['the same band twice', [band(90, 1), band(100, 2), band(100, 2)], [1, 2]],
])('%s', (_, bands, expected) => {
  expect(overlap(bands)).toEqual(expected);
});
