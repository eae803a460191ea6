import { describe, expect, test } from 'vitest';
import { createMoveRoute } from './move-route.ts';

const at = (azimuthDeg: number, elevationDeg: number) => ({ azimuthDeg, elevationDeg });
const axis = { speedDegPerS: 6, accelerationDegPerS2: 20 };
// A ridge, 20 degrees high at azimuth 100 and one degree lower 5 degrees to either side.
const ridge = [at(0, 0), at(100, 20), at(200, 0)];
const rotor = {
  limits: { azMinDeg: 0, azMaxDeg: 360, elMinDeg: 5, elMaxDeg: 90 },
  toleranceDeg: 1,
  park: at(0, 0),
  horizon: ridge,
  keepOut: [{ azStartDeg: 250, azEndDeg: 260, elMinDeg: 0, elMaxDeg: 40 }],
  azimuth: axis,
  elevation: axis,
};

describe('the route of a move', () => {
  test('begins at the last setpoint while the readback agrees with it', () => {
    const route = createMoveRoute(at(100, 20), rotor, undefined);
    expect(route.setpointsFrom(at(94.9, 19.6), at(95, 20))).toEqual([at(100, 20)]);
  });

  test('begins at the readback if the rotor was moved since', () => {
    const route = createMoveRoute(at(100, 20), rotor, undefined);
    expect(route.setpointsFrom(at(94.9, 30), at(95, 20))).toEqual([at(100, 20)]);
    expect(route.setpointsFrom(at(20, 10), at(95, 20))).toEqual([at(20, 20), at(100, 20)]);
  });

  test('leads up from the park pointing and straight down to it', () => {
    expect(createMoveRoute(at(0, 30), rotor, undefined).setpointsFrom(at(0, 0), at(0, 0))).toEqual([
      at(0, 30),
    ]);
    expect(createMoveRoute(at(0, 0), rotor, undefined).setpointsFrom(at(30, 50), at(30, 50))).toEqual([
      at(0, 6),
      at(0, 0),
    ]);
  });

  test('has setpoints with four decimals', () => {
    const route = createMoveRoute(at(50 + 1e-6, 20), { ...rotor, toleranceDeg: 1 / 3 }, undefined);
    expect(route.setpointsFrom(at(255, 45), undefined)).toEqual([at(249.6667, 45), at(50, 20)]);
  });

  test.each([
    [at(361, 30), 'azimuth 361 deg is outside 0..360 deg'],
    [at(50, 4), 'elevation 4 deg is outside 5..90 deg'],
    [at(50, 9), 'elevation 9 deg at azimuth 50 deg is below the horizon mask 10 deg'],
    [
      at(255, 30),
      'azimuth 255 deg elevation 30 deg is inside the keep-out sector az 250..260 deg el 0..40 deg',
    ],
  ])('to %j is refused', (target, message) => {
    expect(() => createMoveRoute(target, rotor, undefined)).toThrow(
      expect.objectContaining({ kind: 'out_of_range', message }),
    );
  });

  test('stays inside the reported travel', () => {
    const reported = { azMinDeg: 0, azMaxDeg: 360, elMinDeg: 8, elMaxDeg: 45 };
    expect(createMoveRoute(at(300, 20), rotor, reported).setpointsFrom(at(220, 10), undefined)).toEqual([
      at(220, 41),
      at(261, 41),
      at(300, 20),
    ]);
    expect(() => createMoveRoute(at(300, 7), rotor, reported)).toThrow(
      'elevation 7 deg is outside 8..45 deg',
    );
  });
});
