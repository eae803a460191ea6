import { expect, test } from 'vitest';
import { beamAtFrequency } from './beam-at-frequency.ts';

const figure = (value: number, sigma = 0.3) => ({ value, sigma });
const lobeAt = (deg: number) => ({
  plane: 'azimuth' as const,
  side: 'after' as const,
  angle_deg: figure(deg),
  level_db: figure(-14),
});
const BEAM = {
  frequency_hz: 145e6,
  beam_width_deg: figure(24.495),
  hpbw_deg: { azimuth: figure(30), elevation: figure(20) },
  side_lobes: [lobeAt(40)],
  warnings: [],
};

test('a beam at another frequency has a warning, and far from its own no side lobes', () => {
  const near = beamAtFrequency(BEAM, 435e6 / 2.5);
  expect(near.hpbw_deg).toEqual({ azimuth: figure(25, 0.25), elevation: figure(16.667, 0.25) });
  expect(near.side_lobes).toEqual([{ ...lobeAt(40), angle_deg: figure(33.333, 0.25) }]);
  expect(near.warnings).toEqual([
    {
      code: 'frequency',
      message:
        'the beam was measured at 145 MHz; its widths at 174 MHz are assumed in proportion to the wavelength: 25 deg in azimuth, 16.667 deg in elevation',
    },
  ]);
  const far = beamAtFrequency(BEAM, 435e6);
  expect(far.side_lobes).toEqual([]);
  expect(far.warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/10 deg in azimuth, .* factor of 1.5: its side lobes are not used$/),
  ]);
});
