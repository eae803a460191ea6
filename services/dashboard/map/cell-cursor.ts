import type { SkyMap } from '#sky-map/sky-map';

/**
 * The cell that an arrow key leads to; from nowhere: the first one. Up is up in elevation, right is
 * clockwise.
 */
export function cellAfterKey(
  map: SkyMap,
  from: { row: number; column: number } | undefined,
  key: string,
): { row: number; column: number } | undefined {
  const step = STEPS[key];
  if (!step) return undefined;
  if (!from) return { row: 0, column: 0 };
  const row = Math.min(map.rows - 1, Math.max(0, from.row + step.up));
  const columns = map.columnsInRow(row);
  if (row === from.row) return { row, column: along(from.column + step.right, columns, map.fullCircle) };
  // The same azimuth in a row that may have other columns.
  const column = map.columnAt(row, map.pointing(from.row, from.column).azimuthDeg);
  return { row, column: column < 0 ? Math.min(columns - 1, from.column) : column };
}

const STEPS: Partial<Record<string, { up: number; right: number }>> = {
  ArrowUp: { up: 1, right: 0 },
  ArrowDown: { up: -1, right: 0 },
  ArrowRight: { up: 0, right: 1 },
  ArrowLeft: { up: 0, right: -1 },
};

function along(column: number, columns: number, closed: boolean): number {
  if (closed) return (column + columns) % columns;
  return Math.min(columns - 1, Math.max(0, column));
}
