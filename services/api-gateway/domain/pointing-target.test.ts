import { describe, expect, test } from 'vitest';
import { gridShape } from '#shared/sky/grid-shape';
import { fixedTarget, requireMeasurable, scansAround, sunTarget } from './pointing-target.ts';

const at = (azimuthDeg: number, elevationDeg: number) => ({ azimuthDeg, elevationDeg });
const axis = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const rotor = {
  limits: { azMinDeg: 0, azMaxDeg: 360, elMinDeg: 5, elMaxDeg: 90 },
  toleranceDeg: 1,
  park: at(0, 0),
  horizon: [],
  keepOut: [{ azStartDeg: 90, azEndDeg: 110, elMinDeg: 0, elMaxDeg: 90 }],
  azimuth: axis,
  elevation: axis,
};
const MUNICH = { latitudeDeg: 48, longitudeDeg: 11 };
const sun = sunTarget(MUNICH);
const areasAt = (direction: { azimuthDeg: number; elevationDeg: number }) =>
  scansAround(direction, 'raster', 6);
const points = (area: ReturnType<typeof scansAround>[number] | undefined) =>
  area &&
  gridShape({
    kind: area.grid,
    azStartDeg: area.az_start,
    azEndDeg: area.az_end,
    elStartDeg: area.el_start,
    elEndDeg: area.el_end,
    stepDeg: area.step_deg,
  });

describe('the scans around a target', () => {
  test('are a square of about 49 points, also high up', () => {
    const [low, ...others] = scansAround(at(350, 20), 'raster', 6);
    expect(others).toEqual([]);
    expect([points(low)?.rows, points(low)?.columns]).toEqual([7, 7]);
    expect(low?.az_end).toBeGreaterThan(357);
    const [high] = scansAround(at(350, 70), 'raster', 6);
    expect(points(high)?.rows).toBe(7);
    expect(points(high)?.totalPoints).toBeGreaterThanOrEqual(49);
    expect(points(high)?.totalPoints).toBeLessThan(75);
  });

  test('are two arms of a cross', () => {
    const arms = scansAround(at(180, 30), 'cross', 6);
    expect(arms.map((arm) => points(arm)).map((shape) => [shape?.rows, shape?.columns])).toEqual([
      [1, 13],
      [13, 1],
    ]);
  });

  test('are refused near the zenith and beyond 4,000 points', () => {
    expect(() => scansAround(at(0, 89), 'raster', 6)).toThrow('too near the zenith');
    expect(() => scansAround(at(0, 30), 'raster', 0.5, 40)).toThrow('at most 4000 are allowed');
  });
});

describe('a target that cannot be measured', () => {
  test('the Sun at night is measurable in the morning', () => {
    expect(() => requireMeasurable(sun, rotor, areasAt, Date.UTC(2026, 5, 21, 0))).toThrow(
      /^the Sun at az .* cannot be measured: it is below the horizon; it can be measured from 2026-06-21T0[45]:.0Z$/,
    );
  });

  test('is behind an obstacle', () => {
    const fixed = fixedTarget({ name: 'beacon', azimuth_deg: 100, elevation_deg: 30 });
    expect(() => requireMeasurable(fixed, rotor, areasAt, 0)).toThrow(
      /^beacon at az 100 el 30 cannot be measured: .*keep-out sector .*; it cannot be measured in the next 24 h$/,
    );
  });
});

test('a target through north is measurable with a travel of one turn', () => {
  const north = fixedTarget({ name: 'beacon', azimuth_deg: 359, elevation_deg: 30 });
  expect(requireMeasurable(north, rotor, areasAt, 0)).toHaveLength(1);
});
