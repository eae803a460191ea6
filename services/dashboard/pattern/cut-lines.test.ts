import { describe, expect, test } from 'vitest';
import { examplePattern } from '../testing/pattern.ts';
import { cutLines, envelopeOf, polarPlace, spanOf } from './cut-lines.ts';

const point = (angle_deg: number, gain_db: number) => ({ angle_deg, gain_db, sigma_db: 0.5 });

test('a part of a cut that was not measured is a gap', () => {
  const lines = cutLines([point(-1, -3), point(0, 0), point(4, -10)], undefined);
  expect(lines.anglesDeg).toEqual([-1, 0, 2, 4]);
  expect(lines.gains).toEqual([-3, 0, null, -10]);
  expect([lines.low, lines.high]).toEqual([
    [-3.5, -0.5, null, -10.5],
    [-2.5, 0.5, null, -9.5],
  ]);
  expect([lines.envelope, lines.second]).toEqual([[], []]);
});

test('another pattern has angles of its own', () => {
  const other = (angle_deg: number, second_db: number | null) => ({
    angle_deg,
    second_db,
    first_db: null,
    difference_db: null,
  });
  const lines = cutLines([point(0, 0), point(1, -2)], undefined, [other(0, -0.1), other(0.5, null)]);
  expect(lines.anglesDeg).toEqual([0, 0.5, 1]);
  expect(lines.gains).toEqual([0, undefined, -2]);
  expect(lines.second).toEqual([-0.1, null, undefined]);
});

describe('the envelope', () => {
  const envelope = {
    excess_db: { value: 1, sigma: 0.1 },
    angle_deg: 3,
    exceeded: 0.1,
    gain_dbi: 20,
  };

  test('is relative to the peak and the same on both sides', () => {
    // pycraf: 19.369 dBi at 1.668 degrees, D/lambda = 2, gain 20 dBi, wavelength 0.21 m.
    const pattern = examplePattern({ envelope, frequency_hz: 299_792_458 / 0.21 });
    const at = envelopeOf(pattern, 2 * 0.21);
    expect(at?.(0)).toBeCloseTo(0, 9);
    expect(at?.(-30)).toBe(at?.(30));
    expect(at?.(1)).toBeCloseTo(-2.5e-3 * 4, 6);
  });

  test('needs the diameter of the antenna', () => {
    expect(envelopeOf(examplePattern({ envelope }), 0)).toBeUndefined();
    expect(envelopeOf(examplePattern(), 1)).toBeUndefined();
  });
});

test.each([
  [[0, -3.2], 20],
  [[0, -31, null, undefined], 40],
  [[-140], 80],
  [[], 20],
])('the gains %j need %d dB', (gains, span) => {
  expect(spanOf(gains)).toBe(span);
});

test.each([
  ['azimuth', 0, 0, 0, -1],
  ['azimuth', 90, 0, 1, 0],
  ['azimuth', -90, -20, -0.5, 0],
  ['elevation', 0, 0, 1, 0],
  ['elevation', 90, 0, 0, -1],
  ['elevation', -90, -50, 0, 0],
] as const)('in %s, %d degrees at %d dB are at (%d, %d)', (plane, deg, gain, x, y) => {
  const place = polarPlace(plane, deg, gain, 40);
  expect([place.x, place.y]).toEqual([expect.closeTo(x, 9), expect.closeTo(y, 9)]);
});
