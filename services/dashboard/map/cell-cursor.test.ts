import { describe, expect, it } from 'vitest';
import { SkyMap } from '#sky-map/sky-map';
import { cellAfterKey } from './cell-cursor.ts';

const circle = {
  kind: 'rectangular',
  azStartDeg: 0,
  azEndDeg: 360,
  elStartDeg: 0,
  elEndDeg: 90,
  stepDeg: 10,
} as const;
const sector = { ...circle, azEndDeg: 50 };

describe('the cursor', () => {
  it.each([
    ['goes clockwise', circle, [2, 4], 'ArrowRight', [2, 5]],
    ['goes on through north', circle, [2, 35], 'ArrowRight', [2, 0]],
    ['and back', circle, [2, 0], 'ArrowLeft', [2, 35]],
    ['ends with a sector', sector, [2, 5], 'ArrowRight', [2, 5]],
    ['goes up', circle, [2, 4], 'ArrowUp', [3, 4]],
    ['ends with the last row', circle, [9, 4], 'ArrowUp', [9, 4]],
    ['ends with the first row', circle, [0, 4], 'ArrowDown', [0, 4]],
    [
      'keeps its azimuth where rows are shorter',
      { ...circle, kind: 'equal_area' },
      [5, 12],
      'ArrowUp',
      [6, 9],
    ],
    ['finds the only cell of the zenith', { ...circle, kind: 'equal_area' }, [8, 4], 'ArrowUp', [9, 0]],
  ] as const)('%s', (_name, bounds, [row, column], key, [toRow, toColumn]) => {
    expect(cellAfterKey(new SkyMap(bounds), { row, column }, key)).toEqual({ row: toRow, column: toColumn });
  });

  it('begins with the first cell, and knows arrows only', () => {
    expect(cellAfterKey(new SkyMap(circle), undefined, 'ArrowUp')).toEqual({ row: 0, column: 0 });
    expect(cellAfterKey(new SkyMap(circle), { row: 1, column: 1 }, 'x')).toBeUndefined();
  });
});
