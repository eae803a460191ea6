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
    ['on the way down', 300, 0],
    ['at the last', 400, -1],
    ['after the last', 1e9, -1],
  ])('%s', (_, atMs, driftDb) => {
    expect(drift?.(atMs)).toBeCloseTo(driftDb, 9);
  });

  test.each([
    ['there is none without references', [], undefined],
    ['there is none when all are unusable', [at(1, -70, true)], undefined],
    ['a unusable one does not count', [at(0, -70), at(100, -20, true), at(200, -68)], 1],
    ['one alone is no drift', [at(50, -70)], 0],
    ['a clock that was put back changes the order', [at(200, -68), at(0, -70)], 1],
    ['two at the same time are no division by zero', [at(100, -70), at(100, -69), at(300, -69)], 1],
  ])('%s', (_, references, driftDb) => {
    expect(createDrift(references)?.(100)).toEqual(driftDb);
  });

  test('lies between the levels of the references, whatever they are', () => {
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
