import { at } from '../../store/point-block.ts';
import type { AddedColumns } from '../measurement-columns.ts';
import type { MeasurementFormat } from '../measurement-formats.ts';
import { columnCards, encodeRows, fitsColumns, rowBytes, type FlagNames } from './fits-columns.ts';
import { fitsHeader, fitsPadding, primaryHeader, tableCards, type Card } from './fits-header.ts';
import { directionCards, type MapGrid } from './map-grid.ts';

/** What a file says about its session. */
export interface FitsFacts {
  /** Points that the table will have. */
  points: number;
  /** Of the primary header: what, where, when. */
  cards: readonly Card[];
  /** Undefined: the cells are not on a rectangular grid of directions. */
  grid: MapGrid | undefined;
}

export const FITS_TYPE = { mediaType: 'application/fits', contentType: 'application/fits' } as const;

/**
 * FITS: the table POINTS with a row per point, the names of its flags in FLAGS, and the image MAP
 * with the newest mean level of each cell. The table comes first, so that it can be streamed.
 */
export function fitsFormat(added: AddedColumns, { points, cards, grid }: FitsFacts): MeasurementFormat {
  return {
    ...FITS_TYPE,
    async *encode(blocks) {
      const flags: FlagNames = [];
      const columns = fitsColumns(added, flags);
      const map = grid && new Float32Array(grid.rows * grid.columns).fill(NaN);
      yield primaryHeader(cards);
      yield fitsHeader([
        ...tableCards(rowBytes(columns), points, columns.length),
        ['EXTNAME', 'POINTS'],
        ['TIMESYS', 'UTC', 'Of mjd'],
        ...columnCards(columns),
        ['COMMENT', undefined, ' Bit k of flags, from 0, has its name in row k of FLAGS.'],
        ['COMMENT', undefined, ' Levels are dBm, or dBFS where unit says so.'],
      ]);
      let rows = 0;
      for await (const block of blocks) {
        rows += block.rows;
        const { row, column } = block.counts;
        if (map)
          for (let k = 0; k < block.rows; k++)
            if (at(row, k) < grid.rows && at(column, k) < grid.columns)
              map[at(row, k) * grid.columns + at(column, k)] = at(block.floats.mean_dbm, k);
        yield encodeRows(columns, block);
      }
      if (rows !== points) throw new Error(`the table has ${rows} points, not ${points} as announced`);
      yield fitsPadding(rows * rowBytes(columns));
      yield* flagTable(flags);
      if (map) yield* image(map, grid);
    },
  };
}

const FLAG_BYTES = 32;

function* flagTable(flags: FlagNames): Generator<Buffer> {
  yield fitsHeader([
    ...tableCards(FLAG_BYTES, flags.length, 1),
    ['EXTNAME', 'FLAGS'],
    ['TTYPE1', 'name'],
    ['TFORM1', `${FLAG_BYTES}A`],
  ]);
  yield Buffer.from(flags.map((flag) => flag.slice(0, FLAG_BYTES).padEnd(FLAG_BYTES)).join(''), 'latin1');
  yield fitsPadding(flags.length * FLAG_BYTES);
}

function* image(map: Float32Array, grid: MapGrid) {
  yield fitsHeader([
    ['XTENSION', 'IMAGE'],
    ['BITPIX', -32],
    ['NAXIS', 2],
    ['NAXIS1', grid.columns],
    ['NAXIS2', grid.rows],
    ['PCOUNT', 0],
    ['GCOUNT', 1],
    ['EXTNAME', 'MAP'],
    ...directionCards(grid),
    ['COMMENT', undefined, ' Newest mean level of each cell, dBm or dBFS; NaN: not measured.'],
  ]);
  const pixels = Buffer.alloc(map.byteLength);
  map.forEach((level, k) => void pixels.writeFloatBE(level, 4 * k));
  yield pixels;
  yield fitsPadding(pixels.length);
}
