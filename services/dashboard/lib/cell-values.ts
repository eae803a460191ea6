import type { GridBounds } from '#shared/sky/grid-shape';
import { SkyMap } from '#sky-map/sky-map';
import type { Api } from './api.ts';
import { columnOf, createColumnarReader, type Block } from './columnar.ts';

/** Values of cells with their directions: the columns `azimuth`, `elevation` and others. */
export type CellValues = readonly Block[];

/** Loads all values. Throws `ApiError`, or the signal's reason. */
export async function loadCellValues(api: Api, path: string, signal: AbortSignal): Promise<CellValues> {
  const response = await api.fetch(path, { signal });
  return createColumnarReader()(new Uint8Array(await response.arrayBuffer()));
}

/** All values of a column. */
export function valuesOf(blocks: CellValues, name: string): Float64Array {
  const all = new Float64Array(blocks.reduce((sum, { rows }) => sum + rows, 0));
  let offset = 0;
  for (const block of blocks) {
    all.set(columnOf(block, name), offset);
    offset += block.rows;
  }
  return all;
}

/** A map of values by the directions of their cells; directions outside the grid are left out. */
export function mapOfCells(bounds: GridBounds, blocks: CellValues, values: ArrayLike<number>): SkyMap {
  const map = new SkyMap(bounds);
  const [azimuths, elevations] = [valuesOf(blocks, 'azimuth'), valuesOf(blocks, 'elevation')];
  const cells: number[] = [];
  const levels: number[] = [];
  azimuths.forEach((azimuth, n) => {
    const found = map.cellAt(azimuth, elevations[n] ?? NaN);
    if (!found) return;
    cells.push(map.cell(found.row, found.column));
    levels.push(values[n] ?? NaN);
  });
  map.setAll(cells, levels);
  return map;
}
