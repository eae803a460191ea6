import { azimuthOnCircleDeg, type Pointing } from '#shared/sky/pointing';
import type { SkyMap } from '#sky-map/sky-map';

interface Cell {
  row: number;
  column: number;
}

/**
 * The cell that an arrow key moves to, or the first cell if there is no current one. Up increases
 * the elevation, right moves clockwise.
 */
export function cellAfterKey(map: SkyMap, from: Cell | undefined, key: string): Cell | undefined {
  const step = STEPS[key];
  if (!step) return undefined;
  if (!from) return { row: 0, column: 0 };
  if (map.added && map.added.placed.length > 0) return nextShown(map, from, step);
  const row = Math.min(map.rows - 1, Math.max(0, from.row + step.up));
  const columns = map.columnsInRow(row);
  if (row === from.row) return { row, column: along(from.column + step.right, columns, map.fullCircle) };
  // Keeps the azimuth: the other row may have a different number of columns.
  const column = map.grid.columnAt(row, map.pointing(from.row, from.column).azimuthDeg);
  return { row, column: column < 0 ? Math.min(columns - 1, from.column) : column };
}

interface Step {
  up: number;
  right: number;
}

const STEPS: Partial<Record<string, Step>> = {
  ArrowUp: { up: 1, right: 0 },
  ArrowDown: { up: -1, right: 0 },
  ArrowRight: { up: 0, right: 1 },
  ArrowLeft: { up: 0, right: -1 },
};

function along(column: number, columns: number, closed: boolean): number {
  if (closed) return (column + columns) % columns;
  return Math.min(columns - 1, Math.max(0, column));
}

// Of the step of the added points: their cells are at least as wide, so that none is passed over.
const STRIDE = 0.5;

/**
 * The next cell of a refined map in a direction, from the centre of a cell; `from` at the end of
 * the map. Cells of the grid whose centre lies behind are passed over, so that the cursor always
 * moves on.
 */
function nextShown(map: SkyMap, from: Cell, { up, right }: Step): Cell {
  const at = map.pointing(from.row, from.column);
  const strideDeg = STRIDE * (map.added?.lattice.bounds.stepDeg ?? map.bounds.stepDeg);
  const reachDeg = 2 * (up === 0 ? azimuthStepDeg(map, from, at) : map.bounds.stepDeg);
  for (let deg = strideDeg; deg <= reachDeg; deg += strideDeg) {
    const found = map.cellAt(at.azimuthDeg + right * deg, at.elevationDeg + up * deg);
    if (found && isAhead(at, map.pointing(found.row, found.column), { up, right })) return found;
  }
  return from;
}

/** Width of the cells of the grid at a cell. */
function azimuthStepDeg({ grid }: SkyMap, { row }: Cell, { elevationDeg }: Pointing): number {
  return grid.azimuthStepDeg(row < grid.rows ? row : Math.max(0, grid.rowAt(elevationDeg)));
}

function isAhead(at: Pointing, to: Pointing, { up, right }: Step): boolean {
  if (up !== 0) return up * (to.elevationDeg - at.elevationDeg) > EDGE_DEG;
  const turnDeg = azimuthOnCircleDeg(right * (to.azimuthDeg - at.azimuthDeg));
  return turnDeg > EDGE_DEG && turnDeg < 180 + EDGE_DEG;
}

const EDGE_DEG = 1e-6;
