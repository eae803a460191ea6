import type { CellGrid } from './cell-grid.ts';
import type { Projection } from './projections.ts';
import { cellOutline } from './raster.ts';
import type { SkyMap } from './sky-map.ts';
import { toPixel, zoomView, type View } from './view.ts';

/** A box on the plane of a projection, degrees. */
interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

// Margin around the fitted grid, relative to the view.
const MARGIN = 0.06;

/** The smallest box around all cells of a map, and those that a refinement may add. */
export function gridBox({ grid, added }: SkyMap, projection: Projection): Box {
  const box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  includeGrid(box, grid, projection);
  if (added) includeGrid(box, added.lattice, projection);
  return box;
}

function includeGrid(box: Box, grid: CellGrid, projection: Projection): void {
  const include = (row: number, column: number) => {
    for (const { x, y } of cellOutline(grid, projection, row, column)) {
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.bottom = Math.min(box.bottom, y);
      box.top = Math.max(box.top, y);
    }
  };
  // The cells at the edges of the grid determine the box.
  for (let row = 0; row < grid.rows; row++) {
    const last = grid.columnsInRow(row) - 1;
    const isEdge = row === 0 || row === grid.rows - 1;
    for (let column = 0; column <= last; column += isEdge ? 1 : Math.max(1, last)) include(row, column);
  }
}

/** Zooms the whole view until the grid fills its rectangle. */
export function fitGrid(whole: View, map: SkyMap, projection: Projection): View {
  const { left, right, bottom, top } = gridBox(map, projection);
  const { rect, pxPerDegX, pxPerDegY } = whole;
  const room = 1 - 2 * MARGIN;
  const factor = Math.min(
    (room * rect.width) / ((right - left) * pxPerDegX),
    (room * rect.height) / ((top - bottom) * pxPerDegY),
  );
  const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
  const at = toPixel(whole, { x: (left + right) / 2, y: (bottom + top) / 2 });
  const centred = {
    ...whole,
    left: whole.left + (at.x - middle.x) / pxPerDegX,
    top: whole.top - (at.y - middle.y) / pxPerDegY,
  };
  return zoomView(centred, factor, middle);
}
