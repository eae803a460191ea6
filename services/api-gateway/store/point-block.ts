import type { Measurement, Reference } from '#contract/mqtt-messages';

/** Whole numbers of a point. */
export const COUNTS = ['seq', 'row', 'column', 'reads'] as const;
/** Where it was measured, degrees, and what was measured there, dBm (or dBFS) and dB. */
export const LEVELS = [
  'setpoint_azimuth',
  'setpoint_elevation',
  'readback_azimuth',
  'readback_elevation',
  'mean_dbm',
  'std_db',
  'min_dbm',
  'max_dbm',
  'last_dbm',
] as const;
/** How long it was measured, and when it was, Unix milliseconds. */
export const TIMES = ['integration_ms', 'measured_at'] as const;
const FLOATS = [...LEVELS, ...TIMES];

type CountName = (typeof COUNTS)[number];
type FloatName = (typeof FLOATS)[number];

/** Points one after the other, column by column: a million objects are work for the collector, numbers side by side are none. */
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
    floats: columns(FLOATS, () => new Float64Array(rows)),
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
    floats: columns(FLOATS, (name) => block.floats[name].subarray(0, rows)),
    flagList: block.flagList.subarray(0, rows),
  };
}

/** One of the points of a block. */
export function pointAt(block: PointBlock, index: number): Measurement {
  const { counts, floats } = block;
  const seq = at(counts.seq, index);
  return {
    seq,
    row: at(counts.row, index),
    column: at(counts.column, index),
    setpoint: {
      azimuth: at(floats.setpoint_azimuth, index),
      elevation: at(floats.setpoint_elevation, index),
    },
    readback: {
      azimuth: at(floats.readback_azimuth, index),
      elevation: at(floats.readback_elevation, index),
    },
    mean_dbm: at(floats.mean_dbm, index),
    std_db: at(floats.std_db, index),
    min_dbm: at(floats.min_dbm, index),
    max_dbm: at(floats.max_dbm, index),
    last_dbm: at(floats.last_dbm, index),
    reads: at(counts.reads, index),
    integration_ms: at(floats.integration_ms, index),
    flags: [...(block.flagLists[at(block.flagList, index)] ?? [])],
    measured_at: timeAt(block, index),
    reference: block.references.get(seq) ?? null,
  };
}

/** When a point was measured: UTC with milliseconds and `Z`. */
export function timeAt({ floats }: PointBlock, index: number): string {
  return new Date(at(floats.measured_at, index)).toISOString();
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
