import { describe, expect, it } from 'vitest';
import type { Block } from '../lib/columnar.ts';
import { driftOf, lastSeqOf, referencesIn } from './drift.ts';

function blockOf(levels: number[]): Block {
  return {
    rows: levels.length,
    columns: new Map<string, Float64Array | Uint32Array>([
      ['seq', Uint32Array.from(levels, (_, n) => n + 11)],
      ['measured_at', Float64Array.from(levels, (_, n) => 1000 * n)],
      ['reference_dbm', Float64Array.from(levels)],
    ]),
    flags: [],
  };
}

describe('reference drift', () => {
  it('is read from points with a reference measurement', () => {
    const block = blockOf([-80, NaN, NaN, -80.5]);
    expect(referencesIn(block)).toEqual([
      { atMs: 0, level: -80 },
      { atMs: 3000, level: -80.5 },
    ]);
    expect(lastSeqOf(block)).toBe(14);
  });

  it('is relative to the first measurement', () => {
    const drift = driftOf([-80, -81, -79.5, -80.25].map((level, n) => ({ atMs: n, level })));
    expect(drift).toEqual({ latestDb: -0.25, minDb: -1, maxDb: 0.5 });
  });

  it('is undefined without measurements', () => expect(driftOf([])).toBeUndefined());

  it('rejects a block without the reference column', () => {
    expect(() => referencesIn({ rows: 0, columns: new Map(), flags: [] })).toThrow('reference_dbm');
  });
});
