import { describe, expect, test } from 'vitest';
import { setpointWithin } from './limits.ts';

const configured = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 };

describe('limits', () => {
  test.each([
    [{ azimuthDeg: 451, elevationDeg: 10 }, 'azimuth 451 deg is outside -180..450 deg'],
    [{ azimuthDeg: 0, elevationDeg: 4.9 }, 'elevation 4.9 deg is outside 5..90 deg'],
    [{ azimuthDeg: NaN, elevationDeg: 10 }, 'azimuth NaN deg is not a finite number'],
    [{ azimuthDeg: 0, elevationDeg: Infinity }, 'elevation Infinity deg is not a finite number'],
  ])('%j is refused', (target, message) => {
    expect(() => setpointWithin(target, configured)).toThrow(
      expect.objectContaining({ kind: 'out_of_range', message }),
    );
  });

  test('azimuths are not wrapped', () => {
    expect(setpointWithin({ azimuthDeg: -10, elevationDeg: 10 }, configured).azimuthDeg).toBe(-10);
    expect(setpointWithin({ azimuthDeg: 370, elevationDeg: 10 }, configured).azimuthDeg).toBe(370);
    expect(() =>
      setpointWithin({ azimuthDeg: 350, elevationDeg: 10 }, { ...configured, azMaxDeg: 180 }),
    ).toThrow();
  });

  test('the setpoint has four decimals and stays inside the limits', () => {
    const narrow = { azMinDeg: 0.00004, azMaxDeg: 89.99996, elMinDeg: 0, elMaxDeg: 90 };
    expect(setpointWithin({ azimuthDeg: 89.99996, elevationDeg: 12.345678 }, narrow)).toEqual({
      azimuthDeg: 89.9999,
      elevationDeg: 12.3457,
    });
    expect(setpointWithin({ azimuthDeg: 0.00004, elevationDeg: 0 }, narrow).azimuthDeg).toBe(0.0001);
    expect(setpointWithin({ azimuthDeg: 450 + 1e-10, elevationDeg: 90 }, configured).azimuthDeg).toBe(450);
  });
});
