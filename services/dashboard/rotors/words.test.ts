import { expect, it } from 'vitest';
import { degrees, pointingWords } from './degrees.ts';
import { testWords } from './test-words.ts';

it.each([
  [{ connected: false }, 'Not connected: rotctld does not answer, or has lost its controller.'],
  [
    { connected: false, reason: 'rotctld at 127.0.0.1:4533 refused the connection', attempts: [] },
    'Not connected: rotctld at 127.0.0.1:4533 refused the connection.',
  ],
  [{ connected: true }, 'Connected: unknown model.'],
  [
    {
      connected: true,
      model: 'G-5500 <b>',
      dialect: 'hamlib' as const,
      limits: { az_min: 0, az_max: 450, el_min: 0, el_max: 180 },
      resolution_deg: 0.1,
    },
    'Connected: G-5500 <b> (hamlib); it says azimuth 0 to 450 deg, elevation 0 to 180 deg; its readback has steps of 0.1 deg.',
  ],
])('%j in words', (facts, words) => {
  expect(testWords(facts)).toBe(words);
});

it('degrees have one decimal and no minus of nothing', () => {
  expect([-0.04, 0, 359.96, -12.34].map(degrees)).toEqual(['0.0', '0.0', '360.0', '-12.3']);
  expect(pointingWords({ azimuth: 5, elevation: 7.25 })).toBe('azimuth 5.0 deg, elevation 7.3 deg');
});
