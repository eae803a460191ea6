import type { Block } from '../lib/columnar.ts';

/** A measurement of the reference pointing. */
export interface ReferenceLevel {
  /** Unix time, milliseconds, of the point measured next. */
  atMs: number;
  /** dBm or dBFS. */
  level: number;
}

/**
 * The reference measurements in a block of points, in its order. Throws an Error for a block
 * without their column.
 */
export function referencesIn({ rows, columns }: Block): ReferenceLevel[] {
  const levels = columns.get('reference_dbm');
  const times = columns.get('measured_at');
  if (!levels || !times) throw new Error('the columns lack reference_dbm or measured_at');
  const found: ReferenceLevel[] = [];
  for (let n = 0; n < rows; n++) {
    const level = levels[n] ?? NaN;
    if (!Number.isNaN(level)) found.push({ atMs: times[n] ?? NaN, level });
  }
  return found;
}

/** The last `seq` of a block; 0 when it is empty. */
export function lastSeqOf({ rows, columns }: Block): number {
  return columns.get('seq')?.[rows - 1] ?? 0;
}

/**
 * How far the reference is from its first level, dB, and at most was; undefined without references.
 */
export function driftOf(
  references: readonly ReferenceLevel[],
): { nowDb: number; leastDb: number; mostDb: number } | undefined {
  const [first] = references;
  if (!first) return undefined;
  const offsets = references.map(({ level }) => level - first.level);
  return {
    nowDb: offsets.at(-1) ?? 0,
    leastDb: Math.min(...offsets),
    mostDb: Math.max(...offsets),
  };
}
