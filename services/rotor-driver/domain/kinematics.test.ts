import { describe, expect, test } from 'vitest';
import { hopS, motorTimeBoundMs, moveMs, runOutDeg, runOutMs } from './kinematics.ts';

const g5500 = {
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
};

describe('kinematics', () => {
  test('a short hop never reaches full speed', () => {
    expect(hopS(0.2, g5500.azimuth)).toBeCloseTo(2 * Math.sqrt(0.2 / 20), 9);
  });

  test('a long one does', () => {
    expect(hopS(-12, g5500.azimuth)).toBeCloseTo(12 / 6 + 6 / 20, 9);
    expect(hopS(0, g5500.azimuth)).toBe(0);
  });

  test('both forms meet where full speed is just reached', () => {
    const d = 6 ** 2 / 20;
    expect(hopS(d - 1e-9, g5500.azimuth)).toBeCloseTo(hopS(d, g5500.azimuth), 6);
  });

  test('both axes move at once: the slower one counts', () => {
    const from = { azimuthDeg: 0, elevationDeg: 0 };
    expect(moveMs(from, { azimuthDeg: 6, elevationDeg: 6 }, g5500)).toBeCloseTo(
      1000 * hopS(6, g5500.elevation),
      6,
    );
    expect(moveMs(from, { azimuthDeg: 60, elevationDeg: 6 }, g5500)).toBeCloseTo(
      1000 * hopS(60, g5500.azimuth),
      6,
    );
  });

  test('motor time is bounded', () => {
    expect(motorTimeBoundMs(1_000)).toBe(34_000);
    expect(runOutDeg(g5500.azimuth)).toBeCloseTo(0.9, 9);
    expect(runOutMs(g5500)).toBeCloseTo(1000 / 3, 6);
  });
});
