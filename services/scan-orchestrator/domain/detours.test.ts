import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outsideLimits, type Pointing } from '#shared/sky/pointing';
import { createRoutes } from '#shared/sky/routes';
import { planScan } from './plan.ts';
import type { PlanRotor } from './plan-inputs.ts';
import { turningPoints } from './turning-points.ts';

const at = (azimuthDeg: number, elevationDeg: number): Pointing => ({ azimuthDeg, elevationDeg });
const textOf = (pointings: Pointing[]) =>
  pointings.map(({ azimuthDeg, elevationDeg }) => `${azimuthDeg},${elevationDeg}`).join(' ');

const rotor: PlanRotor = {
  limits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 },
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
  toleranceDeg: 1,
  settleMs: 500,
  park: at(0, 0),
  parkAfterScan: false,
  horizon: [],
  keepOut: [],
};
const hill = [at(93, 0), at(95, 30), at(97, 0)];
const chimney = { azStartDeg: 94, azEndDeg: 96, elMinDeg: 5, elMaxDeg: 40 };
const mast = { azStartDeg: 94, azEndDeg: 96, elMinDeg: -90, elMaxDeg: 90 };
// Columns 80, 90, 100, 110: the hill and the chimney stand between two of them.
const grid = {
  kind: 'rectangular' as const,
  azStartDeg: 80,
  azEndDeg: 110,
  elStartDeg: 20,
  elEndDeg: 30,
  stepDeg: 10,
};

describe('a plan around obstacles', () => {
  test('passes above a hill between two columns and returns the detour', () => {
    const { path, detours } = planScan({
      bounds: grid,
      tunings: 1,
      readsMs: 100,
      rotor: { ...rotor, horizon: hill },
      from: at(80, 20),
    });
    // The upper row is as high as the hill.
    expect(textOf(turningPoints(path, detours, 100))).toBe(
      '80,20 90,20 90,31 100,31 100,20 110,20 110,30 80,30',
    );
    expect([...detours.corners.keys()]).toEqual([2]);
  });

  test('includes the time of its legs', () => {
    const plain = planScan({ bounds: grid, tunings: 1, readsMs: 100, rotor, from: at(80, 20) });
    const round = planScan({
      bounds: grid,
      tunings: 1,
      readsMs: 100,
      rotor: { ...rotor, horizon: hill },
      from: at(80, 20),
    });
    // Up and down by 11 degrees at 3 deg/s, a run-up of a third of a second each.
    expect(round.expectedSeconds - plain.expectedSeconds).toBeCloseTo(2 * (11 / 3 + 1 / 3), 6);
  });

  test('is unchanged without obstacles in the way', () => {
    const far = { horizon: [at(0, 10)], keepOut: [{ ...mast, azStartDeg: 200, azEndDeg: 210 }] };
    const plain = planScan({ bounds: grid, tunings: 1, readsMs: 100, rotor, from: at(80, 20) });
    const same = planScan({
      bounds: grid,
      tunings: 1,
      readsMs: 100,
      rotor: { ...rotor, ...far },
      from: at(80, 20),
    });
    expect(Array.from(same.path.order)).toEqual(Array.from(plain.path.order));
    expect(same.expectedSeconds).toBe(plain.expectedSeconds);
  });

  test('uses another cable turn if a mast blocks this one', () => {
    const behind = { ...grid, azStartDeg: 200, azEndDeg: 220 };
    const plan = (azimuthDeg: number) =>
      planScan({
        bounds: behind,
        tunings: 1,
        readsMs: 100,
        rotor: { ...rotor, keepOut: [mast] },
        from: at(azimuthDeg, 20),
      }).path.setpoint(0);
    expect(plan(150)).toEqual(at(200, 20));
    expect(plan(90)).toEqual(at(-160, 20));
  });

  test.each<[string, object, Partial<PlanRotor>, string]>([
    [
      'a cell below the horizon mask',
      { azStartDeg: 95, azEndDeg: 95 },
      { horizon: hill },
      'elevation 20 deg at azimuth 95 deg is below the horizon mask 30 deg',
    ],
    [
      'a cell in a keep-out sector',
      { azStartDeg: 75, azEndDeg: 95 },
      { keepOut: [chimney] },
      'azimuth 95 deg elevation 20 deg is inside the keep-out sector az 94..96 deg el 5..40 deg',
    ],
    [
      "a cell in a keep-out sector, with the user's azimuths",
      { azStartDeg: 455, azEndDeg: 455 },
      { keepOut: [chimney] },
      'azimuth 455 deg elevation 20 deg is inside the keep-out sector az 94..96 deg el 5..40 deg',
    ],
    [
      'a grid on both sides of a mast',
      {},
      { keepOut: [mast] },
      'there is no route from az 90 el 20 to az 100 el 20: the keep-out sector az 94..96 deg el -90..90 deg is in the way',
    ],
    [
      'a park pointing in a keep-out sector',
      {},
      { parkAfterScan: true, park: at(300, 20), keepOut: [{ ...chimney, azStartDeg: 290, azEndDeg: 310 }] },
      'park pointing: azimuth 300 deg elevation 20 deg is inside the keep-out sector az 290..310 deg el 5..40 deg',
    ],
    [
      'a park pointing outside the travel',
      {},
      { parkAfterScan: true, park: at(500, 20) },
      'park pointing: azimuth 500 deg is outside -180..450 deg',
    ],
    [
      'a park pointing behind a mast',
      {},
      { parkAfterScan: true, park: at(430, 20), keepOut: [{ ...mast, azStartDeg: 20, azEndDeg: 30 }] },
      'park pointing: there is no route from az 80 el 30 to az 430 el 20: the keep-out sector az 20..30 deg el -90..90 deg is in the way',
    ],
  ])('is refused: %s', (_, bounds, change, message) => {
    expect(() =>
      planScan({
        bounds: { ...grid, ...bounds },
        tunings: 1,
        readsMs: 100,
        rotor: { ...rotor, ...change },
        from: at(80, 20),
      }),
    ).toThrow(expect.objectContaining({ kind: 'out_of_range', message }));
  });

  test('is refused when the rotor stands where no route leads out', () => {
    const boxed = [mast, { ...mast, azStartDeg: 350, azEndDeg: 352 }];
    expect(() =>
      planScan({
        bounds: { ...grid, azStartDeg: 100 },
        tunings: 1,
        readsMs: 100,
        rotor: { ...rotor, keepOut: boxed },
        from: at(0, 0),
      }),
    ).toThrow(/^there is no route from az 0 el 0 to az 100 el 20: /);
  });

  test('checks the reference like a cell', () => {
    const reference = { pointing: at(95, 20), everyMs: 600_000 };
    const plan = (change: Partial<PlanRotor>) =>
      planScan({
        bounds: grid,
        tunings: 1,
        readsMs: 100,
        rotor: { ...rotor, ...change },
        from: at(80, 20),
        reference,
      });
    expect(() => plan({ horizon: hill })).toThrow(
      'reference pointing: elevation 20 deg at azimuth 95 deg is below the horizon mask 30 deg',
    );
    const gate = { azStartDeg: 92, azEndDeg: 93, elMinDeg: 5, elMaxDeg: 40 };
    expect(plan({ keepOut: [gate] }).expectedSeconds).toBeGreaterThan(plan({}).expectedSeconds + 10);
  });

  const whole = (min: number, max: number) => fc.integer({ min, max });
  const scans = fc
    .record({
      kind: fc.constantFrom('rectangular' as const, 'equal_area' as const),
      azStartDeg: whole(-180, 360),
      wide: whole(0, 360),
      elStartDeg: whole(5, 60),
      high: whole(0, 30),
      stepDeg: fc.constantFrom(2, 5, 7, 12, 30),
    })
    .map(({ wide, high, ...scan }) => ({
      ...scan,
      azEndDeg: Math.min(540, scan.azStartDeg + wide),
      elEndDeg: scan.elStartDeg + high,
    }));
  const sectors = fc
    .record({ azStartDeg: whole(0, 360), wide: whole(0, 20), elMinDeg: whole(0, 60), high: whole(1, 30) })
    .map(({ azStartDeg, wide, elMinDeg, high }) => ({
      azStartDeg,
      azEndDeg: (azStartDeg + wide) % 360,
      elMinDeg,
      elMaxDeg: elMinDeg + high,
    }));
  const masks = fc
    .uniqueArray(fc.tuple(whole(0, 360), whole(-5, 25)), { maxLength: 6, selector: ([az]) => az })
    .map((points) => points.sort(([a], [b]) => a - b).map(([az, el]) => at(az, el)));
  const travels = fc
    .tuple(whole(-180, 90), whole(300, 630))
    .map(([azMinDeg, wide]) => ({ azMinDeg, azMaxDeg: azMinDeg + wide, elMinDeg: 5, elMaxDeg: 90 }));
  const starts = fc.tuple(whole(-180, 90), whole(0, 90)).map(([az, el]) => at(az, el));

  test('passes nothing forbidden and stays within the travel, or is refused', () => {
    let planned = 0;
    fc.assert(
      fc.property(
        scans,
        fc.array(sectors, { maxLength: 3 }),
        masks,
        travels,
        starts,
        (scan, keepOut, horizon, limits, from) => {
          const around = { ...rotor, horizon, keepOut, limits };
          let plan;
          try {
            plan = planScan({ bounds: scan, tunings: 1, readsMs: 100, rotor: around, from });
          } catch (error) {
            expect(error).toMatchObject({ kind: 'out_of_range' });
            return;
          }
          planned++;
          const { path, detours } = plan;
          const { obstacles } = createRoutes(around, limits);
          const way = Array.from(path.order).flatMap((cell, i) => [
            ...(detours.corners.get(i) ?? []),
            path.setpoint(cell),
          ]);
          const bad = way.filter(
            (end, i) => outsideLimits(end, limits) ?? !obstacles.isFree(way[i - 1] ?? end, end),
          );
          expect(bad).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
    expect(planned).toBeGreaterThan(20);
  });
});
