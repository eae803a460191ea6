import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkPointingModel,
  directionOf,
  NO_POINTING_ERROR,
  setpointOf,
  type PointingModel,
} from './pointing-model.ts';

const rad = (deg: number) => (deg * Math.PI) / 180;
const term = fc.double({ min: -1.4, max: 1.4, noNaN: true });
const models = fc.record({
  IA: fc.double({ min: -20, max: 20, noNaN: true }),
  IE: fc.double({ min: -5, max: 5, noNaN: true }),
  CA: term,
  NPAE: term,
  AN: term,
  AW: term,
});
const directions = fc.record({
  azimuthDeg: fc.double({ min: -180, max: 540, noNaN: true }),
  elevationDeg: fc.double({ min: -5, max: 182, noNaN: true }),
});

/** What an ideal mount reads whose azimuth axis is rotated by small angles, exactly. */
function tiltedReadback({ AN, AW }: PointingModel, azimuthDeg: number, elevationDeg: number) {
  const [a, e] = [rad(azimuthDeg), rad(elevationDeg)];
  const u = [Math.cos(e) * Math.sin(a), Math.cos(e) * Math.cos(a), Math.sin(e)] as const;
  // Rotation by the vector w turns the zenith towards north by AN and towards west by AW.
  const w = [-rad(AN), -rad(AW), 0] as const;
  const angle = Math.hypot(...w);
  const k = w.map((x) => x / angle) as unknown as readonly [number, number, number];
  const along = k[0] * u[0] + k[1] * u[1] + k[2] * u[2];
  const cross = [k[1] * u[2] - k[2] * u[1], k[2] * u[0] - k[0] * u[2], k[0] * u[1] - k[1] * u[0]] as const;
  // The direction in the frame of the mount: rotated back.
  const [x = 0, y = 0, z = 0] = u.map(
    (value, i) =>
      value * Math.cos(angle) -
      (cross[i] as number) * Math.sin(angle) +
      (k[i] as number) * along * (1 - Math.cos(angle)),
  );
  return { azimuthDeg: (Math.atan2(x, y) * 180) / Math.PI, elevationDeg: (Math.asin(z) * 180) / Math.PI };
}

/** East, north and up of the beam of a mount with CA and NPAE at angles of its axes, exactly. */
function beamOf({ CA, NPAE }: PointingModel, azimuthDeg: number, elevationDeg: number) {
  const [a, e, c, n] = [azimuthDeg, elevationDeg, CA, NPAE].map(rad) as [number, number, number, number];
  // Right, ahead, up: to the left of the normal, raised, and leaning with the elevation axis.
  const [x, y, z] = [-Math.sin(c), Math.cos(c) * Math.cos(e), Math.cos(c) * Math.sin(e)];
  const [right, up] = [x * Math.cos(n) - z * Math.sin(n), x * Math.sin(n) + z * Math.cos(n)];
  return [right * Math.cos(a) + y * Math.sin(a), y * Math.cos(a) - right * Math.sin(a), up] as const;
}

describe('the pointing model', () => {
  test.each([
    [0.1, 0],
    [0, 0.1],
    [-0.07, 0.05],
  ])('has the signs of a rotated azimuth axis: %d towards north, %d towards west', (AN, AW) => {
    const model = { ...NO_POINTING_ERROR, AN, AW };
    for (let azimuthDeg = -170; azimuthDeg < 180; azimuthDeg += 20)
      for (const elevationDeg of [0, 30, 60]) {
        const expected = tiltedReadback(model, azimuthDeg, elevationDeg);
        const found = setpointOf(model, { azimuthDeg, elevationDeg });
        // First order: 0.1 degrees squared is 0.0002.
        expect(Math.abs(found.azimuthDeg - expected.azimuthDeg)).toBeLessThan(0.001);
        expect(Math.abs(found.elevationDeg - expected.elevationDeg)).toBeLessThan(0.001);
      }
  });

  test('holds beyond the zenith: a tilted axis reads the same beam from the other side', () => {
    const model = { ...NO_POINTING_ERROR, AN: -0.07, AW: 0.05 };
    for (let azimuthDeg = -170; azimuthDeg < 180; azimuthDeg += 20)
      for (const elevationDeg of [0, 30, 60]) {
        const expected = tiltedReadback(model, azimuthDeg, elevationDeg);
        const found = setpointOf(model, { azimuthDeg: azimuthDeg - 180, elevationDeg: 180 - elevationDeg });
        expect(Math.abs(found.azimuthDeg + 180 - expected.azimuthDeg)).toBeLessThan(0.001);
        expect(Math.abs(180 - found.elevationDeg - expected.elevationDeg)).toBeLessThan(0.001);
      }
  });

  test('has a beam on the same side of the antenna beyond the zenith', () => {
    // The beam is 1 degree to the left of the normal of the elevation axis, whose azimuth is 102.
    const model = { ...NO_POINTING_ERROR, CA: 1 };
    const { azimuthDeg, elevationDeg } = directionOf(model, { azimuthDeg: 102, elevationDeg: 120 });
    expect([azimuthDeg, elevationDeg]).toEqual([expect.closeTo(104, 9), 120]);
  });

  test.each([10, 50, 75, 100, 130, 170])(
    'has the geometry of its axes at an elevation of %d degrees',
    (el) => {
      const model = { IA: 5, IE: -1, CA: 0.08, NPAE: -0.06, AN: 0, AW: 0 };
      for (const azimuthDeg of [-100, 20, 200]) {
        const setpoint = setpointOf(model, { azimuthDeg, elevationDeg: el });
        const beam = beamOf(model, setpoint.azimuthDeg - model.IA, setpoint.elevationDeg - model.IE);
        const wanted = beamOf(NO_POINTING_ERROR, azimuthDeg, el);
        const apart = Math.hypot(...beam.map((x, i) => x - (wanted[i] ?? NaN)));
        // First order, in degrees; an error of the sign is 0.1.
        expect((apart * 180) / Math.PI).toBeLessThan(0.001);
      }
    },
  );

  test.each([90, 96])('is continuous at an elevation of %d degrees', (edgeDeg) => {
    const model = { IA: 10, IE: 1, CA: 0.5, NPAE: 0.4, AN: 0.3, AW: 0.2 };
    const [before, after] = [-1e-6, 1e-6].map((deg) =>
      setpointOf(model, { azimuthDeg: 40, elevationDeg: edgeDeg + deg }),
    );
    expect(Math.abs((before?.azimuthDeg ?? NaN) - (after?.azimuthDeg ?? NaN))).toBeLessThan(1e-4);
  });

  test('has a beam to the left for a positive collimation error', () => {
    const model = { ...NO_POINTING_ERROR, CA: 1 };
    expect(setpointOf(model, { azimuthDeg: 100, elevationDeg: 60 }).azimuthDeg).toBeCloseTo(102, 9);
    expect(directionOf(model, { azimuthDeg: 102, elevationDeg: 60 }).azimuthDeg).toBeCloseTo(100, 9);
  });

  test('and its inverse agree to 1e-6 degrees everywhere, also at the zenith and beyond', () => {
    fc.assert(
      fc.property(models, directions, (model, direction) => {
        checkPointingModel(model);
        const found = directionOf(model, setpointOf(model, direction));
        expect(Math.abs(found.azimuthDeg - direction.azimuthDeg)).toBeLessThan(1e-6);
        expect(Math.abs(found.elevationDeg - direction.elevationDeg)).toBeLessThan(1e-6);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is finite at the zenith', () => {
    const model = { IA: 10, IE: 1, CA: 0.5, NPAE: 0.5, AN: 0.5, AW: 0.5 };
    const { azimuthDeg } = setpointOf(model, { azimuthDeg: 0, elevationDeg: 90 });
    expect(Math.abs(azimuthDeg)).toBeLessThan(40);
  });

  test('is refused when the mount needs adjustment', () => {
    expect(() => checkPointingModel({ ...NO_POINTING_ERROR, AN: 2, AW: 1 })).toThrow(
      'tilt of the azimuth axis 2.236 deg is outside -2..2 deg',
    );
    expect(() => checkPointingModel({ ...NO_POINTING_ERROR, CA: NaN })).toThrow('CA NaN deg');
    expect(() => checkPointingModel({ ...NO_POINTING_ERROR, IA: 400 })).toThrow('IA 400 deg');
  });
});
