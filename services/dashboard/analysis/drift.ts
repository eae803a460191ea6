import type { Block } from '../lib/columnar.ts';

/** A measurement of the reference pointing. */
export interface ReferenceLevel {
  /** Unix time (milliseconds) of the next point. */
  atMs: number;
  /** dBm or dBFS. */
  level: number;
}

/**
 * The reference measurements in a block of points. Throws an Error if the block lacks their
 * columns.
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

/** The last `seq` of a block; 0 if it is empty. */
export function lastSeqOf({ rows, columns }: Block): number {
  return columns.get('seq')?.[rows - 1] ?? 0;
}

/**
 * Latest, lowest and highest deviation from the first reference level, dB; undefined without
 * references.
 */
export function driftOf(
  references: readonly ReferenceLevel[],
): { latestDb: number; minDb: number; maxDb: number } | undefined {
  const [first] = references;
  if (!first) return undefined;
  const offsets = references.map(({ level }) => level - first.level);
  return {
    latestDb: offsets.at(-1) ?? 0,
    minDb: Math.min(...offsets),
    maxDb: Math.max(...offsets),
  };
}
