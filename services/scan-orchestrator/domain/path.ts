import type { Pointing, TravelLimits } from '#shared/pointing';
import { unwrapColumns } from './cable.ts';
import type { Grid } from './grid.ts';
import { hopSeconds, slewSeconds, type RotorMotion } from '#shared/kinematics';

/** The order in which cells are measured, and where each of them is in the rotor's own frame. */
export interface Path {
  /** Cells (row * columns + column), each exactly once. */
  order: Uint32Array;
  /** Setpoint of a cell, unwrapped. */
  setpoint(cell: number): Pointing;
}

/**
 * Serpentine along the axis that is cheaper to step, from the corner that is nearest to where the rotor stands.
 * For a rectangular grid that costs (N - rows) cheap and (rows - 1) dear hops, and no tour costs less: it has N - 1
 * hops and contains a spanning tree.
 *
 * @param from where the rotor stands, unwrapped
 * @param azimuths of the columns, unwrapped
 */
export function planPath(
  grid: Grid,
  limits: TravelLimits,
  motion: RotorMotion,
  from: Pointing,
  azimuths = unwrapColumns(grid, limits, from.azimuthDeg),
): Path {
  const setpoint = (cell: number): Pointing => ({
    azimuthDeg: azimuths[cell % grid.columns] as number,
    elevationDeg: grid.rowElevationDeg(Math.floor(cell / grid.columns)),
  });
  const candidates = blockings(azimuths, motion).map((blocks) =>
    serpentine(grid, blocks, setpoint, motion, from),
  );
  const order = candidates.reduce((best, next) => (next.seconds < best.seconds - 1e-9 ? next : best)).order;
  return { order, setpoint };
}

/** Moves of a path in the given order, seconds; `from`: where the rotor stands, undefined to count from the first cell. */
export function travelSeconds(path: Path, motion: RotorMotion, from?: Pointing): number {
  let seconds = 0;
  let at = from;
  for (const cell of path.order) {
    const next = path.setpoint(cell);
    if (at) seconds += slewSeconds(at, next, motion);
    at = next;
  }
  return seconds;
}

type Columns = number[];

/**
 * Ways to cut the columns into blocks that are scanned one after the other. One block, unless the cable splits the sector: then
 * also one block on either side of the gap, in either order, so that not every row has to go the long way round.
 */
function blockings(azimuths: Float64Array, motion: RotorMotion): Columns[][] {
  const columns = Array.from(azimuths.keys()).sort(
    (a, b) => (azimuths[a] as number) - (azimuths[b] as number),
  );
  const gap = (i: number) =>
    (azimuths[columns[i] as number] as number) - (azimuths[columns[i - 1] as number] as number);
  let widest = 1;
  for (let i = 2; i < columns.length; i++) if (gap(i) > gap(widest) + 1e-6) widest = i;
  const split =
    columns.length > 2 &&
    hopSeconds(gap(widest), motion.azimuth) > hopSeconds(gap(widest === 1 ? 2 : 1), motion.azimuth) + 1e-6;
  if (!split) return [[columns]];
  const [low, high] = [columns.slice(0, widest), columns.slice(widest)];
  return [[columns], [low, high], [high, low]];
}

interface Tour {
  order: Uint32Array;
  seconds: number;
}

function serpentine(
  grid: Grid,
  blocks: Columns[],
  setpoint: Path['setpoint'],
  motion: RotorMotion,
  from: Pointing,
): Tour {
  const order = new Uint32Array(grid.totalPoints);
  let filled = 0;
  let at = from;
  let seconds = 0;
  for (const columns of blocks) {
    const choices = corners(grid, columns, setpoint, motion, at);
    const best = choices.reduce((a, b) => (b.entry + b.inside < a.entry + a.inside - 1e-9 ? b : a));
    filled = best.fill(order, filled);
    at = setpoint(order[filled - 1] as number);
    seconds += best.entry + best.inside;
  }
  return { order, seconds };
}

/** The eight serpentines over one block: two axes, four corners. The first one listed wins a tie. */
function corners(
  grid: Grid,
  columns: Columns,
  setpoint: Path['setpoint'],
  motion: RotorMotion,
  at: Pointing,
) {
  const rows = Array.from({ length: grid.rows }, (_, row) => row);
  const inside = {
    azimuth: blockSeconds(grid, columns, setpoint, motion, 'azimuth'),
    elevation: blockSeconds(grid, columns, setpoint, motion, 'elevation'),
  };
  return (['azimuth', 'elevation'] as const).flatMap((sweep) =>
    [false, true].flatMap((fromLastRow) =>
      [false, true].map((fromLastColumn) => {
        const rowOrder = fromLastRow ? rows.toReversed() : rows;
        const columnOrder = fromLastColumn ? columns.toReversed() : columns;
        const firstCell = (rowOrder[0] as number) * grid.columns + (columnOrder[0] as number);
        return {
          entry: slewSeconds(at, setpoint(firstCell), motion),
          inside: inside[sweep],
          fill: (order: Uint32Array, offset: number) =>
            sweep === 'azimuth'
              ? weave(rowOrder, columnOrder, (row, column) => row * grid.columns + column, order, offset)
              : weave(columnOrder, rowOrder, (column, row) => row * grid.columns + column, order, offset),
        };
      }),
    ),
  );
}

/** Moves inside one block; every hop is along one axis. */
function blockSeconds(
  grid: Grid,
  columns: Columns,
  setpoint: Path['setpoint'],
  motion: RotorMotion,
  sweep: 'azimuth' | 'elevation',
): number {
  let acrossColumns = 0;
  for (let i = 1; i < columns.length; i++) {
    const step = setpoint(columns[i] as number).azimuthDeg - setpoint(columns[i - 1] as number).azimuthDeg;
    acrossColumns += hopSeconds(step, motion.azimuth);
  }
  const acrossRows = (grid.rows - 1) * hopSeconds(grid.bounds.stepDeg, motion.elevation);
  return sweep === 'azimuth'
    ? grid.rows * acrossColumns + acrossRows
    : columns.length * acrossRows + acrossColumns;
}

function weave(
  outer: number[],
  inner: number[],
  cell: (outer: number, inner: number) => number,
  order: Uint32Array,
  offset: number,
): number {
  outer.forEach((line, i) => {
    for (const item of i % 2 === 0 ? inner : inner.toReversed()) order[offset++] = cell(line, item);
  });
  return offset;
}
