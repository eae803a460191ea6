import type { SkyMap } from '#sky-map/sky-map';
import type { CellTable } from '../lib/cell-table.ts';
import type { Timing } from '../lib/page-timing.ts';
import { cellsBySeq } from '../lib/cells-by-seq.ts';
import { columnOf, type Block } from '../lib/columnar.ts';
import { columnOfValue, shownScale, valueOf, type MapQuery } from './band-query.ts';

/** The source of the values of points. */
export interface ValueSource {
  /** Those of a query in columnar form. Throws `ApiError`, or the signal's reason. */
  values(query: MapQuery, afterSeq: number, signal: AbortSignal): AsyncIterable<Block>;
}

interface Steps {
  source: ValueSource;
  table: CellTable;
  query: MapQuery;
  signal: AbortSignal;
  /** Receives the map when it has the values of all points that are measured so far. */
  onMap: (map: SkyMap) => void;
  timing: Pick<Timing, 'sleep'>;
}

const EVERY_MS = 2_000;

/**
 * Loads the values of a query into a map of their own, then those of new points, until the signal
 * is aborted. Throws what the source throws.
 */
export async function followBand({ source, table, query, signal, onMap, timing }: Steps): Promise<void> {
  const map = table.map.blank();
  const isOver = () => signal.aborted;
  let lastSeq = 0;
  for (let isFirst = true; !isOver(); isFirst = false) {
    const changed = changeOf(table, signal);
    // Once per request, not per block: it reads the whole table.
    const cells = cellsBySeq(table);
    for await (const block of source.values(query, lastSeq, signal))
      lastSeq = put(map, cells, block, query) ?? lastSeq;
    if (isOver()) return;
    if (isFirst) onMap(map);
    await changed;
    await timing.sleep(EVERY_MS, signal);
  }
}

/**
 * Writes the values of the points whose cells are known; returns the last `seq` written, undefined
 * if there is none.
 */
function put(map: SkyMap, cells: Uint32Array, block: Block, query: MapQuery): number | undefined {
  const seqs = columnOf(block, 'seq');
  const value = valueOf(query);
  const values = columnOf(block, columnOfValue(value));
  const scale = shownScale(value);
  let known = 0;
  while (known < block.rows && (seqs[known] ?? 0) < cells.length) known++;
  // Loops: `from` with a function takes ten times as long.
  const changed = new Uint32Array(known);
  const shown = new Float32Array(known);
  for (let n = 0; n < known; n++) {
    changed[n] = cells[seqs[n] as number] as number;
    shown[n] = (values[n] as number) * scale;
  }
  map.setAll(changed, shown);
  return seqs[known - 1];
}

/** Resolves when the table changes or the signal is aborted. */
function changeOf(table: CellTable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = table.map.onChange(done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
