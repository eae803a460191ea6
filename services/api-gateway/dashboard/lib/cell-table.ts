import type { GridBounds } from '#shared/grid-shape';
import { SkyMap } from '../../map/sky-map.ts';
import type { Measurement } from './api-types.ts';
import type { Block } from './columnar.ts';

/** What the page shows of a measured cell. */
export type MeasuredCell = Pick<
  Measurement,
  'seq' | 'row' | 'column' | 'mean_dbm' | 'std_db' | 'min_dbm' | 'max_dbm' | 'reads' | 'flags'
> & {
  readback: { azimuth: number; elevation: number };
  /** Unix time, milliseconds. */
  measuredAtMs: number;
};

/** What is known of every cell, in arrays by cell: a million of them are 40 MB. */
export class CellTable {
  readonly map: SkyMap;
  readonly stdDb: Float32Array;
  readonly min: Float32Array;
  readonly max: Float32Array;
  readonly reads: Uint32Array;
  /** Unix time, milliseconds; exact. */
  readonly timeMs: Float64Array;
  /** Number in the order of measurement, from 1; 0: not measured. */
  readonly seq: Uint32Array;
  /** Bits; see `flagWords`. */
  readonly flags: Uint32Array;
  readonly readbackAz: Float32Array;
  readonly readbackEl: Float32Array;
  /** Bit i of `flags` is the i-th word. */
  readonly flagWords: string[] = [];

  constructor(bounds: GridBounds) {
    this.map = new SkyMap(bounds);
    const cells = this.map.rows * this.map.columns;
    this.stdDb = new Float32Array(cells);
    this.min = new Float32Array(cells);
    this.max = new Float32Array(cells);
    this.reads = new Uint32Array(cells);
    this.timeMs = new Float64Array(cells);
    this.seq = new Uint32Array(cells);
    this.flags = new Uint32Array(cells);
    this.readbackAz = new Float32Array(cells);
    this.readbackEl = new Float32Array(cells);
  }

  /** What the levels are in; undefined while nothing is measured. */
  get unit(): 'dBm' | 'dBFS' | undefined {
    if (this.map.measured === 0) return undefined;
    return this.flagWords.includes('uncalibrated') ? 'dBFS' : 'dBm';
  }

  /** Throws a RangeError for a cell that the grid does not have. */
  put(cell: MeasuredCell): void {
    const index = this.map.cell(cell.row, cell.column);
    this.stdDb[index] = cell.std_db;
    this.min[index] = cell.min_dbm;
    this.max[index] = cell.max_dbm;
    this.reads[index] = cell.reads;
    this.timeMs[index] = cell.measuredAtMs;
    this.seq[index] = cell.seq;
    this.flags[index] = cell.flags.reduce((bits, word) => bits | this.#bit(word), 0);
    this.readbackAz[index] = cell.readback.azimuth;
    this.readbackEl[index] = cell.readback.elevation;
    this.map.set(cell.row, cell.column, cell.mean_dbm);
  }

  /** Undefined for a cell that is not measured. Levels have the precision of a Float32Array. */
  at(row: number, column: number): MeasuredCell | undefined {
    const index = this.map.cell(row, column);
    const value = (values: Float32Array | Float64Array | Uint32Array) => values[index] ?? 0;
    const seq = value(this.seq);
    if (seq === 0) return undefined;
    const bits = value(this.flags);
    return {
      seq,
      row,
      column,
      mean_dbm: value(this.map.levels),
      std_db: value(this.stdDb),
      min_dbm: value(this.min),
      max_dbm: value(this.max),
      reads: value(this.reads),
      flags: this.flagWords.filter((_, bit) => (bits >>> bit) & 1),
      readback: { azimuth: value(this.readbackAz), elevation: value(this.readbackEl) },
      measuredAtMs: value(this.timeMs),
    };
  }

  #bit(word: string): number {
    const known = this.flagWords.indexOf(word);
    // There are not half as many flags as bits.
    return 1 << (known < 0 ? this.flagWords.push(word) - 1 : known);
  }
}

/** The points of a block, in its order. */
export function* cellsOf({ rows, columns, flags }: Block): Generator<MeasuredCell> {
  const column = (name: string) => {
    const values = columns.get(name);
    if (!values) throw new Error(`the columns lack ${name}`);
    return values;
  };
  const seq = column('seq');
  const row = column('row');
  const columnOf = column('column');
  const mean = column('mean_dbm');
  const std = column('std_db');
  const min = column('min_dbm');
  const max = column('max_dbm');
  const reads = column('reads');
  const bits = column('flags');
  const azimuth = column('readback_azimuth');
  const elevation = column('readback_elevation');
  const time = column('measured_at');
  for (let i = 0; i < rows; i++)
    yield {
      seq: seq[i] ?? 0,
      row: row[i] ?? 0,
      column: columnOf[i] ?? 0,
      mean_dbm: mean[i] ?? NaN,
      std_db: std[i] ?? NaN,
      min_dbm: min[i] ?? NaN,
      max_dbm: max[i] ?? NaN,
      reads: reads[i] ?? 0,
      flags: flags.filter((_, bit) => ((bits[i] ?? 0) >>> bit) & 1),
      readback: { azimuth: azimuth[i] ?? NaN, elevation: elevation[i] ?? NaN },
      measuredAtMs: time[i] ?? NaN,
    };
}

/** A point as a WebSocket with `?detail=full` brings it. */
export function cellOfMeasurement(measurement: Measurement): MeasuredCell {
  return { ...measurement, measuredAtMs: Date.parse(measurement.measured_at) };
}
