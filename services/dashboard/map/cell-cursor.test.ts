import { describe, expect, it } from 'vitest';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { AddedCells } from '#sky-map/added-cells';
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

  it('visits the added cells of a refined map, and always moves on', () => {
    // Points every 2 degrees around (90, 40), except in the middle of its cell.
    const map = new SkyMap(circle, new AddedCells(circle, 2));
    const { lattice } = map.added as AddedCells;
    let index = 0;
    for (let row = 0; row < lattice.rows; row++)
      for (let column = 0; column < lattice.columnsInRow(row); column++) {
        const at = lattice.pointing(row, column);
        const apartDeg = separationDeg(at, { azimuthDeg: 90, elevationDeg: 40 });
        if (apartDeg < 1.5 || apartDeg > 5) continue;
        const place = map.placeOf(map.gridCells + index++);
        map.cellOfPoint(place.row, place.column, at.azimuthDeg, at.elevationDeg);
      }
    const visit = (key: string, from: { row: number; column: number }, to: Pointing) => {
      const angles: number[] = [];
      for (let cell = from, n = 0; n < 50; n++) {
        const { azimuthDeg, elevationDeg } = map.pointing(cell.row, cell.column);
        angles.push(key === 'ArrowRight' || key === 'ArrowLeft' ? azimuthDeg : elevationDeg);
        if (azimuthDeg === to.azimuthDeg && elevationDeg === to.elevationDeg) break;
        cell = cellAfterKey(map, cell, key) ?? cell;
      }
      return angles;
    };
    expect(visit('ArrowUp', { row: 3, column: 9 }, { azimuthDeg: 90, elevationDeg: 50 })).toEqual([
      30, 36, 38, 40, 42, 44, 50,
    ]);
    const right = visit('ArrowRight', { row: 4, column: 8 }, { azimuthDeg: 100, elevationDeg: 40 });
    expect(right[0]).toBe(80);
    expect(right.at(-1)).toBe(100);
    expect(right.length).toBeGreaterThan(5);
    expect(right).toEqual(right.toSorted((a, b) => a - b));
    const left = visit('ArrowLeft', { row: 4, column: 10 }, { azimuthDeg: 80, elevationDeg: 40 });
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    expect(left.at(-1)).toBe(80);
    // At the end of the map.
    expect(cellAfterKey(map, { row: 9, column: 3 }, 'ArrowUp')).toEqual({ row: 9, column: 3 });
    expect(cellAfterKey(map, { row: 0, column: 0 }, 'ArrowLeft')).toEqual({ row: 0, column: 35 });
  });

  it('starts at the first cell and ignores other keys', () => {
    expect(cellAfterKey(new SkyMap(circle), undefined, 'ArrowUp')).toEqual({ row: 0, column: 0 });
    expect(cellAfterKey(new SkyMap(circle), { row: 1, column: 1 }, 'x')).toBeUndefined();
  });
});
