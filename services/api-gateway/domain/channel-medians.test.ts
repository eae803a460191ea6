import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UNKNOWN, valueOf } from '#shared/spectrum/point-spectrum';
import { createChannelMedians, medianMemory } from './channel-medians.ts';

const memory = medianMemory(2);
const code = fc.oneof(
  fc.integer({ min: -32_767, max: 32_767 }),
  fc.integer({ min: -10_100, max: -9_900 }),
  fc.constant(UNKNOWN),
);

test('the median is exact, in any order of chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(code, code), { maxLength: 40 }),
      fc.integer({ min: 0, max: 40 }),
      (points, split) => {
        const medians = createChannelMedians(7, 2, memory);
        for (const part of [points.slice(split), points.slice(0, split)])
          medians.add({
            firstSeq: 1,
            points: part.length,
            firstChannel: 7,
            channels: 2,
            codes: Int16Array.from(part.flat()),
          });
        for (const channel of [0, 1] as const) {
          const known = points.map((each) => each[channel]).filter((each) => each !== UNKNOWN);
          expect(medians.known(7 + channel)).toBe(known.length);
          const error = medians.median(7 + channel) - medianOf(known);
          expect(known.length === 0 ? Number.isNaN(error) : Math.abs(error) < 1e-6).toBe(true);
        }
      },
    ),
  );
});

test('channels outside the range are ignored', () => {
  const medians = createChannelMedians(16, 1, memory);
  const codes = Int16Array.of(-1, -2, -3);
  medians.add({ firstSeq: 1, points: 1, firstChannel: 15, channels: 3, codes });
  expect([medians.known(16), medians.median(16)]).toEqual([1, valueOf('mean', -2)]);
});

/** By sorting; NaN for none. */
function medianOf(codes: number[]): number {
  const levels = codes.map((each) => valueOf('mean', each)).sort((a, b) => a - b);
  const middle = [levels[(levels.length - 1) >> 1] ?? NaN, levels[levels.length >> 1] ?? NaN];
  return 10 * Math.log10(middle.reduce((sum, level) => sum + 10 ** (level / 10), 0) / 2);
}
