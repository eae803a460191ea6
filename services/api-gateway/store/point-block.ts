import type { Reference } from '#contract/measurement';
import { STORED_COLUMNS, type StoredName } from '#contract/point-columns';

type CountName = StoredName<'count'>;
type NumberName = StoredName<'number'> | `${StoredName<'pointing'>}_${'azimuth' | 'elevation'}`;
type TimeName = StoredName<'time'>;
type FloatName = NumberName | TimeName;

/** Whole numbers of a point. */
export const COUNTS: CountName[] = STORED_COLUMNS.flatMap(({ type, name }) =>
  type === 'count' ? [name] : [],
);
/** Other numbers of a point, two of each pointing. NaN where there is no value. */
export const NUMBERS: NumberName[] = STORED_COLUMNS.flatMap(({ type, name }): NumberName[] => {
  if (type === 'pointing') return [`${name}_azimuth`, `${name}_elevation`];
  return type === 'number' ? [name] : [];
});
/** Times of a point, Unix milliseconds. */
export const TIMES: TimeName[] = STORED_COLUMNS.flatMap(({ type, name }) => (type === 'time' ? [name] : []));

/**
 * Points one after the other, column by column: a million objects are work for the collector,
 * numbers side by side are none.
 */
export interface PointBlock {
  rows: number;
  counts: Record<CountName, Uint32Array>;
  floats: Record<FloatName, Float64Array>;
  /** The lists of flags that occur, in the order in which they do. */
  flagLists: string[][];
  /** Of every point, which of the lists it has. */
  flagList: Uint32Array;
  /** Of few points; by seq. */
  references: ReadonlyMap<number, Reference>;
}

/** A block of so many points, all of them zero. */
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

/** The first points of a block, in place. */
export function firstOf(block: PointBlock, rows: number): PointBlock {
  return {
    ...block,
    rows,
    counts: columns(COUNTS, (name) => block.counts[name].subarray(0, rows)),
    floats: columns([...NUMBERS, ...TIMES], (name) => block.floats[name].subarray(0, rows)),
    flagList: block.flagList.subarray(0, rows),
  };
}

/** What stands there: a column is as long as its block. */
export function at(column: Float64Array | Uint32Array, index: number): number {
  return column[index] as number;
}

function columns<Name extends string, Value>(
  names: readonly Name[],
  column: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, column(name)])) as Record<Name, Value>;
}
