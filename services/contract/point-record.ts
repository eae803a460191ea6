import type { Pointing } from '#shared/sky/pointing';
import {
  REFERENCE_COLUMNS,
  type Measurement,
  type NullableColumn,
  type OwnColumn,
  type ReferenceColumn,
} from './measurement.ts';
import { STORED_COLUMNS, type StoredColumn } from './point-columns.ts';

/** Types of the columns in gRPC and in the journal. */
interface Values {
  count: number;
  number: number;
  pointing: Pointing | undefined;
  flags: string[];
  /** Unix time, milliseconds. */
  time: number;
}

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;
type Key<C extends OwnColumn> = C extends { type: 'time' } ? `${Camel<C['name']>}Ms` : Camel<C['name']>;
type Fields<C extends OwnColumn> = { [K in C as Key<K>]: Values[K['type']] };

/**
 * A point in camel case, as in gRPC, the journal and the orchestrator. Nullable columns are absent
 * without a value.
 */
export type PointRecord = Fields<Exclude<OwnColumn, NullableColumn>> & {
  [K in NullableColumn as Key<K>]?: Values[K['type']] | undefined;
} & { reference?: Fields<ReferenceColumn> | undefined };

type Value = PointRecord[keyof PointRecord];

/**
 * Converts a point to JSON. Missing values and invalid dates become null, which `measurementSchema`
 * refuses.
 */
export function measurementOf(point: PointRecord): Measurement {
  return jsonOf(point, STORED_KEYS) as Measurement;
}

const STORED_KEYS = keysOf(STORED_COLUMNS);
const REFERENCE_KEYS = keysOf(REFERENCE_COLUMNS);

function keysOf(columns: readonly StoredColumn[]): [name: string, key: string, isTime: boolean][] {
  return columns.map(({ name, type }) => {
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const isTime = type === 'time';
    return [name, isTime ? `${camel}Ms` : camel, isTime];
  });
}

function jsonOf(record: Record<string, Value>, keys: typeof STORED_KEYS): object {
  return Object.fromEntries(keys.map(([name, key, isTime]) => [name, jsonValue(record[key], isTime)]));
}

function jsonValue(value: Value, isTime: boolean): unknown {
  if (value === undefined) return null;
  if (typeof value === 'number') return isTime ? timeOf(value) : value;
  if (Array.isArray(value)) return value;
  if ('azimuthDeg' in value) return { azimuth: value.azimuthDeg, elevation: value.elevationDeg };
  return jsonOf(value, REFERENCE_KEYS);
}

// Dates end at +-8.64e15 ms.
function timeOf(unixMs: number): string | null {
  return Math.abs(unixMs) <= 8.64e15 ? new Date(unixMs).toISOString() : null;
}
