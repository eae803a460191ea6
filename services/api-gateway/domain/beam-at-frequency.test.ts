import { expect, test } from 'vitest';
import { frequencyWarnings, rotorAtFrequency, sideLobesAt } from './beam-at-frequency.ts';

const WIDTHS = { azimuth_deg: 30, elevation_deg: 20, frequency_hz: 145e6 };
const ROTOR = { id: 1, beam_width_deg: 24.495, beam: WIDTHS };
const lobeAt = (deg: number) => ({ angle_deg: { value: deg, sigma: 0.3 } });
const BEAM = { frequency_hz: 145e6, side_lobes: [lobeAt(40), lobeAt(80), lobeAt(170)] };

test('widths are proportional to the wavelength', () => {
  expect(rotorAtFrequency(ROTOR, 290e6)).toEqual({
    id: 1,
    beam_width_deg: 12.248,
    beam: { azimuth_deg: 15, elevation_deg: 10, frequency_hz: 290e6 },
  });
  expect(rotorAtFrequency(ROTOR, 145e6)).toEqual(ROTOR);
  // As far as a beam can be wide.
  expect(rotorAtFrequency(ROTOR, 20e6).beam).toMatchObject({ azimuth_deg: 180, elevation_deg: 145 });
});

test('a rotor whose widths are of a frequency stays as it is there', () => {
  const once = rotorAtFrequency(ROTOR, 437e6);
  expect(rotorAtFrequency(once, 437e6)).toEqual(once);
});

test('without a stored beam, the typed width is used at all frequencies', () => {
  const typed = { beam_width_deg: 12, beam: null };
  expect(rotorAtFrequency(typed, 1_296e6)).toBe(typed);
});

test('side lobes move with the wavelength, except behind the antenna', () => {
  const angles = (hz: number) => sideLobesAt(BEAM, hz).map(({ angle_deg }) => angle_deg.value);
  expect(angles(145e6)).toEqual([40, 80, 170]);
  expect(angles(145e6 * 1.25)).toEqual([32, 64, 170]);
  expect(angles(145e6 / 1.25)).toEqual([50, 90, 170]);
});

test.each([
  [145e6, 0],
  [147.8e6, 0],
  [148e6, 1],
  [142e6, 1],
])('at %d Hz there are %d warnings', (hz, count) => {
  expect(frequencyWarnings(WIDTHS, hz)).toHaveLength(count);
});
