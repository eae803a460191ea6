import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barsOf, statisticsOf } from './statistics.ts';

const someLevels = fc
  .array(fc.oneof(fc.constant(NaN), fc.double({ min: -150, max: 0, noNaN: true })), { maxLength: 400 })
  // + 0 turns -0 into 0.
  .map((values) => Float32Array.from(values).map((level) => level + 0));

describe('statistics of levels', () => {
  it('agree with a sorted list', () => {
    fc.assert(
      fc.property(someLevels, fc.double({ min: 0, max: 1, noNaN: true }), (levels, share) => {
        const sorted = levels.filter((level) => !Number.isNaN(level)).sort();
        const found = statisticsOf(levels);
        if (sorted.length === 0) {
          expect(found).toBeUndefined();
          return;
        }
        const at = (part: number) => sorted[Math.max(1, Math.ceil(part * sorted.length)) - 1] ?? NaN;
        expect(found).toMatchObject({ count: sorted.length, min: sorted[0], max: sorted.at(-1) });
        expect(found?.median).toBeCloseTo(at(0.5), 2);
        expect(found?.percentile(share)).toBeCloseTo(at(share), 2);
      }),
    );
  });

  it('count every level in exactly one bar of the histogram', () => {
    fc.assert(
      fc.property(someLevels, (levels) => {
        const found = statisticsOf(levels);
        if (!found) return;
        const { fromDb, stepDb, counts } = found.histogram;
        expect(counts.reduce((sum, n) => sum + n, 0)).toBe(found.count);
        expect(counts.length).toBeLessThanOrEqual(50);
        expect(fromDb).toBeLessThanOrEqual(found.min + 1e-6);
        expect(fromDb + counts.length * stepDb).toBeGreaterThanOrEqual(found.max - 1e-6);
      }),
    );
  });

  it('average the linear power', () => {
    // 1 and 3 units of power: 2 on average.
    const levels = Float32Array.of(0, 10 * Math.log10(3));
    expect(statisticsOf(levels)?.mean).toBeCloseTo(10 * Math.log10(2), 3);
  });

  it('handle a single level', () => {
    const found = statisticsOf(Float32Array.of(NaN, -90.25, -90.25));
    expect(found).toMatchObject({ count: 2, min: -90.25, max: -90.25, median: -90.25 });
    expect(found?.histogram.counts).toEqual(Uint32Array.of(2));
  });

  it('convert bars to an outline', () => {
    expect(barsOf({ fromDb: -90, stepDb: 0.5, counts: Uint32Array.of(3, 0, 1) })).toEqual([
      [-90, -89.5, -89.5, -89, -89, -88.5],
      [3, 3, 0, 0, 1, 1],
    ]);
  });
});
