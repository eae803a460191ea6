import { LEVEL_COLUMNS, type Column } from '#contract/point-columns';
import { at, type PointBlock } from '../store/point-block.ts';

/** Points as they are shown; with the drift that has been taken off their levels. */
export interface ShownBlock extends PointBlock {
  drift_db?: Float64Array;
}

/** A column of CSV and of the columnar form; NaN where there is no value. */
export interface NumberColumn {
  name: string;
  values: Float64Array | Uint32Array;
}

/** Takes the drift of the receiver (dB at a time, Unix milliseconds) off the levels. */
export function withoutDrift(block: PointBlock, drift: (atMs: number) => number): ShownBlock {
  const drift_db = block.floats.measured_at.map(drift);
  const floats = { ...block.floats };
  for (const { name } of LEVEL_COLUMNS)
    floats[name] = floats[name].map((level, index) => level - at(drift_db, index));
  return { ...block, floats, drift_db };
}

/** The names of a column of points in CSV and in the columnar form. */
export function shownNames({ name, type }: Column): string[] {
  if (type === 'pointing') return [`${name}_azimuth`, `${name}_elevation`];
  return [type === 'reference' ? `${name}_dbm` : name];
}

/** The numbers of a column of points: two columns of a pointing; none of flags, times and units. */
export function numbersOf(block: ShownBlock, column: Column): NumberColumn[] {
  const arrays = arraysOf(block, column);
  return shownNames(column).flatMap((name, k) => {
    const values = arrays[k];
    return values ? [{ name, values }] : [];
  });
}

function arraysOf(block: ShownBlock, column: Column): (Float64Array | Uint32Array | undefined)[] {
  const { counts, floats } = block;
  if (column.origin === 'answer') return column.type === 'number' ? [block[column.name]] : [];
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

/** The level of the reference where it was visited just before a point. */
function referenceLevels({ rows, counts, references }: PointBlock): Float64Array {
  const column = new Float64Array(rows).fill(NaN);
  if (references.size === 0) return column;
  return column.map((_, index) => references.get(at(counts.seq, index))?.mean_dbm ?? NaN);
}
