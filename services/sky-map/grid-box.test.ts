import { expect, test } from 'vitest';
import { fitGrid, gridBox } from './grid-box.ts';
import { createProjection, type ProjectionName } from './projections.ts';
import { cellOutline } from './raster.ts';
import { SkyMap } from './sky-map.ts';
import { fitView, toPixel } from './view.ts';

const RECT = { x: 10, y: 20, width: 600, height: 400 };

function gridOf(change: object) {
  const small = { azStartDeg: 120, azEndDeg: 130, elStartDeg: 30, elEndDeg: 36, stepDeg: 2 };
  return new SkyMap({ kind: 'rectangular', ...small, ...change });
}

test('the box of a grid encloses its cells', () => {
  const map = gridOf({});
  expect(gridBox(map, createProjection('rectangular', map))).toEqual({
    left: 119,
    right: 131,
    bottom: 29,
    top: 37,
  });
  const round = gridOf({ azStartDeg: 0, azEndDeg: 360 });
  const { left, right, bottom, top } = gridBox(round, createProjection('polar', round));
  // The lower edge of the lowest row determines all sides.
  for (const side of [-left, right, -bottom, top]) expect(side).toBeCloseTo(61, 1);
});

test.each<[string, ProjectionName, object]>([
  ['a small scan', 'polar', {}],
  ['a small scan', 'rectangular', {}],
  ['a sector through north', 'polar', { azStartDeg: 350, azEndDeg: 10 }],
  ['one row', 'polar', { azEndDeg: 200, elEndDeg: 30 }],
  ['one cell', 'polar', { azEndDeg: 120, elEndDeg: 30 }],
  ['equal area', 'polar', { kind: 'equal_area', azStartDeg: 0, azEndDeg: 90, elEndDeg: 80 }],
])('%s, %s: the fitted grid is inside the view and cannot be larger', (_what, name, change) => {
  const map = gridOf(change);
  const projection = createProjection(name, map);
  const view = fitGrid(fitView(projection, RECT), map, projection);
  const places = [];
  for (let row = 0; row < map.rows; row++)
    for (let column = 0; column < map.columnsInRow(row); column++)
      places.push(...cellOutline(map, projection, row, column).map((place) => toPixel(view, place)));
  const across = places.map(({ x }) => (x - RECT.x) / RECT.width);
  const down = places.map(({ y }) => (y - RECT.y) / RECT.height);
  const span = (values: number[]) => Math.max(...values) - Math.min(...values);
  for (const values of [across, down]) {
    expect(Math.min(...values)).toBeGreaterThan(0.05);
    expect(Math.max(...values)).toBeLessThan(0.95);
  }
  expect(Math.max(span(across), span(down))).toBeCloseTo(0.88, 2);
});
