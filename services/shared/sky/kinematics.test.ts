import { describe, expect, test } from 'vitest';
import { hopSeconds, slewSeconds } from './kinematics.ts';

const g5500 = {
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
};

describe('kinematics', () => {
  test('a short hop never reaches full speed', () => {
    expect(hopSeconds(0.2, g5500.azimuth)).toBeCloseTo(2 * Math.sqrt(0.2 / 20), 9);
  });

  test('a long hop reaches full speed', () => {
    expect(hopSeconds(-12, g5500.azimuth)).toBeCloseTo(12 / 6 + 6 / 20, 9);
    expect(hopSeconds(0, g5500.azimuth)).toBe(0);
  });

  test('both formulas agree where full speed is just reached', () => {
    const d = 6 ** 2 / 20;
    expect(hopSeconds(d - 1e-9, g5500.azimuth)).toBeCloseTo(hopSeconds(d, g5500.azimuth), 6);
  });

  test('a slew takes the time of the slower axis', () => {
    const from = { azimuthDeg: 0, elevationDeg: 0 };
    const bySix = slewSeconds(from, { azimuthDeg: 6, elevationDeg: 6 }, g5500);
    expect(bySix).toBe(hopSeconds(6, g5500.elevation));
    const bySixty = slewSeconds(from, { azimuthDeg: 60, elevationDeg: 6 }, g5500);
    expect(bySixty).toBe(hopSeconds(60, g5500.azimuth));
  });
});
