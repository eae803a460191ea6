import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beamGain, type BeamTable } from './beam.ts';

const AXIS = { azimuthDeg: 100, elevationDeg: 0 };
const besideAxis = (deg: number) => ({ azimuthDeg: 100 + deg, elevationDeg: 0 });
const aboveAxis = (deg: number) => ({ azimuthDeg: 100, elevationDeg: deg });
const inDb = (gain: number) => 10 * Math.log10(gain);

describe('a round beam', () => {
  const beam = { hpbwDeg: 6, sideLobeDb: -36 };

  test.each([
    [0, 1],
    [3, 0.5],
    [6, 0.0625],
  ])('of 6 degrees, %d degrees off its axis, has a gain of %d', (offAxisDeg, gain) => {
    expect(beamGain(beam, AXIS, besideAxis(offAxisDeg))).toBeCloseTo(gain, 3);
    expect(beamGain(beam, AXIS, aboveAxis(offAxisDeg))).toBeCloseTo(gain, 3);
  });

  test('has a minimum gain at its side lobes', () => {
    expect(beamGain(beam, AXIS, besideAxis(180))).toBeCloseTo(10 ** -3.6, 8);
  });
});

describe('a beam from a table', () => {
  // Wider in elevation than in azimuth, with a side lobe above only.
  const beam: BeamTable = {
    offAxisDeg: [0, 5, 10, 20, 180],
    rollDeg: [0, 90, 180, 270],
    gainDb: [
      [0, -6, -20, -30, -40],
      [0, -3, -12, -9, -40],
      [0, -6, -20, -30, -40],
      [0, -3, -12, -30, -40],
    ],
  };

  test.each([
    ['on the axis', AXIS, 0],
    ['to the right', besideAxis(5), -6],
    ['to the left', besideAxis(-10), -20],
    ['above', aboveAxis(20), -9],
    ['below', aboveAxis(-20), -30],
    ['between two angles', aboveAxis(15), -10.5],
    ['behind', besideAxis(180), -40],
  ])('%s', (_, at, db) => {
    expect(inDb(beamGain(beam, AXIS, at))).toBeCloseTo(db, 6);
  });

  test.each([
    ['on the axis', 280, 30, 0],
    // The antenna is upside down: its left is right of the axis, its upper side is below.
    ['to the left', 280 + 5 / Math.cos(Math.PI / 6), 30, -6],
    ['below', 280, 50, -30],
    ['above', 280, 10, -9],
  ])('turns over with the mount: %s', (_, azimuthDeg, elevationDeg, db) => {
    const turnedOver = { azimuthDeg: 100, elevationDeg: 150 };
    expect(inDb(beamGain(beam, turnedOver, { azimuthDeg, elevationDeg }))).toBeCloseTo(db, 1);
  });

  test('between two rolls it is between their gains', () => {
    // 45 degrees around the axis.
    const diagonal = { azimuthDeg: 100 + 7.0888, elevationDeg: 7.0355 };
    expect(inDb(beamGain(beam, AXIS, diagonal))).toBeCloseTo(-16, 0);
  });

  test('looks the same wherever it points', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 360, noNaN: true }), (azimuthDeg) => {
        const axis = { azimuthDeg, elevationDeg: 60 };
        const above = { azimuthDeg, elevationDeg: 70 };
        expect(inDb(beamGain(beam, axis, above))).toBeCloseTo(-12, 6);
        const overhead = { azimuthDeg: azimuthDeg + 180, elevationDeg: 80 };
        expect(inDb(beamGain(beam, axis, overhead))).toBeCloseTo(-9 - (31 * 20) / 160, 6);
      }),
    );
  });

  test('one roll is a round beam', () => {
    const round: BeamTable = { offAxisDeg: [0, 10], rollDeg: [0], gainDb: [[0, -10]] };
    expect(inDb(beamGain(round, AXIS, aboveAxis(5)))).toBeCloseTo(-5, 6);
    expect(inDb(beamGain(round, AXIS, besideAxis(-50)))).toBeCloseTo(-10, 6);
  });
});
