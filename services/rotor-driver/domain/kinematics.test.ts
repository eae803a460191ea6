import { expect, test } from 'vitest';
import { motorTimeBoundMs, runOutDeg, runOutMs } from './kinematics.ts';

const g5500 = {
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
};

test('motor time, braking distance and braking time', () => {
  expect(motorTimeBoundMs(1_000)).toBe(34_000);
  expect(runOutDeg(g5500.azimuth)).toBeCloseTo(0.9, 9);
  expect(runOutMs(g5500)).toBeCloseTo(1000 / 3, 6);
});
