import { describe, expect, test } from 'vitest';
import { gaussianPair, seededRandom } from '../../../../test/support/samples.ts';
import { fitPointing, type PointingObservation } from './fit-pointing.ts';
import { setpointOf, type PointingModel } from '#shared/sky/pointing-model';

const MODEL: PointingModel = { IA: 9.3, IE: -0.7, CA: 0.4, NPAE: -0.2, AN: 0.3, AW: -0.25 };

function observe(
  azimuthsDeg: readonly number[],
  elevationsDeg: readonly number[],
  sigmaDeg = 0.01,
  random?: () => number,
): PointingObservation[] {
  return azimuthsDeg.flatMap((azimuthDeg) =>
    elevationsDeg.map((elevationDeg) => {
      const direction = { azimuthDeg, elevationDeg };
      const exact = setpointOf(MODEL, direction);
      const [x, y] = random ? gaussianPair(random) : [0, 0];
      const cross = (x * sigmaDeg) / Math.cos((elevationDeg * Math.PI) / 180);
      const readback = {
        azimuthDeg: exact.azimuthDeg + cross,
        elevationDeg: exact.elevationDeg + y * sigmaDeg,
      };
      return { direction, readback, sigmaDeg };
    }),
  );
}

const ALL_AROUND = [10, 70, 130, 190, 250, 310];

describe('the fit of the pointing model', () => {
  test('finds all terms of exact observations over the sky', () => {
    const { model, terms, rmsDeg, rmsBeforeDeg } = fitPointing(observe(ALL_AROUND, [15, 45, 70]));
    expect(terms).toHaveLength(6);
    for (const name of terms) expect(model[name]).toBeCloseTo(MODEL[name], 8);
    expect(rmsDeg).toBeLessThan(1e-9);
    expect(rmsBeforeDeg).toBeGreaterThan(5);
  });

  test('finds the index errors only with fewer than 6 positions or 60 degrees', () => {
    for (const observations of [
      observe([10, 100, 200, 300, 350], [30]),
      observe([100, 110, 120, 130, 140, 159], [20, 50]),
      // Six times the same five positions.
      [1, 2, 3, 4, 5, 6].flatMap(() => observe([10, 100, 200, 300, 350], [30])),
    ]) {
      const { terms, model } = fitPointing(observations);
      expect(terms).toEqual(['IA', 'IE']);
      expect([model.CA, model.AN]).toEqual([0, 0]);
      expect(Math.abs(model.IA - MODEL.IA)).toBeLessThan(2);
    }
  });

  test('leaves out terms that one elevation does not determine', () => {
    expect(fitPointing(observe(ALL_AROUND, [30])).terms).toEqual(['IA', 'IE', 'AN', 'AW']);
  });

  test('has errors as large as its covariance says', () => {
    const random = seededRandom(8);
    const squares = Array.from({ length: 300 }, () => {
      const { model, terms, sigmasDeg, chiSquare, degreesOfFreedom } = fitPointing(
        observe(ALL_AROUND, [15, 45, 70], 0.05, random),
      );
      const scale = Math.max(1, chiSquare / degreesOfFreedom);
      return terms.map((term, k) => ((model[term] - MODEL[term]) / (sigmasDeg[k] as number)) ** 2 * scale);
    });
    for (let k = 0; k < 6; k++) {
      const mean = squares.reduce((sum, row) => sum + (row[k] as number), 0) / squares.length;
      expect(mean).toBeGreaterThan(0.75);
      expect(mean).toBeLessThan(1.25);
    }
  });

  test('widens the covariance when the residuals exceed the errors', () => {
    const noisy = observe(ALL_AROUND, [15, 45], 0.1, seededRandom(3));
    const optimistic = noisy.map((observation) => ({ ...observation, sigmaDeg: 0.01 }));
    const [a, b] = [fitPointing(noisy), fitPointing(optimistic)];
    expect(b.sigmasDeg[0]).toBeGreaterThan(0.7 * (a.sigmasDeg[0] ?? NaN));
  });

  test('treats readbacks of another turn as the same', () => {
    const turned = observe(ALL_AROUND, [15, 45, 70]).map((o) => ({
      ...o,
      readback: { ...o.readback, azimuthDeg: o.readback.azimuthDeg - 360 },
    }));
    expect(fitPointing(turned).model.IA).toBeCloseTo(MODEL.IA, 8);
  });

  test('refuses impossible observations', () => {
    expect(() => fitPointing([])).toThrow('no observations');
    const [first] = observe([10], [20]);
    expect(() => fitPointing([{ ...(first as PointingObservation), sigmaDeg: 0 }])).toThrow(
      'observation 1: error 0 deg',
    );
  });
});
