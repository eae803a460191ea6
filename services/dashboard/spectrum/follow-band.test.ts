import { expect, it } from 'vitest';
import type { SkyMap } from '#sky-map/sky-map';
import { CellTable, cellOfMeasurement } from '../lib/cell-table.ts';
import type { Block } from '../lib/columnar.ts';
import { FakeTiming } from '../testing/fake-timing.ts';
import { pointAt } from '../testing/sessions.ts';
import type { BandQuery } from './band-query.ts';
import { followBand } from './follow-band.ts';

const BOUNDS = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 2,
  elStartDeg: 10,
  elEndDeg: 11,
  stepDeg: 1,
};
const QUERY: BandQuery = { band: { fromHz: 1, toHz: 2 }, statistic: 'occupancy', bandIndex: 0 };

/** A block of `/band`; the occupancy of a point is a hundredth of its number. */
function blockOf(first: number, last: number): Block {
  const seqs = Uint32Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const values = Float64Array.from(seqs, (seq) => seq / 100);
  return {
    rows: seqs.length,
    flags: [],
    columns: new Map<string, Uint32Array | Float64Array>([
      ['seq', seqs],
      ['occupancy', values],
    ]),
  };
}

it('maps the stored points at once and new ones later, each at its cell', async () => {
  const table = new CellTable(BOUNDS);
  const measure = (seq: number) => table.put(cellOfMeasurement(pointAt(seq, 3)));
  for (const seq of [1, 2, 3, 4]) measure(seq);
  const asked: number[] = [];
  let stored = 5; // one more than the page has received
  const source = {
    async *values(_query: BandQuery, afterSeq: number) {
      asked.push(afterSeq);
      if (afterSeq < stored) yield await Promise.resolve(blockOf(afterSeq + 1, stored));
    },
  };
  const maps: SkyMap[] = [];
  const timing = new FakeTiming();
  const ending = new AbortController();
  const following = followBand({
    source,
    table,
    query: QUERY,
    signal: ending.signal,
    onMap: (map) => maps.push(map),
    timing,
  });
  await timing.pass(0);
  expect(maps).toHaveLength(1);
  const levels = () => [...(maps[0]?.levels ?? [])].map((value) => Math.round(value));
  expect(levels()).toEqual([1, 2, 3, 4, NaN, NaN]);

  measure(5);
  measure(6);
  stored = 6;
  await timing.pass(2_000);
  expect(levels()).toEqual([1, 2, 3, 4, 5, 6]);
  expect([asked, maps.length]).toEqual([[0, 4], 1]);

  ending.abort();
  await following;
});
