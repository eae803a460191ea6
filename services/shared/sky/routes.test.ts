import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SkyScanError } from '../base/errors.ts';
import { slewSeconds } from './kinematics.ts';
import type { Pointing } from './pointing.ts';
import type { RouteRotor } from './route-ends.ts';
import { createRoutes } from './routes.ts';

const at = (azimuthDeg: number, elevationDeg: number): Pointing => ({ azimuthDeg, elevationDeg });
const plain: RouteRotor = {
  limits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 },
  toleranceDeg: 1,
  park: at(0, 0),
  horizon: [],
  keepOut: [],
  azimuth: { speedDegPerS: 6, accelerationDegPerS2: 20 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
};
const hill = { horizon: [at(80, 5), at(90, 40), at(100, 5)] };
const tower = { azStartDeg: 90, azEndDeg: 120, elMinDeg: 30, elMaxDeg: 60 };
const gate = [
  { ...tower, elMinDeg: 0 },
  { ...tower, azStartDeg: 100, elMinDeg: 60.5, elMaxDeg: 90 },
];
const mast = { azStartDeg: 90, azEndDeg: 95, elMinDeg: -90, elMaxDeg: 90 };

/** Azimuth and elevation of every leg's end. */
const legEnds = (way: Pointing[]) =>
  way
    .map((end) => [end.azimuthDeg, end.elevationDeg].map((deg) => Math.round(deg * 1e6) / 1e6).join())
    .join(' ');

function legs(from: Pointing, to: Pointing, change: Partial<RouteRotor> = {}): string {
  const rotor = { ...plain, ...change };
  return legEnds(createRoutes(rotor, rotor.limits).legs(from, to));
}

describe('the route', () => {
  test.each<[string, Pointing, Pointing, Partial<RouteRotor>, string]>([
    ['is straight without obstacles', at(10, 20), at(200, 60), {}, '200,60'],
    ['is straight above a hill', at(10, 40), at(200, 60), hill, '200,60'],
    ['leads over a hill', at(70, 10), at(110, 10), hill, '70,41 110,41 110,10'],
    ['descends diagonally once nothing is below', at(70, 10), at(110, 60), hill, '70,41 110,60'],
    ['leads up first from the park pointing', at(0, 0), at(50, 20), {}, '0,6 50,20'],
    ['leads only up from below the target', at(0, 0), at(0, 20), {}, '0,20'],
    ['leads no higher than a low target', at(0, 0), at(50, 5), {}, '0,5 50,5'],
    ['leads up from below the mask', at(90, 10), at(50, 20), hill, '90,41 50,41 50,20'],
    ['leads under a sector', at(80, 28), at(130, 28), { keepOut: [tower] }, '130,28'],
    [
      'leads around a sector on the faster side',
      at(80, 35),
      at(130, 35),
      { keepOut: [tower] },
      '80,29 121,29 130,35',
    ],
    ['leads over a sector', at(80, 55), at(130, 55), { keepOut: [tower] }, '80,61 121,61 130,55'],
    [
      'leads around the side from below a sector',
      at(92, 20),
      at(92, 70),
      { keepOut: [tower] },
      '89,20 89,61 92,70',
    ],
    [
      'leads out of a sector along the shortest axis',
      at(100, 58),
      at(50, 10),
      { keepOut: [tower] },
      '100,61 89,61 50,10',
    ],
    ['leads straight down to the park pointing', at(50, 40), at(0, 0), {}, '0,6 0,0'],
    ['leads down from directly above', at(0, 40), at(0, 0), {}, '0,0'],
    ['is direct beside the park pointing', at(0.4, 0), at(0, 0), {}, '0,0'],
    ['leads up, across and down to a distant park pointing', at(30, 0), at(0, 0), {}, '30,6 0,6 0,0'],
    [
      'keeps a smaller margin where there is no room',
      at(80, 29.5),
      at(130, 29.5),
      { keepOut: gate },
      '80,60.01 120.01,60.01 130,29.5',
    ],
    ['leads back into the travel from outside', at(-181, 20), at(0, 20), {}, '0,20'],
  ])('%s', (_, from, to, change, expected) => {
    expect(legs(from, to, change)).toBe(expected);
  });

  test.each<[string, Pointing, Pointing, Partial<RouteRotor>, string]>([
    [
      'a target below the mask',
      at(0, 20),
      at(85, 12),
      hill,
      'elevation 12 deg at azimuth 85 deg is below the horizon mask 22.5 deg',
    ],
    [
      'a target in a sector',
      at(0, 20),
      at(100, 40),
      { keepOut: [tower] },
      'azimuth 100 deg elevation 40 deg is inside the keep-out sector az 90..120 deg el 30..60 deg',
    ],
    [
      'a park pointing in a sector',
      at(0, 20),
      at(100, 40),
      { keepOut: [tower], park: at(100, 40) },
      'azimuth 100 deg elevation 40 deg is inside the keep-out sector az 90..120 deg el 30..60 deg',
    ],
    [
      'a target behind a mast that reaches from the ground to the zenith',
      at(80, 20),
      at(130, 20),
      { keepOut: [mast] },
      'there is no route from az 80 el 20 to az 130 el 20: the keep-out sector az 90..95 deg el -90..90 deg is in the way',
    ],
    [
      'a target behind a hill higher than the travel',
      at(70, 20),
      at(110, 20),
      { ...hill, limits: { ...plain.limits, elMaxDeg: 35 } },
      'there is no route from az 70 el 20 to az 110 el 20: the horizon mask 40 deg is in the way',
    ],
  ])('is refused: %s', (_, from, to, change, message) => {
    expect(() => legs(from, to, change)).toThrow(expect.objectContaining({ kind: 'out_of_range', message }));
  });

  test.each([
    ['on the floor', at(10, 4.98), at(12, 5), '12,5'],
    ['at the side of a sector', at(119.6, 45), at(130, 40), '130,40'],
    ['under a sector', at(100, 30.5), at(110, 25), '110,25'],
    ['at the end of the travel', at(450.4, 20), at(440, 25), '440,25'],
    ['beyond tolerance, which leads up first', at(10, 3.9), at(12, 5), '10,5 12,5'],
  ])('from a readback %s', (_, readback, to, expected) => {
    const { limits } = plain;
    expect(legEnds(createRoutes({ ...plain, keepOut: [tower] }, limits).legsFromReadback(readback, to))).toBe(
      expected,
    );
  });
});

describe('routes around random obstacles', () => {
  const limits = { azMinDeg: -60, azMaxDeg: 400, elMinDeg: 5, elMaxDeg: 80 };
  const whole = (min: number, max: number) => fc.integer({ min, max });
  const sectors = fc
    .record({
      azStartDeg: whole(0, 360),
      azEndDeg: whole(0, 360),
      elMinDeg: whole(-10, 75),
      high: whole(1, 40),
    })
    .map(({ high, ...sector }) => ({ ...sector, elMaxDeg: sector.elMinDeg + high }));
  const masks = fc
    .uniqueArray(fc.tuple(whole(0, 360), whole(-5, 60)), {
      maxLength: 8,
      selector: ([azimuthDeg]) => azimuthDeg,
    })
    .map((points) => points.sort(([a], [b]) => a - b).map(([az, el]) => at(az, el)));
  const axis = fc.record({ speedDegPerS: whole(1, 20), accelerationDegPerS2: whole(1, 100) });
  const pointings = fc.tuple(whole(-60, 400), whole(-5, 80)).map(([az, el]) => at(az, el));
  const rotors = fc.record({
    limits: fc.constant(limits),
    toleranceDeg: fc.constantFrom(0.1, 1, 3),
    park: pointings,
    horizon: masks,
    keepOut: fc.array(sectors, { maxLength: 5 }),
    azimuth: axis,
    elevation: axis,
  });

  /** Points of a leg with different speeds of both axes. */
  function passed(from: Pointing, to: Pointing, azimuthShare: number): Pointing[] {
    const steps = 60;
    const part = (a: number, b: number, share: number) => a + (b - a) * Math.min(1, share);
    return Array.from({ length: steps + 1 }, (_, i) => {
      const time = (2 * i) / steps;
      const slow = Math.max(0.5, 2 * azimuthShare);
      return at(
        part(from.azimuthDeg, to.azimuthDeg, azimuthShare < 0.5 ? time : time / slow),
        part(from.elevationDeg, to.elevationDeg, azimuthShare < 0.5 ? time * azimuthShare : time),
      );
    }).concat(to);
  }

  test('never lead through obstacles, whichever axis is faster', () => {
    fc.assert(
      fc.property(
        rotors,
        pointings,
        pointings,
        fc.boolean(),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (rotor, from, other, parks, share) => {
          const to = parks ? rotor.park : other;
          const routes = createRoutes(rotor, limits);
          const { obstacles } = routes;
          let way: Pointing[];
          try {
            way = routes.legs(from, to);
          } catch (error) {
            expect(error).toBeInstanceOf(SkyScanError);
            return;
          }
          expect(way.at(-1)).toEqual(to);
          const ways = way.map((end, i) => [way[i - 1] ?? from, end] as const);
          const stoodIn = obstacles.within(from, from);
          ways.forEach(([a, b], i) => {
            // The first leg leaves the initial obstacles; only the last one may go below floor and
            // mask, to park.
            const isLow = (kind: string) => kind !== 'keep-out';
            const isUp = a.azimuthDeg === b.azimuthDeg && b.elevationDeg > a.elevationDeg;
            const isDown = a.azimuthDeg === b.azimuthDeg && b.elevationDeg < a.elevationDeg;
            const beside = Math.abs(a.azimuthDeg - b.azimuthDeg) <= rotor.toleranceDeg;
            for (const point of passed(a, b, share))
              for (const met of obstacles.within(point, point)) {
                const left = stoodIn.some(
                  (was) => was.kind === 'keep-out' && met.kind === 'keep-out' && was.sector === met.sector,
                );
                const raised = isLow(met.kind) && stoodIn.some(({ kind }) => isLow(kind)) && isUp;
                const parked =
                  isLow(met.kind) && i === ways.length - 1 && to === rotor.park && (isDown || beside);
                expect((i === 0 && (left || raised)) || parked, JSON.stringify({ way, point, met })).toBe(
                  true,
                );
              }
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('are found wherever one exists', () => {
    const small = { azMinDeg: 0, azMaxDeg: 30, elMinDeg: 5, elMaxDeg: 30 };
    const near = fc
      .record({ azStartDeg: whole(0, 30), wide: whole(0, 15), elMinDeg: whole(0, 30), high: whole(1, 25) })
      .map(({ azStartDeg, wide, elMinDeg, high }) => ({
        azStartDeg,
        azEndDeg: azStartDeg + wide,
        elMinDeg,
        elMaxDeg: elMinDeg + high,
      }));
    const low = fc
      .uniqueArray(fc.tuple(whole(0, 30), whole(-5, 30)), {
        maxLength: 6,
        selector: ([azimuthDeg]) => azimuthDeg,
      })
      .map((points) => points.sort(([a], [b]) => a - b).map(([az, el]) => at(az, el)));
    const place = fc.tuple(whole(0, 30), whole(5, 30)).map(([az, el]) => at(az, el));
    let found = 0;
    fc.assert(
      fc.property(fc.array(near, { maxLength: 4 }), low, place, place, (keepOut, horizon, from, to) => {
        const routes = createRoutes({ ...plain, limits: small, horizon, keepOut }, small);
        const { obstacles } = routes;
        fc.pre(obstacles.isFree(from, from) && obstacles.isFree(to, to) && !obstacles.isFree(from, to));
        if (!flooded(from, to, small, obstacles.isFree.bind(obstacles))) return;
        found++;
        const way = routes.legs(from, to);
        expect(way.length).toBeGreaterThan(1);
        const seconds = way.reduce((sum, end, i) => sum + slewSeconds(way[i - 1] ?? from, end, plain), 0);
        expect(seconds).toBeGreaterThanOrEqual(slewSeconds(from, to, plain) - 1e-9);
      }),
      { numRuns: 150 },
    );
    expect(found).toBeGreaterThan(20);
  });

  /** Whether half-degree steps along single axes reach the target: a simple reference search. */
  function flooded(
    from: Pointing,
    to: Pointing,
    { azMinDeg, azMaxDeg, elMinDeg, elMaxDeg }: typeof limits,
    isFree: (a: Pointing, b: Pointing) => boolean,
  ): boolean {
    const seen = new Set<string>();
    const open = [from];
    for (let here = open.pop(); here; here = open.pop()) {
      if (here.azimuthDeg === to.azimuthDeg && here.elevationDeg === to.elevationDeg) return true;
      const key = `${here.azimuthDeg} ${here.elevationDeg}`;
      if (seen.has(key)) continue;
      seen.add(key);
      for (const [az, el] of [
        [0.5, 0],
        [-0.5, 0],
        [0, 0.5],
        [0, -0.5],
      ] as const) {
        const next = at(here.azimuthDeg + az, here.elevationDeg + el);
        const inside =
          next.azimuthDeg >= azMinDeg &&
          next.azimuthDeg <= azMaxDeg &&
          next.elevationDeg >= elMinDeg &&
          next.elevationDeg <= elMaxDeg;
        if (inside && isFree(here, next)) open.push(next);
      }
    }
    return false;
  }
});
