import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockOffsetMs } from './clock-offset.ts';

const delay = fc.double({ min: 0, max: 200, noNaN: true });

test('the error is at most half the shortest round trip, whatever the clocks and the other delays', () => {
  const trips = fc.array(fc.record({ there: delay, back: delay }), { minLength: 1, maxLength: 8 });
  const skew = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(trips, skew, (list, offsetMs) => {
      const readings = list.map(({ there, back }, i) => ({
        sentMs: 1_000 * i,
        remoteMs: 1_000 * i + there - offsetMs,
        receivedMs: 1_000 * i + there + back,
      }));
      const shortest = Math.min(...list.map(({ there, back }) => there + back));
      expect(Math.abs(clockOffsetMs(readings) - offsetMs)).toBeLessThanOrEqual(shortest / 2 + 1e-3);
    }),
  );
});

test('requires an answer', () => {
  expect(() => clockOffsetMs([])).toThrow('needs a reading');
});
