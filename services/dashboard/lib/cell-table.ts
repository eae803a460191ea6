import type { GridBounds } from '#shared/sky/grid-shape';
import { SkyMap } from '#sky-map/sky-map';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { columnOf, type Block } from './columnar.ts';

/** What the page shows of a measured cell. */
export type MeasuredCell = Pick<
  PublishedMeasurement,
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

  /** The points of a block from `from` to `to`, excluded. Throws a RangeError for a cell that the grid does not have, and keeps none then. */
  putAll(block: Block, from: number, to: number): void {
    const of = (name: string) => columnOf(block, name).subarray(from, to);
    const rows = of('row');
    const columns = of('column');
    const cells = Uint32Array.from(rows, (row, n) => this.map.cell(row, columns[n] ?? NaN));
    scatter(this.stdDb, cells, of('std_db'));
    scatter(this.min, cells, of('min_dbm'));
    scatter(this.max, cells, of('max_dbm'));
    scatter(this.reads, cells, of('reads'));
    scatter(this.timeMs, cells, of('measured_at'));
    scatter(this.seq, cells, of('seq'));
    scatter(this.flags, cells, this.#bitsOf(block.flags, of('flags')));
    scatter(this.readbackAz, cells, of('readback_azimuth'));
    scatter(this.readbackEl, cells, of('readback_elevation'));
    this.map.setAll(cells, of('mean_dbm'));
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

  /** A block has a list of words of its own. */
  #bitsOf(words: string[], flags: Float64Array | Uint32Array): Float64Array | Uint32Array {
    const bits = words.map((word) => this.#bit(word));
    if (bits.every((bit, n) => bit === 1 << n)) return flags;
    return flags.map((own) => bits.reduce((sum, bit, n) => ((own >>> n) & 1 ? sum | bit : sum), 0));
  }

  #bit(word: string): number {
    const known = this.flagWords.indexOf(word);
    // There are not half as many flags as bits.
    return 1 << (known < 0 ? this.flagWords.push(word) - 1 : known);
  }
}

/** A point as a WebSocket with `?detail=full` brings it. */
export function cellOfMeasurement(measurement: PublishedMeasurement): MeasuredCell {
  return { ...measurement, measuredAtMs: Date.parse(measurement.measured_at) };
}

function scatter(
  into: Float32Array | Float64Array | Uint32Array,
  cells: Uint32Array,
  values: Float64Array | Uint32Array,
): void {
  for (let n = 0; n < cells.length; n++) into[cells[n] as number] = values[n] as number;
}
