import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mountSetpoint, skyDirection, skyLimits } from '#shared/sky/mount';
import { createObstacles } from '#shared/sky/obstacles';
import {
  azimuthOnCircleDeg,
  beamDirection,
  limitsFor,
  outsideLimits,
  type Pointing,
} from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
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

describe('the route of a mount with a pointing model', () => {
  const term = fc.double({ min: -1.4, max: 1.4, noNaN: true });
  const models = fc.record({
    IA: fc.double({ min: -180, max: 180, noNaN: true }),
    IE: fc.double({ min: -5, max: 5, noNaN: true }),
    CA: term,
    NPAE: term,
    AN: term,
    AW: term,
  });
  const anywhere = fc.record({
    azimuthDeg: fc.double({ min: -200, max: 600, noNaN: true }),
    elevationDeg: fc.double({ min: -10, max: 95, noNaN: true }),
  });
  const readbacks = fc.record({
    azimuthDeg: fc.double({ min: 0, max: 360, noNaN: true }),
    elevationDeg: fc.double({ min: 0, max: 90, noNaN: true }),
  });
  const reported = { azMinDeg: -10, azMaxDeg: 355, elMinDeg: 0, elMaxDeg: 85 };

  test('never has a setpoint outside the limits of the mount, nor an end in an obstacle', () => {
    let moved = 0;
    fc.assert(
      fc.property(models, anywhere, readbacks, (pointingModel, direction, from) => {
        const mount = { ...rotor, pointingModel };
        const target = mountSetpoint(mount, direction);
        let setpoints;
        try {
          setpoints = createMoveRoute(target, mount, reported).setpointsFrom(from, undefined);
        } catch (error) {
          expect(error).toMatchObject({ kind: 'out_of_range' });
          return;
        }
        moved++;
        for (const setpoint of setpoints)
          expect(outsideLimits(setpoint, limitsFor(setpoint, mount, reported))).toBeUndefined();
        if (target === rotor.park) return;
        // Setpoints have four decimals.
        const end = skyDirection(mount, setpoints.at(-1) ?? from);
        const obstacles = createObstacles(skyLimits(mount, rotor.limits).elMinDeg - 0.001, ridge, []);
        expect(obstacles.lowestDeg(end.azimuthDeg) - end.elevationDeg).toBeLessThan(0.001);
      }),
      { numRuns: 400 },
    );
    expect(moved).toBeGreaterThan(50);
  });

  test('that turns over keeps the beam out of obstacles on the way, up to the errors of the mount', () => {
    const small = fc.double({ min: -0.2, max: 0.2, noNaN: true });
    const errors = fc.record({ IA: small, IE: small, CA: small, NPAE: small, AN: small, AW: small });
    const places = fc.record({
      azimuthDeg: fc.double({ min: 0, max: 360, noNaN: true }),
      elevationDeg: fc.double({ min: 5, max: 180, noNaN: true }),
    });
    // Twice the sum of the errors.
    const DEEP_DEG = 2;
    const depthDeg = (beam: Pointing) => {
      const azimuthDeg = azimuthOnCircleDeg(beam.azimuthDeg);
      const low = createObstacles(-90, ridge, []).lowestDeg(azimuthDeg) - beam.elevationDeg;
      const aside = Math.min(azimuthDeg - 250, 260 - azimuthDeg) * Math.cos(degToRad(beam.elevationDeg));
      return Math.max(low, Math.min(aside, 40 - beam.elevationDeg));
    };
    let over = 0;
    fc.assert(
      fc.property(errors, places, places, (pointingModel, from, to) => {
        const mount = { ...rotor, limits: { ...rotor.limits, elMaxDeg: 180 }, pointingModel };
        const beamOf = (axes: Pointing) => beamDirection(skyDirection(mount, axes));
        fc.pre(depthDeg(beamOf(from)) < 0);
        let setpoints: Pointing[];
        try {
          setpoints = createMoveRoute(to, mount, undefined).setpointsFrom(from, from);
        } catch (error) {
          expect(error).toMatchObject({ kind: 'out_of_range' });
          return;
        }
        if (from.elevationDeg > 90 !== to.elevationDeg > 90) over++;
        [from, ...setpoints].reduce((before, next) => {
          for (let share = 0; share <= 1; share += 0.02)
            for (const late of [0, 0.5]) {
              const elevationShare = Math.max(0, (share - late) / (1 - late));
              const azimuthDeg = before.azimuthDeg + share * (next.azimuthDeg - before.azimuthDeg);
              const elevationDeg =
                before.elevationDeg + elevationShare * (next.elevationDeg - before.elevationDeg);
              expect(depthDeg(beamOf(at(azimuthDeg, elevationDeg)))).toBeLessThan(DEEP_DEG);
            }
          return next;
        });
      }),
      { numRuns: 200 },
    );
    expect(over).toBeGreaterThan(20);
  });

  test('names the direction of a setpoint that the mount cannot reach', () => {
    const mount = { ...rotor, pointingModel: { IA: 2.3, IE: -0.7, CA: 0, NPAE: 0, AN: 0, AW: 0 } };
    expect(() => createMoveRoute(mountSetpoint(mount, at(100, 5.5)), mount, undefined)).toThrow(
      'elevation 4.8 deg is outside 5..90 deg: the setpoint of the mount for az 100 el 5.5 by the pointing model',
    );
  });

  test('parks at the park pointing of the mount', () => {
    const mount = { ...rotor, pointingModel: { IA: 2.3, IE: -0.7, CA: 0.2, NPAE: 0, AN: 0.3, AW: 0 } };
    const setpoints = createMoveRoute(rotor.park, mount, undefined).setpointsFrom(at(30, 50), at(30, 50));
    expect(setpoints.at(-1)).toEqual(rotor.park);
  });
});
