import type { SkyMap } from '#sky-map/sky-map';

/**
 * The cell that an arrow key moves to, or the first cell if there is no current one. Up increases
 * the elevation, right moves clockwise.
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
  // Keeps the azimuth: the other row may have a different number of columns.
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
