import { expect, test } from 'vitest';
import { measuredLobes } from './measured-lobes.ts';

const figure = (value: number) => ({ value, sigma: 0.1 });
const BEAM = {
  frequency_hz: 1_420e6,
  side_lobes: [
    { plane: 'azimuth', side: 'before', angle_deg: figure(20), level_db: figure(-11) },
    { plane: 'azimuth', side: 'after', angle_deg: figure(21), level_db: figure(-12) },
    { plane: 'elevation', side: 'before', angle_deg: figure(22), level_db: figure(-13) },
    { plane: 'elevation', side: 'after', angle_deg: figure(23), level_db: figure(-14) },
  ],
} as const satisfies object;

test('side lobes before the axis are on the left or below', () => {
  const beam = { ...BEAM, side_lobes: [...BEAM.side_lobes] };
  expect(measuredLobes(beam, 1_420e6)).toEqual([
    { rightDeg: -20, upDeg: 0, levelDb: -11 },
    { rightDeg: 21, upDeg: 0, levelDb: -12 },
    { rightDeg: 0, upDeg: -22, levelDb: -13 },
    { rightDeg: 0, upDeg: 23, levelDb: -14 },
  ]);
});

test('their angles are proportional to the wavelength', () => {
  const beam = { ...BEAM, side_lobes: [...BEAM.side_lobes] };
  expect(measuredLobes(beam, 1_420e6 / 1.25)[0]).toEqual({ rightDeg: -25, upDeg: 0, levelDb: -11 });
  expect(measuredLobes(beam, 1_420e6 * 1.25)[3]).toEqual({ rightDeg: 0, upDeg: 18.4, levelDb: -14 });
});

test.each([
  ['a factor of 1.5 above', 2_130e6, 4],
  ['above that', 2_131e6, 0],
  ['a factor of 1.5 below', 947e6, 4],
  ['below that', 946e6, 0],
])('they are used near their frequency only: %s', (_, frequencyHz, count) => {
  expect(measuredLobes({ ...BEAM, side_lobes: [...BEAM.side_lobes] }, frequencyHz)).toHaveLength(count);
});

test('without a stored beam there are none', () => {
  expect(measuredLobes(undefined, 1_420e6)).toEqual([]);
});
