import { describe, expect, it } from 'vitest';
import { SkyMap } from '#sky-map/sky-map';
import { skyBounds } from '../../../test/support/sky-bounds.ts';
import { cellAfterKey } from './cell-cursor.ts';

const circle = skyBounds();
const sector = skyBounds({ azEndDeg: 50 });
const equalArea = skyBounds({ kind: 'equal_area' });

describe('the keyboard cursor', () => {
  it.each([
    ['moves clockwise', circle, [2, 4], 'ArrowRight', [2, 5]],
    ['wraps at north', circle, [2, 35], 'ArrowRight', [2, 0]],
    ['wraps at north counterclockwise', circle, [2, 0], 'ArrowLeft', [2, 35]],
    ['stops at the end of a sector', sector, [2, 5], 'ArrowRight', [2, 5]],
    ['moves up', circle, [2, 4], 'ArrowUp', [3, 4]],
    ['stops at the last row', circle, [9, 4], 'ArrowUp', [9, 4]],
    ['stops at the first row', circle, [0, 4], 'ArrowDown', [0, 4]],
    ['keeps its azimuth in a shorter row', equalArea, [5, 12], 'ArrowUp', [6, 9]],
    ['reaches the single cell at the zenith', equalArea, [8, 4], 'ArrowUp', [9, 0]],
  ] as const)('%s', (_name, bounds, [row, column], key, [toRow, toColumn]) => {
    expect(cellAfterKey(new SkyMap(bounds), { row, column }, key)).toEqual({ row: toRow, column: toColumn });
  });

  it('starts at the first cell and ignores other keys', () => {
    expect(cellAfterKey(new SkyMap(circle), undefined, 'ArrowUp')).toEqual({ row: 0, column: 0 });
    expect(cellAfterKey(new SkyMap(circle), { row: 1, column: 1 }, 'x')).toBeUndefined();
  });
});
