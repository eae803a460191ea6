import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { separationDeg, type Pointing } from './pointing.ts';
import { createRoutes } from './routes.ts';
import { sectorOfDisc } from './disc-sector.ts';
import { separationFromRectangleDeg } from './sky-disc.ts';

const at = (azimuthDeg: number, elevationDeg: number): Pointing => ({ azimuthDeg, elevationDeg });
const azimuth = fc.noBias(fc.double({ min: -180, max: 450, noNaN: true }));
const elevation = fc.noBias(fc.double({ min: 0, max: 90, noNaN: true }));
const pointing = fc.record({ azimuthDeg: azimuth, elevationDeg: elevation });

/** A grid of pointings in a rectangle. */
function* inside(a: Pointing, b: Pointing, steps: number): Generator<Pointing> {
  for (let i = 0; i <= steps; i++)
    for (let j = 0; j <= steps; j++)
      yield at(
        a.azimuthDeg + (i / steps) * (b.azimuthDeg - a.azimuthDeg),
        a.elevationDeg + (j / steps) * (b.elevationDeg - a.elevationDeg),
      );
}

describe('the angle between a direction and a rectangle', () => {
  test.each([
    [at(0, 0), at(90, 0), at(45, 30), 30],
    [at(0, 0), at(90, 40), at(45, 30), 0],
    [at(350, 10), at(370, 10), at(0, 10), 0],
    [at(100, 10), at(120, 10), at(130, 10), 9.848],
    [at(0, 80), at(0, 80), at(180, 80), 20],
  ])('%o to %o from %o', (a, b, centre, deg) => {
    expect(separationFromRectangleDeg(a, b, centre)).toBeCloseTo(deg, 3);
  });

  test('is the minimum over the rectangle', () => {
    fc.assert(
      fc.property(pointing, pointing, pointing, (a, b, centre) => {
        const deg = separationFromRectangleDeg(a, b, centre);
        let sampled = 180;
        for (const p of inside(a, b, 60)) sampled = Math.min(sampled, separationDeg(p, centre));
        expect(deg).toBeLessThanOrEqual(sampled + 1e-4);
        const coarseDeg =
          (Math.abs(a.azimuthDeg - b.azimuthDeg) + Math.abs(a.elevationDeg - b.elevationDeg)) / 120;
        expect(deg).toBeGreaterThanOrEqual(sampled - coarseDeg - 1e-4);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

test('routes lead around the Sun, whichever axis is faster, and away from it if they begin beside it', () => {
  const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
  const axis = { speedDegPerS: 6, accelerationDegPerS2: 10 };
  let found = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      pointing,
      pointing,
      pointing,
      fc.double({ min: 2, max: 25, noNaN: true }),
      (from, to, centre, radiusDeg) => {
        const sun = sectorOfDisc({ name: 'the Sun', centre, radiusDeg });
        const rotor = {
          limits,
          toleranceDeg: 0.5,
          park: at(0, 0),
          horizon: [],
          keepOut: [sun],
          azimuth: axis,
          elevation: axis,
        };
        const routes = createRoutes(rotor, limits);
        if (separationDeg(to, centre) < radiusDeg - 1e-6) {
          refused++;
          expect(routes.refusal(to)).toMatch(/deg from the Sun, nearer than/);
          expect(() => routes.legs(from, to)).toThrow();
          return;
        }
        const legs = routes.legs(from, to);
        found++;
        const leastDeg = Math.min(radiusDeg, separationDeg(from, centre)) - 0.02;
        let here = from;
        let nearestDeg = 180;
        for (const leg of legs) {
          for (const p of inside(here, leg, 20)) nearestDeg = Math.min(nearestDeg, separationDeg(p, centre));
          here = leg;
        }
        expect(nearestDeg).toBeGreaterThanOrEqual(leastDeg);
        expect(here).toEqual(to);
      },
    ),
    { seed: 2, numRuns: 1_000 },
  );
  expect(found).toBe(1_000 - refused);
});
