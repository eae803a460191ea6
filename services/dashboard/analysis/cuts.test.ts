import { describe, expect, it } from 'vitest';
import { SkyMap } from '#sky-map/sky-map';
import { columnCut, rowCut } from './cuts.ts';

const bounds = {
  kind: 'rectangular',
  azStartDeg: 350,
  azEndDeg: 10,
  elStartDeg: 20,
  elEndDeg: 40,
  stepDeg: 10,
} as const;

function sourceOf(map: SkyMap) {
  return { map, stdDb: new Float32Array(map.levels.length).fill(0.5) };
}

describe('a cut', () => {
  it('along a row continues through north and has gaps at unmeasured cells', () => {
    const map = new SkyMap(bounds);
    map.set(1, 0, -90);
    map.set(1, 2, -80);
    map.set(0, 1, -70);
    const cut = rowCut(sourceOf(map), 1, 1);
    expect(cut).toMatchObject({ along: 'azimuth', atDeg: 30, anglesDeg: [350, 360, 370] });
    expect(cut.levels).toEqual([-90, null, -80]);
    expect(cut.low).toEqual([-90.5, null, -80.5]);
    expect(cut.high).toEqual([-89.5, null, -79.5]);
  });

  it.each([0, 30, 60, 75])(
    'along a row at elevation %d shows a beam of 6 degrees as 6 degrees wide',
    (elevationDeg) => {
      const map = new SkyMap({
        kind: 'rectangular',
        azStartDeg: 140,
        azEndDeg: 220,
        elStartDeg: elevationDeg,
        elEndDeg: elevationDeg,
        stepDeg: 0.1,
      });
      const radians = (deg: number) => (deg * Math.PI) / 180;
      for (let column = 0; column < map.columns; column++) {
        const { azimuthDeg } = map.pointing(0, column);
        // The true angle between two pointings of one elevation.
        const half = Math.cos(radians(elevationDeg)) * Math.sin(radians(azimuthDeg - 180) / 2);
        const offAxisDeg = (2 * Math.asin(half) * 180) / Math.PI;
        map.set(0, column, -3 * (offAxisDeg / 3) ** 2);
      }
      const cut = rowCut(sourceOf(map), 0, 400);
      const above = cut.placesDeg.filter((_, n) => (cut.levels[n] ?? -99) >= -3.001);
      expect(Math.abs((above.at(-1) ?? 0) - (above[0] ?? 0) - 6)).toBeLessThan(0.2);
      expect(cut.placesDeg[400]).toBe(cut.crossingDeg);
    },
  );

  it('along a column takes the cells of one azimuth', () => {
    const map = new SkyMap(bounds);
    map.set(0, 1, -90);
    map.set(2, 1, -60);
    const cut = columnCut(sourceOf(map), 1, 1);
    expect(cut).toMatchObject({ along: 'elevation', atDeg: 360, anglesDeg: [20, 30, 40] });
    expect(cut.levels).toEqual([-90, null, -60]);
    expect(cut).toMatchObject({ placesDeg: [20, 30, 40], crossingDeg: 30 });
  });

  it('of an equal-area grid takes the cell of every row at the azimuth', () => {
    const map = new SkyMap({ ...bounds, kind: 'equal_area', azStartDeg: 0, azEndDeg: 360, elEndDeg: 80 });
    const { cells, anglesDeg } = columnCut(sourceOf(map), 0, 10);
    const { azimuthDeg } = map.pointing(0, 10);
    expect(anglesDeg).toEqual([20, 30, 40, 50, 60, 70, 80]);
    expect(cells[0]).toEqual({ row: 0, column: 10 });
    for (const { row, column } of cells) {
      const { azFromDeg, azToDeg } = map.edges(row, column);
      expect(azFromDeg).toBeLessThanOrEqual(azimuthDeg);
      expect(azToDeg).toBeGreaterThanOrEqual(azimuthDeg);
    }
  });

  it('includes the selected cell even next to a short last step of a circle', () => {
    // 100, 200, 300: from 300 to 0 there are only 60 degrees.
    const map = new SkyMap({ ...bounds, azStartDeg: 0, azEndDeg: 360, stepDeg: 100, elEndDeg: 20 });
    for (let column = 0; column < map.columns; column++)
      expect(columnCut(sourceOf(map), 0, column).cells).toEqual([{ row: 0, column }]);
  });

  it('rejects a row outside the grid', () => {
    expect(() => rowCut(sourceOf(new SkyMap(bounds)), 3, 0)).toThrow(RangeError);
  });
});
