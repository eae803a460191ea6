import { expect, test } from 'vitest';
import { beamText, unitText } from './pattern-text.ts';
import { examplePattern } from '../testing/pattern.ts';

test.each([
  [{ value: 6.0249, sigma: 0.0312 }, '°', '6.025 ± 0.031°'],
  [{ value: -13.04, sigma: 1.24 }, 'dB', '\u221213.0 ± 1.2 dB'],
  [{ value: 140.2, sigma: 23 }, '', '140 ± 23'],
  [{ value: -0.0001, sigma: 0.02 }, '°', '0.000 ± 0.020°'],
  [{ value: 15.34 }, '%', '15.3 %'],
  [{ value: 3, sigma: null }, 'dB', '3.0 dB'],
])('%j in %s is %s', (figure, unit, text) => {
  expect(unitText(figure, unit)).toBe(text);
});

test('the beam in one sentence', () => {
  expect(beamText(examplePattern())).toBe(
    'Beam 6.00° × 12.1°, highest first side lobe \u221219.0 dB at 14.0°, points 0.40° left, 0.20° high.',
  );
  const none = { before: null, after: null };
  const lost = examplePattern({
    hpbw_deg: { azimuth: { value: 6, sigma: 0.1 }, elevation: null, major: null, minor: null },
    side_lobe_db: { azimuth: none, elevation: none },
  });
  expect(beamText(lost)).toContain('Beam 6.00° in azimuth, no side lobe found, points');
});
