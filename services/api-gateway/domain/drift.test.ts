import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDrift, type DriftReference } from './drift.ts';

const at = (atMs: number, levelDb: number, unusable = false): DriftReference => ({ atMs, levelDb, unusable });

describe('the drift', () => {
  const drift = createDrift([at(100, -70), at(200, -69), at(400, -71)]);
  test.each([
    ['before the first reference', 0, 0],
    ['at the first', 100, 0],
    ['between two', 150, 0.5],
    ['at one', 200, 1],
    ['on a falling slope', 300, 0],
    ['at the last', 400, -1],
    ['after the last', 1e9, -1],
  ])('%s', (_, atMs, driftDb) => {
    expect(drift?.(atMs)).toBeCloseTo(driftDb, 9);
  });

  test.each([
    ['undefined without references', [], undefined],
    ['undefined if all references are unusable', [at(1, -70, true)], undefined],
    ['ignores an unusable reference', [at(0, -70), at(100, -20, true), at(200, -68)], 1],
    ['zero with a single reference', [at(50, -70)], 0],
    ['sorts references after a clock was set back', [at(200, -68), at(0, -70)], 1],
    [
      'does not divide by zero for two references at the same time',
      [at(100, -70), at(100, -69), at(300, -69)],
      1,
    ],
  ])('%s', (_, references, driftDb) => {
    expect(createDrift(references)?.(100)).toEqual(driftDb);
  });

  test('is between the levels of the references', () => {
    const reference = fc.record({
      atMs: fc.integer({ min: 0, max: 1e6 }),
      levelDb: fc.double({ min: -100, max: 0, noNaN: true }),
      unusable: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(reference), fc.integer({ min: -1e6, max: 2e6 }), (references, atMs) => {
        const usable = references.filter(({ unusable }) => !unusable);
        const driftDb = createDrift(references)?.(atMs);
        if (driftDb === undefined) {
          expect(usable).toEqual([]);
          return;
        }
        const origin = [...usable].sort((a, b) => a.atMs - b.atMs)[0] as DriftReference;
        const levels = usable.map(({ levelDb }) => levelDb);
        expect(driftDb + origin.levelDb).toBeGreaterThanOrEqual(Math.min(...levels) - 1e-9);
        expect(driftDb + origin.levelDb).toBeLessThanOrEqual(Math.max(...levels) + 1e-9);
      }),
    );
  });
});
