import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createObstacles, describeViolation } from './obstacles.ts';

const at = (azimuthDeg: number, elevationDeg: number) => ({ azimuthDeg, elevationDeg });
const mask = [at(30, 10), at(60, 25), at(90, 5), at(300, 15)];
const sector = { azStartDeg: 90, azEndDeg: 120, elMinDeg: 30, elMaxDeg: 60 };
const throughNorth = { azStartDeg: 350, azEndDeg: 10, elMinDeg: -90, elMaxDeg: 90 };

describe('the horizon mask', () => {
  const obstacles = createObstacles(5, mask, []);

  test.each([
    ['at a point', 30, 30, 10],
    ['halfway between two points', 45, 45, 17.5],
    ['through north', 345, 345, 12.5],
    ['east of north', 15, 15, 10 + 5 / 6],
    ['a turn later', 405, 405, 17.5],
    ['a turn earlier', -315, -315, 17.5],
    ['where it is below the floor', 90, 90, 5],
    ['over a span with a peak in it', 40, 70, 25],
    ['over a span on one slope', 70, 75, 25 - 20 / 3],
    ['over a span given from its end', 75, 70, 25 - 20 / 3],
    ['over a span through north', 290, 405, 17.5],
    ['over a whole turn', 100, 460, 25],
  ])('%s', (_, fromDeg, toDeg, expected) => {
    expect(obstacles.lowestDeg(fromDeg, toDeg)).toBeCloseTo(expected, 9);
  });

  test('may have a step at north: the higher side applies', () => {
    const jump = createObstacles(0, [at(0, 10), at(180, 0), at(360, 30)], []);
    expect(jump.lowestDeg(0)).toBe(30);
    expect(jump.lowestDeg(360)).toBe(30);
    expect(jump.lowestDeg(1)).toBeCloseTo(10 - 10 / 180, 9);
  });

  test('of one point is constant; without points only the floor applies', () => {
    const one = createObstacles(0, [at(200, 12)], []);
    expect([one.lowestDeg(0), one.lowestDeg(200), one.lowestDeg(-10, 10)]).toEqual([12, 12, 12]);
    expect(createObstacles(3, [], []).lowestDeg(0, 100)).toBe(3);
  });

  const masks = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 360 }), fc.integer({ min: -10, max: 80 })), {
      minLength: 1,
      maxLength: 12,
      selector: ([azimuthDeg]) => azimuthDeg,
    })
    .map((points) => points.sort(([a], [b]) => a - b).map(([az, el]) => at(az, el)));

  test('over a span is the maximum inside the span', () => {
    const spans = fc.tuple(fc.integer({ min: -540, max: 540 }), fc.integer({ min: 0, max: 400 }));
    fc.assert(
      fc.property(masks, spans, (points, [fromDeg, widthDeg]) => {
        const obstacles = createObstacles(-90, points, []);
        const highest = obstacles.lowestDeg(fromDeg, fromDeg + widthDeg);
        // All points are on whole degrees, so whole degrees include the highest one.
        const each = Array.from({ length: widthDeg + 1 }, (_, i) => obstacles.lowestDeg(fromDeg + i));
        expect(Math.max(...each)).toBeCloseTo(highest, 9);
      }),
    );
  });
});

describe('forbidden pointings', () => {
  const obstacles = createObstacles(5, mask, [sector, throughNorth]);

  test.each([
    [at(45, 12), 'elevation 12 deg at azimuth 45 deg is below the horizon mask 17.5 deg'],
    [at(45, 17.5), undefined],
    [at(92, 4), 'elevation 4 deg at azimuth 92 deg is below the horizon mask 5.0952 deg'],
    [
      at(100, 40),
      'azimuth 100 deg elevation 40 deg is inside the keep-out sector az 90..120 deg el 30..60 deg',
    ],
    [
      at(460, 40),
      'azimuth 460 deg elevation 40 deg is inside the keep-out sector az 90..120 deg el 30..60 deg',
    ],
    [
      at(90, 30),
      'azimuth 90 deg elevation 30 deg is inside the keep-out sector az 90..120 deg el 30..60 deg',
    ],
    [at(89.99, 30), undefined],
    [at(100, 60.01), undefined],
    [at(0, 50), 'azimuth 0 deg elevation 50 deg is inside the keep-out sector az 350..10 deg el -90..90 deg'],
    [
      at(-10, 50),
      'azimuth -10 deg elevation 50 deg is inside the keep-out sector az 350..10 deg el -90..90 deg',
    ],
    [at(-11, 50), undefined],
  ])('%j: %s', (pointing, message) => {
    const [met] = obstacles.within(pointing, pointing);
    expect(met && describeViolation(met, pointing)).toBe(message);
    expect(obstacles.isFree(pointing, pointing)).toBe(message === undefined);
  });

  test('the floor has its own message', () => {
    const [met] = createObstacles(5, [], []).within(at(0, 4), at(0, 4));
    expect(met && describeViolation(met, at(0, 4))).toBe(
      'elevation 4 deg at azimuth 0 deg is below the lowest elevation 5 deg',
    );
  });

  test.each([
    ['a rectangle above the mask', at(30, 25), at(60, 40), true],
    ['a rectangle with a corner below the mask', at(30, 12), at(60, 40), false],
    ['a rectangle around a sector', at(80, 20), at(130, 70), false],
    ['a rectangle across a sector', at(80, 45), at(130, 46), false],
    ['a rectangle beside a sector', at(121, 20), at(130, 70), true],
    ['a rectangle with a later repetition of a sector', at(400, 26), at(500, 80), false],
  ])('%s', (_, a, b, free) => {
    expect(obstacles.isFree(a, b)).toBe(free);
    expect(obstacles.isFree(b, a)).toBe(free);
  });

  test('a sector over the whole circle blocks every azimuth', () => {
    const ring = createObstacles(0, [], [{ azStartDeg: 0, azEndDeg: 360, elMinDeg: 30, elMaxDeg: 60 }]);
    expect(ring.isFree(at(359.9, 45), at(359.9, 45))).toBe(false);
    expect(ring.isFree(at(359.9, 29), at(0, 29))).toBe(true);
  });
});
