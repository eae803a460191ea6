import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRotator, type RotatorSettings } from './rotator.ts';

const settings: RotatorSettings = {
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 12 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 6 },
  limits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 },
  start: { azimuthDeg: 0, elevationDeg: 0 },
  resolutionDeg: 0.1,
  backlashDeg: 0,
};
const to = (azimuthDeg: number, elevationDeg: number) => ({ azimuthDeg, elevationDeg });

describe('a rotator', () => {
  test('moves with a trapezoidal profile and rests exactly on its target', () => {
    const rotator = createRotator(settings, 0);
    expect(rotator.moveTo(1_000, to(30, 3))).toBe(true);
    // 0.5 s up to speed (1.5 deg), 4.5 s at 6 deg/s (27 deg), 0.5 s down (1.5 deg).
    expect(rotator.truePointingAt(1_500).azimuthDeg).toBeCloseTo(1.5);
    expect(rotator.truePointingAt(3_500).azimuthDeg).toBeCloseTo(13.5);
    expect(rotator.movingAt(6_400)).toBe(true);
    expect(rotator.movingAt(6_501)).toBe(false);
    expect(rotator.truePointingAt(6_501)).toEqual(to(30, 3));
  });

  test('passes the zenith if its travel continues there', () => {
    const rotator = createRotator({ ...settings, limits: { ...settings.limits, elMaxDeg: 180 } }, 0);
    expect(rotator.moveTo(0, to(0, 150))).toBe(true);
    expect(rotator.moveTo(0, to(0, 181))).toBe(false);
    expect(rotator.truePointingAt(60_000)).toEqual(to(0, 150));
    expect(rotator.readbackAt(60_000)).toEqual(to(0, 150));
    expect(rotator.excursionsUntil(60_000)).toBe(0);
    expect(createRotator(settings, 0).moveTo(0, to(0, 150))).toBe(false);
  });

  test('keeps its history before the last command', () => {
    const rotator = createRotator(settings, 0);
    rotator.moveTo(0, to(30, 0));
    const before = rotator.truePointingAt(1_900);
    rotator.moveTo(2_000, to(0, 0));
    expect(rotator.truePointingAt(1_900)).toEqual(before);
  });

  test('brakes before it reverses', () => {
    const rotator = createRotator(settings, 0);
    rotator.moveTo(0, to(30, 0));
    const turnedAt = rotator.truePointingAt(2_000).azimuthDeg;
    rotator.moveTo(2_000, to(0, 0));
    expect(rotator.truePointingAt(2_500).azimuthDeg).toBeCloseTo(turnedAt + 1.5);
    expect(rotator.truePointingAt(20_000)).toEqual(to(0, 0));
  });

  test('stops within its braking distance', () => {
    const rotator = createRotator(settings, 0);
    rotator.moveTo(0, to(100, 0));
    const stoppedAt = rotator.truePointingAt(3_000).azimuthDeg;
    rotator.stop(3_000);
    expect(rotator.setpoint).toBeUndefined();
    expect(rotator.movingAt(3_501)).toBe(false);
    expect(rotator.truePointingAt(9_000).azimuthDeg).toBeCloseTo(stoppedAt + 1.5);
  });

  test.each([
    [-180.1, 10],
    [450.1, 10],
    [10, -0.1],
    [10, 90.1],
    [Infinity, 10],
  ])('refuses az %d el %d and does not move', (azimuthDeg, elevationDeg) => {
    const rotator = createRotator(settings, 0);
    expect(rotator.moveTo(0, to(azimuthDeg, elevationDeg))).toBe(false);
    expect(rotator.movingAt(10)).toBe(false);
  });

  test('moves past its limits after a NaN target and counts one excursion', () => {
    const rotator = createRotator(settings, 0);
    expect(rotator.moveTo(0, to(NaN, NaN))).toBe(true);
    expect(rotator.excursionsUntil(10_000)).toBe(0);
    expect(rotator.excursionsUntil(60_000)).toBe(1);
    rotator.stop(90_000);
    expect(rotator.truePointingAt(90_001).azimuthDeg).toBeGreaterThan(450);
    expect(rotator.excursionsUntil(95_000)).toBe(1);
    expect(rotator.movingAt(95_000)).toBe(false);
  });

  test('rests while stalled and resumes afterwards', () => {
    const rotator = createRotator(settings, 0);
    rotator.moveTo(0, to(30, 0));
    rotator.setStalled(2_000, true);
    expect(rotator.truePointingAt(8_000)).toEqual(rotator.truePointingAt(2_000));
    rotator.setStalled(8_000, false);
    expect(rotator.truePointingAt(20_000).azimuthDeg).toBe(30);
  });

  test('reads back in steps of its resolution', () => {
    const rotator = createRotator(settings, 0);
    rotator.moveTo(0, to(12.34, 5.67));
    expect(rotator.readbackAt(60_000)).toEqual(to(12.3, 5.7));
    expect(rotator.truePointingAt(60_000)).toEqual(to(12.34, 5.67));
  });

  test('with backlash the antenna lags by half the play', () => {
    const rotator = createRotator({ ...settings, backlashDeg: 1 }, 0);
    rotator.moveTo(0, to(20, 0));
    expect(rotator.truePointingAt(20_000).azimuthDeg).toBeCloseTo(19.5);
    rotator.moveTo(20_000, to(10, 0));
    expect(rotator.truePointingAt(40_000).azimuthDeg).toBeCloseTo(10.5);
    expect(rotator.readbackAt(40_000).azimuthDeg).toBe(10);
  });

  test('never jumps or exceeds its speed, for any commands', () => {
    const command = fc.record({
      afterMs: fc.integer({ min: 1, max: 5_000 }),
      target: fc.option(fc.double({ min: -180, max: 450, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 12 }), (commands) => {
        const rotator = createRotator(settings, 0);
        let now = 0;
        let last = 0;
        for (const { afterMs, target } of commands) {
          const until = now + afterMs;
          for (; now < until; now += 25) {
            const { azimuthDeg } = rotator.truePointingAt(now);
            expect(Math.abs(azimuthDeg - last)).toBeLessThan(6 * 0.05 + 1e-6);
            last = azimuthDeg;
          }
          now = until;
          last = rotator.truePointingAt(now).azimuthDeg;
          if (target === null) rotator.stop(now);
          else rotator.moveTo(now, to(target, 0));
          expect(rotator.truePointingAt(now).azimuthDeg).toBeCloseTo(last, 6);
        }
      }),
    );
  });
});
