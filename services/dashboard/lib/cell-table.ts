import type { GridBounds } from '#shared/sky/grid-shape';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { STORED_COLUMNS, type StoredColumn } from '#contract/point-columns';
import { AddedCells } from '../../sky-map/added-cells.ts';
import { SkyMap } from '../../sky-map/sky-map.ts';
import { columnOf, type Block } from './columnar.ts';

/** Names of the columns that the tooltip shows. */
type Shown<Type> = Extract<StoredColumn, { label: string; type: Type }>['name'];
type FloatName = Shown<'number'> | `${Shown<'pointing'>}_${'azimuth' | 'elevation'}`;
type CountName = Shown<'count'> | 'seq';
type Numbers = Record<Shown<'number'>, number | null>;

/** The values of a measured cell that the dashboard shows. */
export type MeasuredCell = Pick<
  PublishedMeasurement,
  'row' | 'column' | 'mean_dbm' | 'flags' | CountName | Shown<'number' | 'pointing'>
> & {
  /** Unix time, milliseconds. */
  measuredAtMs: number;
};

/** A measured cell with its place. */
export type ReceivedCell = MeasuredCell & Pick<PublishedMeasurement, 'setpoint'>;

const SHOWN = STORED_COLUMNS.filter(
  (column): column is Extract<StoredColumn, { label: string }> => column.label !== undefined,
);
const COUNTS: CountName[] = ['seq', ...SHOWN.flatMap(({ type, name }) => (type === 'count' ? [name] : []))];
const NUMBERS = SHOWN.flatMap(({ type, name }) => (type === 'number' ? [name] : []));
const POINTINGS = SHOWN.flatMap(({ type, name }) => (type === 'pointing' ? [name] : []));
const FLOATS: FloatName[] = [
  ...NUMBERS,
  ...POINTINGS.flatMap((name) => [`${name}_azimuth`, `${name}_elevation`] as const),
];

/**
 * The values of all cells, one typed array per column. One million cells take 40 MB plus 4 MB per
 * further column.
 */
export class CellTable {
  readonly map: SkyMap;
  readonly floats: Record<FloatName, Float32Array>;
  /** `seq` counts in order of measurement from 1; 0 means not measured. */
  readonly counts: Record<CountName, Uint32Array>;
  /** Unix time, milliseconds. */
  readonly timeMs: Float64Array;
  /** One bit per flag: bit i stands for `flagNames[i]`. */
  readonly flags: Uint32Array;

  readonly flagNames: string[] = [];

  /** `refinedDeg`: step of the points that a refinement adds to the grid. */
  constructor(bounds: GridBounds, refinedDeg?: number) {
    const added = refinedDeg === undefined ? undefined : new AddedCells(bounds, refinedDeg);
    this.map = new SkyMap(bounds, added);
    const cells = this.map.levels.length;
    this.floats = arrays(FLOATS, () => new Float32Array(cells));
    this.counts = arrays(COUNTS, () => new Uint32Array(cells));
    this.timeMs = new Float64Array(cells);
    this.flags = new Uint32Array(cells);
  }

  /** Standard deviation of the reads per cell, dB. */
  get stdDb(): Float32Array {
    return this.floats.std_db;
  }

  get seq(): Uint32Array {
    return this.counts.seq;
  }

  /** Unit of the levels; undefined while nothing is measured. */
  get unit(): 'dBm' | 'dBFS' | undefined {
    if (this.map.measured === 0) return undefined;
    return this.flagNames.includes('uncalibrated') ? 'dBFS' : 'dBm';
  }

  /** Throws a RangeError for a cell outside the grid. */
  put(cell: ReceivedCell): void {
    const { azimuth, elevation } = cell.setpoint;
    const index = this.map.cellOfPoint(cell.row, cell.column, azimuth, elevation);
    const numbers: Numbers = cell;
    for (const name of COUNTS) this.counts[name][index] = cell[name];
    for (const name of NUMBERS) this.floats[name][index] = numbers[name] ?? NaN;
    for (const name of POINTINGS) {
      this.floats[`${name}_azimuth`][index] = cell[name].azimuth;
      this.floats[`${name}_elevation`][index] = cell[name].elevation;
    }
    this.timeMs[index] = cell.measuredAtMs;
    this.flags[index] = cell.flags.reduce((bits, name) => bits | this.#bit(name), 0);
    this.map.set(cell.row, cell.column, cell.mean_dbm);
  }

  /**
   * Stores the points of a block in [from, to), as `put` does. Throws a RangeError and stores
   * nothing if a cell lies outside the grid.
   */
  putAll(block: Block, from: number, to: number): void {
    const of = (name: string) => columnOf(block, name).subarray(from, to);
    const rows = of('row');
    const columns = of('column');
    // A loop: `from` with a function takes ten times as long.
    const [azimuths, elevations] = [of('setpoint_azimuth'), of('setpoint_elevation')];
    const cells = new Uint32Array(rows.length);
    for (let n = 0; n < cells.length; n++)
      cells[n] = this.map.cellOfPoint(
        rows[n] ?? NaN,
        columns[n] ?? NaN,
        azimuths[n] ?? NaN,
        elevations[n] ?? NaN,
      );
    for (const name of COUNTS) scatter(this.counts[name], cells, of(name));
    for (const name of FLOATS) scatter(this.floats[name], cells, of(name));
    scatter(this.timeMs, cells, of('measured_at'));
    scatter(this.flags, cells, this.#bitsOf(block.flags, of('flags')));
    this.map.setAll(cells, of('mean_dbm'));
  }

  /** Undefined for a cell that is not measured. Levels have float32 precision. */
  at(row: number, column: number): MeasuredCell | undefined {
    const index = this.map.cell(row, column);
    if (!this.seq[index]) return undefined;
    const value = (values: Float32Array | Float64Array | Uint32Array) => values[index] ?? NaN;
    const numberAt = (name: FloatName) => {
      const number = value(this.floats[name]);
      return Number.isNaN(number) ? null : number;
    };
    const bits = value(this.flags);
    const shown = [
      ...COUNTS.map((name) => [name, value(this.counts[name])]),
      ...NUMBERS.map((name) => [name, numberAt(name)]),
      ...POINTINGS.map((name) => [
        name,
        { azimuth: numberAt(`${name}_azimuth`), elevation: numberAt(`${name}_elevation`) },
      ]),
    ];
    return {
      ...(Object.fromEntries(shown) as Pick<MeasuredCell, CountName | Shown<'number' | 'pointing'>>),
      row,
      column,
      mean_dbm: value(this.map.levels),
      flags: this.flagNames.filter((_, bit) => (bits >>> bit) & 1),
      measuredAtMs: value(this.timeMs),
    };
  }

  /** Translates the block's flag bits, which follow its own list of names, to the table's. */
  #bitsOf(names: string[], flags: Float64Array | Uint32Array): Float64Array | Uint32Array {
    const bits = names.map((name) => this.#bit(name));
    if (bits.every((bit, n) => bit === 1 << n)) return flags;
    return flags.map((own) => bits.reduce((sum, bit, n) => ((own >>> n) & 1 ? sum | bit : sum), 0));
  }

  #bit(name: string): number {
    const known = this.flagNames.indexOf(name);
    // 32 bits suffice: fewer than 16 flags exist.
    return 1 << (known < 0 ? this.flagNames.push(name) - 1 : known);
  }
}

/** Converts a point of a WebSocket message with `?detail=full`. */
export function cellOfMeasurement(measurement: PublishedMeasurement): ReceivedCell {
  return { ...measurement, measuredAtMs: Date.parse(measurement.measured_at) };
}

function arrays<Name extends string, Values>(
  names: readonly Name[],
  create: () => Values,
): Record<Name, Values> {
  return Object.fromEntries(names.map((name) => [name, create()])) as Record<Name, Values>;
}

function scatter(
  into: Float32Array | Float64Array | Uint32Array,
  cells: Uint32Array,
  values: Float64Array | Uint32Array,
): void {
  for (let n = 0; n < cells.length; n++) into[cells[n] as number] = values[n] as number;
}
