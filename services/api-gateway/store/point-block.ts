import type { Reference } from '#contract/measurement';
import { STORED_COLUMNS, type StoredName } from '#contract/point-columns';

type CountName = StoredName<'count'>;
type NumberName = StoredName<'number'> | `${StoredName<'pointing'>}_${'azimuth' | 'elevation'}`;
type TimeName = StoredName<'time'>;
type FloatName = NumberName | TimeName;

/** Columns with whole numbers. */
export const COUNTS: CountName[] = STORED_COLUMNS.flatMap(({ type, name }) =>
  type === 'count' ? [name] : [],
);
/** Other number columns, two per pointing. NaN: no value. */
export const NUMBERS: NumberName[] = STORED_COLUMNS.flatMap(({ type, name }): NumberName[] => {
  if (type === 'pointing') return [`${name}_azimuth`, `${name}_elevation`];
  return type === 'number' ? [name] : [];
});
/** Time columns, Unix milliseconds. */
export const TIMES: TimeName[] = STORED_COLUMNS.flatMap(({ type, name }) => (type === 'time' ? [name] : []));

/** Points in columns: a million objects would burden the garbage collector. */
export interface PointBlock {
  rows: number;
  counts: Record<CountName, Uint32Array>;
  floats: Record<FloatName, Float64Array>;
  /** The distinct lists of flags, in order of appearance. */
  flagLists: string[][];
  /** For each point, the index of its list of flags. */
  flagList: Uint32Array;
  /** By seq; few points have one. */
  references: ReadonlyMap<number, Reference>;
}

/** A block of zeros. */
export function createBlock(rows: number): PointBlock {
  return {
    rows,
    counts: columns(COUNTS, () => new Uint32Array(rows)),
    floats: columns([...NUMBERS, ...TIMES], () => new Float64Array(rows)),
    flagLists: [],
    flagList: new Uint32Array(rows),
    references: new Map(),
  };
}

/** The first points of a block, without copying. */
export function firstRows(block: PointBlock, rows: number): PointBlock {
  return {
    ...block,
    rows,
    counts: columns(COUNTS, (name) => block.counts[name].subarray(0, rows)),
    floats: columns([...NUMBERS, ...TIMES], (name) => block.floats[name].subarray(0, rows)),
    flagList: block.flagList.subarray(0, rows),
  };
}

/** The value at an index that exists. */
export function at(column: Float64Array | Uint32Array, index: number): number {
  return column[index] as number;
}

function columns<Name extends string, Value>(
  names: readonly Name[],
  column: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, column(name)])) as Record<Name, Value>;
}
