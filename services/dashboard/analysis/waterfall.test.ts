import { describe, expect, it } from 'vitest';
import { SkyMap } from '#sky-map/sky-map';
import { sweepsOf } from './sweeps.ts';
import { cellAtPlace, paintWaterfall, waterfallOf } from './waterfall.ts';

const bounds = {
  kind: 'rectangular',
  azStartDeg: 0,
  azEndDeg: 20,
  elStartDeg: 0,
  elEndDeg: 10,
  stepDeg: 10,
} as const;

/** `seq` per cell for cells measured in the given order. */
function seqOf(map: SkyMap, cells: [row: number, column: number][]): Uint32Array {
  const seq = new Uint32Array(map.levels.length);
  cells.forEach(([row, column], n) => (seq[map.cell(row, column)] = n + 1));
  return seq;
}

describe('sweeps', () => {
  it('of a serpentine along azimuth are the rows', () => {
    const map = new SkyMap(bounds);
    const seq = seqOf(map, [[0, 0], [0, 1], [0, 2], [1, 2], [1, 1], [1, 0]]); // prettier-ignore
    expect(sweepsOf(map, seq)).toEqual({
      along: 'azimuth',
      order: Uint32Array.of(0, 1, 2, 5, 4, 3),
      starts: [0, 3, 6],
    });
  });

  it('of a serpentine along elevation are the columns', () => {
    const map = new SkyMap(bounds);
    const seq = seqOf(map, [[0, 0], [1, 0], [1, 1], [0, 1]]); // prettier-ignore
    expect(sweepsOf(map, seq)).toMatchObject({ along: 'elevation', starts: [0, 2, 4] });
  });

  it('start again where the rotor returns to remaining cells', () => {
    const map = new SkyMap(bounds);
    const seq = seqOf(map, [[0, 0], [0, 2], [1, 2], [1, 1], [0, 1]]); // prettier-ignore
    expect(sweepsOf(map, seq).starts).toEqual([0, 2, 4, 5]);
  });

  it('are empty before the first point', () => {
    const map = new SkyMap(bounds);
    expect(sweepsOf(map, new Uint32Array(6))).toMatchObject({ starts: [0], order: new Uint32Array(0) });
    expect(waterfallOf(map, sweepsOf(map, new Uint32Array(6)))).toMatchObject({ height: 0 });
  });
});

describe('the waterfall', () => {
  it('has one line per sweep with its points', () => {
    const map = new SkyMap(bounds);
    const seq = seqOf(map, [[0, 0], [0, 2], [1, 2], [1, 1], [0, 1]]); // prettier-ignore
    const waterfall = waterfallOf(map, sweepsOf(map, seq));
    expect(waterfall).toMatchObject({ width: 3, height: 3 });
    expect([...waterfall.cells]).toEqual([0, -1, 2, -1, 4, 5, -1, 1, -1]);
    expect(cellAtPlace(waterfall, 0.9, 0.1)).toBe(2);
    expect(cellAtPlace(waterfall, 0.5, 0.1)).toBeUndefined();
    expect(cellAtPlace(waterfall, 1, 0.1)).toBeUndefined();
  });

  it('widens the cells of a shorter row', () => {
    const map = new SkyMap({
      ...bounds,
      kind: 'equal_area',
      azEndDeg: 360,
      elStartDeg: 0,
      elEndDeg: 60,
      stepDeg: 60,
    });
    expect([map.columnsInRow(0), map.columnsInRow(1)]).toEqual([6, 3]);
    const waterfall = waterfallOf(map, sweepsOf(map, seqOf(map, [[1, 0], [1, 1], [1, 2]]))); // prettier-ignore
    expect([...waterfall.cells]).toEqual([6, 6, 7, 7, 8, 8]);
  });

  it('is painted in the colours of the cells', () => {
    const pixels = new Uint32Array(3);
    const waterfall = { width: 3, height: 1, cells: Int32Array.of(1, -1, 0), sweepsPerLine: 1 };
    paintWaterfall(waterfall, Uint32Array.of(7, 8), 9, pixels);
    expect([...pixels]).toEqual([8, 9, 7]);
  });
});
