import { LEVEL_COLUMNS, POINT_COLUMNS, type Column } from '#contract/point-columns';
import type { BandValueName } from '#contract/band-values';
import { at, type PointBlock } from '../store/point-block.ts';

/**
 * A block for output, with the drift that was subtracted from its levels, and with the value of a
 * frequency range (NaN: not known).
 */
export interface ShownBlock extends PointBlock, Partial<Record<BandValueName, Float64Array>> {
  drift_db?: Float64Array;
}

/** Names of columns that only some requests have. */
export type AddedColumns = readonly ('drift_db' | BandValueName)[];

/** The columns of a request, in the order of CSV. */
export function columnsWith(added: AddedColumns): Column[] {
  return POINT_COLUMNS.filter((column) => !isAdded(column) || added.includes(column.name));
}

/** Whether only some requests have the column. */
function isAdded(column: Column): column is Extract<Column, { origin: 'answer'; type: 'number' }> {
  return column.origin === 'answer' && column.type === 'number';
}

/** A column of CSV and of the columnar format; NaN: no value. */
export interface NumberColumn {
  name: string;
  values: Float64Array | Uint32Array;
}

/** Subtracts the drift of the receiver (dB, by Unix time in milliseconds) from the levels. */
export function withoutDrift(block: ShownBlock, drift: (atMs: number) => number): ShownBlock {
  const drift_db = block.floats.measured_at.map(drift);
  const floats = { ...block.floats };
  for (const { name } of LEVEL_COLUMNS) floats[name] = withoutDriftAt(floats[name], drift_db);
  const { level_db } = block;
  return { ...block, floats, drift_db, ...(level_db && { level_db: withoutDriftAt(level_db, drift_db) }) };
}

function withoutDriftAt(levels: Float64Array, drift: Float64Array): Float64Array {
  return levels.map((level, index) => level - at(drift, index));
}

/** The names of a column in CSV and in the columnar format. */
export function shownNames({ name, type }: Column): string[] {
  if (type === 'pointing') return [`${name}_azimuth`, `${name}_elevation`];
  return [type === 'reference' ? `${name}_dbm` : name];
}

/** The numbers of a column: two columns for a pointing; none for flags, times and units. */
export function numbersOf(block: ShownBlock, column: Column): NumberColumn[] {
  const arrays = arraysOf(block, column);
  return shownNames(column).flatMap((name, k) => {
    const values = arrays[k];
    return values ? [{ name, values }] : [];
  });
}

function arraysOf(block: ShownBlock, column: Column): (Float64Array | Uint32Array | undefined)[] {
  const { counts, floats } = block;
  if (isAdded(column)) return [block[column.name]];
  if (column.origin === 'answer') return [];
  switch (column.type) {
    case 'count':
      return [counts[column.name]];
    case 'number':
      return [floats[column.name]];
    case 'pointing':
      return [floats[`${column.name}_azimuth`], floats[`${column.name}_elevation`]];
    case 'reference':
      return [referenceLevels(block)];
    default:
      return [];
  }
}

/** The level of the reference where it was measured just before a point. */
function referenceLevels({ rows, counts, references }: PointBlock): Float64Array {
  const column = new Float64Array(rows).fill(NaN);
  if (references.size === 0) return column;
  return column.map((_, index) => references.get(at(counts.seq, index))?.mean_dbm ?? NaN);
}
