import { describe, expect, test } from 'vitest';
import { rotorConfig } from '../../../test/support/scan-fakes.ts';
import { planScan } from './plan.ts';
import { turningPoints } from './turning-points.ts';

const rotor = rotorConfig({
  limits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 },
  azimuth: { speedDegPerS: 6.2, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 2.69, accelerationDegPerS2: 9 },
  toleranceDeg: 1,
  settleMs: 500,
});
const published = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 360,
  elStartDeg: 18,
  elEndDeg: 65,
  stepDeg: 2,
};

describe('the plan of a scan', () => {
  test('takes 1.48 h for the published grid on a G-5500: trapezoids, settle and dwell, and 12 ms per point', () => {
    const { expectedSeconds } = planScan({ bounds: published, tunings: 1, readsMs: 100, rotor });
    expect((expectedSeconds - 4320 * 0.012) / 3600).toBeCloseTo(1.48, 2);
  });

  test("includes the move from the rotor's position to the first cell", () => {
    const first = { azimuthDeg: 0, elevationDeg: 18 };
    const there = planScan({ bounds: published, tunings: 1, readsMs: 100, rotor, from: first });
    const away = planScan({
      bounds: published,
      tunings: 1,
      readsMs: 100,
      rotor,
      from: { ...first, azimuthDeg: -62 },
    });
    // 62 degrees at 6.2 deg/s, and v / a.
    expect(away.expectedSeconds - there.expectedSeconds).toBeCloseTo(10 + 6.2 / 20, 6);
    expect(there.expectedSeconds).toBeCloseTo(
      planScan({ bounds: published, tunings: 1, readsMs: 100, rotor }).expectedSeconds,
      6,
    );
  });

  test('refuses elevations outside the limits of owner and rotor', () => {
    const low = { ...published, elStartDeg: 2 };
    expect(() => planScan({ bounds: low, tunings: 1, readsMs: 100, rotor })).toThrow(
      'elevation 2 deg is outside 5..90 deg',
    );
    const reported = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 60 };
    expect(() => planScan({ bounds: published, tunings: 1, readsMs: 100, rotor, reported })).toThrow(
      'elevation 64 deg is outside 5..60 deg',
    );
  });

  test('keeps the setpoints of a mount with a pointing model inside its limits', () => {
    const pointingModel = { IA: 2.3, IE: -0.7, CA: 0, NPAE: 0, AN: 0, AW: 0 };
    const limits = { azMinDeg: 0, azMaxDeg: 360, elMinDeg: 5, elMaxDeg: 90 };
    const mount = { ...rotor, limits, pointingModel };
    const { path } = planScan({ bounds: published, tunings: 1, readsMs: 100, rotor: mount });
    const azimuths = Array.from(path.order, (cell) => path.setpoint(cell).azimuthDeg);
    expect(Math.min(...azimuths)).toBeGreaterThanOrEqual(-2.3);
    expect(Math.max(...azimuths)).toBeLessThanOrEqual(357.7);
    const low = { ...published, elStartDeg: 5.5 };
    expect(() => planScan({ bounds: low, tunings: 1, readsMs: 100, rotor: mount })).toThrow(
      'elevation 5.5 deg is outside 5.7..90 deg, the limits of the mount by its pointing model',
    );
  });

  test('warns of a step finer than the tolerance of the rotor', () => {
    const fine = { ...published, azEndDeg: 10, elEndDeg: 20, stepDeg: 0.5 };
    expect(planScan({ bounds: fine, tunings: 1, readsMs: 100, rotor }).warnings[0]).toContain(
      'measured twice',
    );
    expect(planScan({ bounds: published, tunings: 1, readsMs: 100, rotor }).warnings).toEqual([]);
  });

  test('lists the turning points of its path', () => {
    const small = { ...published, azEndDeg: 4, elEndDeg: 22 };
    const { path, detours } = planScan({ bounds: small, tunings: 1, readsMs: 100, rotor });
    const corners = turningPoints(path, detours, 100).map(
      ({ azimuthDeg, elevationDeg }) => `${azimuthDeg},${elevationDeg}`,
    );
    expect(corners).toEqual(['0,18', '4,18', '4,20', '0,20', '0,22', '4,22']);
  });
});
