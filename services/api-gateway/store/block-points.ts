import type { Measurement } from '#contract/measurement';
import { STORED_COLUMNS, type StoredName } from '#contract/point-columns';
import { at, COUNTS, type PointBlock } from './point-block.ts';

const LEVELS = STORED_COLUMNS.flatMap(({ type, name }) => (type === 'number' ? [name] : []));
const POINTINGS = STORED_COLUMNS.flatMap(({ type, name }) => (type === 'pointing' ? [name] : []));

/** Returns the points of a block by index, each as a new object. */
export function pointsOf(block: PointBlock): (index: number) => Measurement {
  const point = emptyPoint();
  const read = pointReader(block, point);
  return (index) => {
    read(index);
    const own = { ...point, flags: [...point.flags] };
    for (const name of POINTINGS) own[name] = { ...own[name] };
    return own;
  };
}

/** Reads points of a block by index into an object made by `emptyPoint`. */
export function pointReader(block: PointBlock, point: Measurement): (index: number) => void {
  const { floats, flagLists, flagList, references } = block;
  const levels: Record<StoredName<'number'>, number | null> = point;
  // Looked up once: a lookup per point would make downloads 20 % slower.
  const countColumns = COUNTS.map((name) => block.counts[name]);
  const levelColumns = LEVELS.map((name) => floats[name]);
  const pointings = POINTINGS.map((name) => ({
    pointing: point[name],
    azimuths: floats[`${name}_azimuth`],
    elevations: floats[`${name}_elevation`],
  }));
  return (index) => {
    for (let k = 0; k < COUNTS.length; k++)
      point[COUNTS[k] as StoredName<'count'>] = at(countColumns[k] as Uint32Array, index);
    for (let k = 0; k < LEVELS.length; k++)
      levels[LEVELS[k] as StoredName<'number'>] = numberAt(levelColumns[k] as Float64Array, index);
    for (const { pointing, azimuths, elevations } of pointings) {
      pointing.azimuth = at(azimuths, index);
      pointing.elevation = at(elevations, index);
    }
    point.flags = flagLists[at(flagList, index)] ?? [];
    point.measured_at = timeAt(floats.measured_at, index);
    point.reference = references.get(point.seq) ?? null;
  };
}

/** UTC with milliseconds and `Z`. */
export function timeAt(column: Float64Array, index: number): string {
  return new Date(at(column, index)).toISOString();
}

/** Null: no value. */
function numberAt(column: Float64Array, index: number): number | null {
  const value = at(column, index);
  return Number.isNaN(value) ? null : value;
}

/** A point with all fields, in the order of the table. */
export function emptyPoint(): Measurement {
  const fields = STORED_COLUMNS.map(({ name, type }): [string, unknown] => [name, EMPTY[type]()]);
  return Object.fromEntries(fields) as Measurement;
}

const EMPTY = {
  count: () => 0,
  number: () => 0,
  pointing: () => ({ azimuth: 0, elevation: 0 }),
  flags: () => [],
  time: () => '',
  reference: () => null,
};
