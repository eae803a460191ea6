import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pointing } from '../../../shared/sky/pointing.ts';
import type { Sighting } from './offsets.ts';
import { motionOf } from './source-motion.ts';

const START = { azimuthDeg: 359, elevationDeg: 30 };
const STILL = () => START;
/** Degrees per second along the azimuth. */
const moving = (speed: number) => (unixMs: number) => ({
  azimuthDeg: (START.azimuthDeg + (speed * unixMs) / 1_000) % 360,
  elevationDeg: START.elevationDeg,
});

function seen(track: (unixMs: number) => Pointing, timesMs: number[], sigmaDeg = 0.2): Sighting[] {
  const covariance = { xx: sigmaDeg ** 2, xy: 0, yy: sigmaDeg ** 2 };
  return timesMs.map((unixMs) => ({ unixMs, pointing: track(unixMs), covariance }));
}

describe('the motion of a source', () => {
  test('is unknown with one sighting, so that every object agrees', () => {
    const motion = motionOf(seen(STILL, [0]), [moving(1), moving(2)]);
    const scatter = motion.offsetFrom(moving(5))?.scatter ?? NaN;
    expect([scatter, motion.moves, motion.agrees(scatter)]).toEqual([0, false, true]);
    expect(motion.ratio(0)).toBe(1);
  });

  test.each([
    // Chi square of no motion with two sightings is (distance / sigma)^2 / 2.
    ['stays', 0, false],
    ['moves within its errors', 0.06, false],
    ['moves by more than its errors', 0.15, true],
  ])('of one that %s is recognised', (_, speed, moves) => {
    expect(motionOf(seen(moving(speed), [0, 20_000]), []).moves).toBe(moves);
  });

  test('excludes objects that move otherwise, over north as well', () => {
    const motion = motionOf(seen(moving(0.3), [0, 10_000, 20_000]), []);
    const agrees = (speed: number) => motion.agrees(motion.offsetFrom(moving(speed))?.scatter ?? Infinity);
    expect([0, 0.2, 0.3, 0.31, 0.5].map(agrees)).toEqual([false, false, true, true, false]);
  });

  test('agrees with no track that ends meanwhile', () => {
    const motion = motionOf(seen(STILL, [0, 10_000]), []);
    expect(motion.offsetFrom((unixMs) => (unixMs > 5_000 ? undefined : START))).toBeUndefined();
  });

  test('proves less where more satellites move alike', () => {
    const sightings = seen(moving(0.3), [0, 20_000]);
    const others = [-0.3, 0.1, 0.5, 0.9, 1.2].flatMap((speed) => [moving(speed), moving(-speed - 1)]);
    const alike = [moving(0.3), moving(0.301), moving(0.299)];
    const ratioWith = (nearby: typeof alike) => motionOf(sightings, nearby).ratio(0);
    // 1 of 20 unknown ones that move, which are 0.2 of all: 100.
    expect(ratioWith(others)).toBeCloseTo(100, 0);
    expect(ratioWith([...others, ...alike])).toBeLessThan(ratioWith(others) / 3);
  });

  test('makes an object the less probable, the less it agrees', () => {
    const speed = fc.double({ min: -1, max: 1, noNaN: true });
    const scatter = fc.double({ min: 0, max: 50, noNaN: true });
    fc.assert(
      fc.property(speed, fc.array(speed, { maxLength: 5 }), scatter, scatter, (own, others, a, b) => {
        const motion = motionOf(seen(moving(own), [0, 10_000]), others.map(moving));
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(motion.ratio(more)).toBeLessThanOrEqual(motion.ratio(less));
        expect(motion.ratio(less)).toBeLessThanOrEqual((others.length + 10) / 0.2 / (1 - 1e-9));
      }),
    );
  });
});
