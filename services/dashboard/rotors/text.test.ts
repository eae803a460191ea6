import { expect, it } from 'vitest';
import { fixedDegrees, pointingText } from './pointing-text.ts';
import { describeTest } from './test-result.ts';

it.each([
  [
    { connected: false },
    'Not connected: rotctld does not answer, or has lost the connection to its controller.',
  ],
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
    'Connected: G-5500 <b> (hamlib); reports azimuth 0 to 450 deg, elevation 0 to 180 deg; readback resolution 0.1 deg.',
  ],
])('describes %j', (facts, text) => {
  expect(describeTest(facts)).toBe(text);
});

it('degrees have one decimal and no negative zero', () => {
  expect([-0.04, 0, 359.96, -12.34].map(fixedDegrees)).toEqual(['0.0', '0.0', '360.0', '-12.3']);
  expect(pointingText({ azimuth: 5, elevation: 7.25 })).toBe('azimuth 5.0 deg, elevation 7.3 deg');
});
