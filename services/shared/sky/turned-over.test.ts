import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SkyScanError } from '../base/errors.ts';
import { sectorOfDisc } from './disc-sector.ts';
import { createHorizon } from './horizon.ts';
import { createObstacles, type KeepOutSector } from './obstacles.ts';
import { beamDirection, separationDeg, type Pointing } from './pointing.ts';
import type { RouteRotor } from './route-ends.ts';
import { createRoutes } from './routes.ts';
import { separationFromRectangleDeg } from './sky-disc.ts';
import { degToRad, radToDeg } from './units.ts';

// Mounts with elevations up to 180 degrees. Where the beam points is computed from its vector here.

const at = (azimuthDeg: number, elevationDeg: number): Pointing => ({ azimuthDeg, elevationDeg });
const limits = { azMinDeg: -60, azMaxDeg: 400, elMinDeg: 0, elMaxDeg: 180 };
const plain: RouteRotor = {
  limits,
  toleranceDeg: 1,
  park: at(0, 0),
  horizon: [],
  keepOut: [],
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
};
const tower = { azStartDeg: 200, azEndDeg: 220, elMinDeg: 0, elMaxDeg: 60 };
const hill = [at(200, 0), at(210, 30), at(220, 0)];

/** The beam as a unit vector to east, north and up. */
function beamVector({ azimuthDeg, elevationDeg }: Pointing): [number, number, number] {
  const [az, el] = [degToRad(azimuthDeg), degToRad(elevationDeg)];
  return [Math.cos(el) * Math.sin(az), Math.cos(el) * Math.cos(az), Math.sin(el)];
}

/** Azimuth 0 to 360, elevation -90 to 90. */
function trueDirection(pointing: Pointing): Pointing {
  const [east, north, up] = beamVector(pointing);
  const azimuthDeg = (radToDeg(Math.atan2(east, north)) + 360) % 360;
  return at(azimuthDeg, radToDeg(Math.atan2(up, Math.hypot(east, north))));
}

const EDGE_DEG = 1e-6;

/** Why a direction is forbidden. `insideDeg`: by how much it is inside the edge. */
function whyForbidden(
  pointing: Pointing,
  { horizon, keepOut }: RouteRotor,
  insideDeg = EDGE_DEG,
): string | undefined {
  const { azimuthDeg, elevationDeg } = trueDirection(pointing);
  if (elevationDeg < createHorizon(horizon).highestDeg(azimuthDeg, azimuthDeg) - 1e-3) return 'mask';
  for (const { azStartDeg, azEndDeg, elMinDeg, elMaxDeg, disc } of keepOut) {
    if (disc) {
      if (separationDeg(at(azimuthDeg, elevationDeg), disc.centre) < disc.radiusDeg - insideDeg)
        return 'disc';
      continue;
    }
    const halfDeg = ((azEndDeg - azStartDeg + 360) % 360) / 2;
    const asideDeg = Math.abs(((azimuthDeg - azStartDeg - halfDeg + 900) % 360) - 180);
    // At the zenith itself the azimuth is arbitrary.
    const isWithin = asideDeg < halfDeg - insideDeg && elevationDeg < 90 - EDGE_DEG;
    if (isWithin && elevationDeg > elMinDeg + insideDeg && elevationDeg < elMaxDeg - insideDeg)
      return 'sector';
  }
  return undefined;
}

/** Points of a leg, with one axis faster than the other. */
function passed(from: Pointing, to: Pointing, share: number): Pointing[] {
  const steps = 80;
  const part = (a: number, b: number, done: number) => a + (b - a) * Math.min(1, done);
  return Array.from({ length: steps + 1 }, (_, i) => {
    const [fast, slow] = [i / steps / Math.min(share, 1 - share + 1e-9), i / steps];
    const [az, el] = share < 0.5 ? [fast, slow] : [slow, i / steps / Math.max(1e-3, 1 - share)];
    return at(part(from.azimuthDeg, to.azimuthDeg, az), part(from.elevationDeg, to.elevationDeg, el));
  }).concat(to);
}

const whole = (min: number, max: number) => fc.integer({ min, max });
const sectors = fc
  .record({ azStartDeg: whole(0, 359), wide: whole(1, 120), elMinDeg: whole(-10, 85), high: whole(1, 60) })
  .map(({ azStartDeg, wide, elMinDeg, high }) => ({
    azStartDeg,
    azEndDeg: (azStartDeg + wide) % 360,
    elMinDeg,
    elMaxDeg: Math.min(90, elMinDeg + high),
  }));
const discs = fc
  .record({ azimuthDeg: whole(0, 359), elevationDeg: whole(-1, 90), radiusDeg: whole(1, 20) })
  .map(({ radiusDeg, ...centre }) => sectorOfDisc({ name: 'the Sun', centre, radiusDeg }));
const masks = fc
  .uniqueArray(fc.tuple(whole(0, 360), whole(-5, 60)), { maxLength: 8, selector: ([azimuth]) => azimuth })
  .map((points) => points.sort(([a], [b]) => a - b).map(([az, el]) => at(az, el)));
const pointings = fc.tuple(whole(-60, 400), whole(0, 180)).map(([az, el]) => at(az, el));
const axis = fc.record({ speedDegPerS: whole(1, 20), accelerationDegPerS2: whole(1, 100) });
const rotors: fc.Arbitrary<RouteRotor> = fc.record({
  limits: fc.constant(limits),
  toleranceDeg: fc.constantFrom(0.1, 1, 3),
  park: pointings,
  horizon: masks,
  keepOut: fc.array(fc.oneof<fc.Arbitrary<KeepOutSector>[]>(sectors, discs), { maxLength: 4 }),
  azimuth: axis,
  elevation: axis,
});
const share = fc.double({ min: 0.01, max: 1, noNaN: true });

describe('obstacles of a mount that turns over', () => {
  test('are where the beam is, whichever way the mount points there', () => {
    let forbidden = 0;
    fc.assert(
      fc.property(rotors, whole(-60, 400), whole(0, 17_999), (rotor, az, el) => {
        const obstacles = createObstacles(-90, rotor.horizon, rotor.keepOut, 180);
        const pointing = at(az + 0.5, el / 100 + 0.005);
        const reason = whyForbidden(pointing, rotor);
        if (reason !== undefined) {
          forbidden++;
          expect(obstacles.isFree(pointing, pointing), reason).toBe(false);
        }
        // The other pair of angles has the same beam.
        const other = at(pointing.azimuthDeg + 180, 180 - pointing.elevationDeg);
        expect(obstacles.isFree(other, other)).toBe(obstacles.isFree(pointing, pointing));
      }),
      { numRuns: 2_000 },
    );
    expect(forbidden).toBeGreaterThan(200);
  });

  test.each<[Pointing, string]>([
    [
      at(30, 150),
      'azimuth 30 deg elevation 150 deg (on the sky: az 210 el 30) is inside the keep-out sector az 200..220 deg el 0..60 deg',
    ],
    [
      at(390, 150),
      'azimuth 390 deg elevation 150 deg (on the sky: az 210 el 30) is inside the keep-out sector az 200..220 deg el 0..60 deg',
    ],
  ])('%j in a sector', (target, message) => {
    expect(createRoutes({ ...plain, keepOut: [tower] }, limits).refusal(target)).toBe(message);
  });

  test('have the mask on both sides of the zenith', () => {
    const { refusal, obstacles } = createRoutes({ ...plain, horizon: hill }, limits);
    expect(refusal(at(30, 160))).toBe(
      'elevation 160 deg at azimuth 30 deg (on the sky: az 210 el 20) is below the horizon mask 30 deg',
    );
    expect(refusal(at(30, 149))).toBeUndefined();
    expect(refusal(at(210, 20))).toBe('elevation 20 deg at azimuth 210 deg is below the horizon mask 30 deg');
    expect([obstacles.highestDeg(30), obstacles.highestDeg(25, 60)]).toEqual([150, 150]);
    expect(obstacles.highestDeg(25)).toBeCloseTo(165, 9);
  });

  test('do not exist beyond the zenith for other mounts', () => {
    const { obstacles } = createRoutes(
      { ...plain, horizon: hill, keepOut: [tower] },
      { ...limits, elMaxDeg: 90 },
    );
    expect(obstacles.sectors).toEqual([tower]);
    expect(obstacles.highestDeg(30)).toBe(Infinity);
  });

  test('include the Sun at its true angle', () => {
    fc.assert(
      fc.property(pointings, pointings, pointings, (a, b, c) => {
        const centre = trueDirection(c);
        const deg = separationFromRectangleDeg(a, b, centre);
        let sampled = 180;
        for (let i = 0; i <= 40; i++)
          for (let j = 0; j <= 40; j++) {
            const p = at(
              a.azimuthDeg + (i / 40) * (b.azimuthDeg - a.azimuthDeg),
              a.elevationDeg + (j / 40) * (b.elevationDeg - a.elevationDeg),
            );
            sampled = Math.min(sampled, separationDeg(beamDirection(p), centre));
          }
        expect(deg).toBeLessThanOrEqual(sampled + 1e-4);
        const coarseDeg =
          (Math.abs(a.azimuthDeg - b.azimuthDeg) + Math.abs(a.elevationDeg - b.elevationDeg)) / 80;
        expect(deg).toBeGreaterThanOrEqual(sampled - coarseDeg - 1e-4);
      }),
      { numRuns: 200 },
    );
  });
});

describe('routes of a mount that turns over', () => {
  test('never enter a forbidden direction, whichever axis is faster', () => {
    let [found, over] = [0, 0];
    fc.assert(
      fc.property(rotors, pointings, pointings, fc.boolean(), share, (rotor, from, other, parks, faster) => {
        fc.pre(whyForbidden(from, rotor, -EDGE_DEG) === undefined);
        const to = parks ? rotor.park : other;
        let way: Pointing[];
        try {
          way = createRoutes(rotor, limits).legs(from, to);
        } catch (error) {
          expect(error).toBeInstanceOf(SkyScanError);
          return;
        }
        found++;
        const ends = [from, ...way];
        if (
          Math.min(...ends.map((p) => p.elevationDeg)) < 90 &&
          Math.max(...ends.map((p) => p.elevationDeg)) > 90
        )
          over++;
        expect(way.at(-1)).toEqual(to);
        ends.slice(1).forEach((end, i) => {
          const begin = ends[i] as Pointing;
          for (const point of passed(begin, end, faster)) {
            const reason = whyForbidden(point, rotor);
            // Only the park pointing may be below the mask, and only from straight above.
            const isToPark = isDeepStrictEqual(to, rotor.park) && end === way.at(-1);
            const isStraight = Math.abs(begin.azimuthDeg - end.azimuthDeg) <= rotor.toleranceDeg;
            if (reason === 'mask' && isToPark && isStraight) continue;
            expect(reason, JSON.stringify({ rotor, from, way, point })).toBeUndefined();
          }
        });
      }),
      { numRuns: 500 },
    );
    expect(found).toBeGreaterThan(200);
    expect(over).toBeGreaterThan(50);
  });

  test('out of a forbidden direction lead to a free one, straight up from below the mask', () => {
    let left = 0;
    fc.assert(
      fc.property(rotors, pointings, pointings, share, (rotor, from, to, faster) => {
        const initial = whyForbidden(from, rotor);
        fc.pre(initial !== undefined && !isDeepStrictEqual(to, rotor.park));
        let way: Pointing[];
        try {
          way = createRoutes(rotor, limits).legs(from, to);
        } catch (error) {
          expect(error).toBeInstanceOf(SkyScanError);
          return;
        }
        left++;
        const first = way[0] as Pointing;
        if (initial === 'mask') {
          expect(first.azimuthDeg).toBe(from.azimuthDeg);
          const upwards = from.elevationDeg < 90 ? 1 : -1;
          expect(upwards * (first.elevationDeg - from.elevationDeg)).toBeGreaterThan(0);
        }
        if (way.length > 1) expect(whyForbidden(first, rotor)).toBeUndefined();
        for (const [i, end] of way.entries())
          if (i > 0)
            for (const point of passed(way[i - 1] as Pointing, end, faster))
              expect(whyForbidden(point, rotor)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    expect(left).toBeGreaterThan(50);
  });

  test.each<[string, Pointing, Pointing, Partial<RouteRotor>, string]>([
    ['through the zenith', at(30, 20), at(30, 160), {}, '30,160'],
    [
      'up and over from below the mask beyond the zenith',
      at(30, 170),
      at(60, 100),
      { horizon: hill },
      '30,149 60,100',
    ],
    ['around a tower behind', at(10, 150), at(50, 150), { keepOut: [tower] }, '10,119 41,119 50,150'],
    [
      'to a park pointing below the mask beyond the zenith',
      at(60, 100),
      at(30, 170),
      { horizon: hill, park: at(30, 170) },
      '30,149 30,170',
    ],
    ['from the front to the same beam behind', at(210, 70), at(30, 110), { keepOut: [tower] }, '30,110'],
  ])('lead %s', (_, from, to, change, expected) => {
    const rotor = { ...plain, ...change };
    const way = createRoutes(rotor, limits).legs(from, to);
    expect(way.map((p) => `${p.azimuthDeg},${p.elevationDeg}`).join(' ')).toBe(expected);
  });

  test('from a readback within the tolerance of the mask beyond the zenith', () => {
    const routes = createRoutes({ ...plain, horizon: hill }, limits);
    const [end, ...rest] = routes.legsFromReadback(at(30, 150.5), at(25, 120));
    expect([end, rest]).toEqual([at(25, 120), []]);
  });
});
