import { hopSeconds, slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import { unwrapping, type Unwrap } from './unwrapping.ts';
import type { Grid } from './grid.ts';
import { columnLines, isSplit, rowLines, type Line } from './path-lines.ts';

/** The order of the cells and their unwrapped setpoints. */
export interface Path {
  /** Cells (row * columns + column), each exactly once. */
  order: Uint32Array;
  /** Setpoint of a cell, unwrapped. */
  setpoint(cell: number): Pointing;
}

/**
 * A serpentine along the axis with the cheaper steps, from the corner nearest to the rotor. For a
 * rectangular grid it takes (N - rows) cheap and (rows - 1) expensive hops. This is optimal: any
 * tour has N - 1 hops and contains a spanning tree. With rows of unequal length, each row is passed
 * in the direction that minimises the total.
 *
 * @param from the rotor's position, unwrapped
 * @param unwrap converts azimuths to unwrapped ones
 */
export function planPath(
  grid: Grid,
  limits: TravelLimits,
  motion: RotorMotion,
  from: Pointing,
  unwrap = unwrapping(grid, limits, from.azimuthDeg),
): Path {
  const setpoint = setpoints(grid, unwrap);
  const rows = rowLines(grid, setpoint);
  const tours = blockings(rows, setpoint, motion).map((blocks) =>
    serpentine(grid, blocks, setpoint, motion, from),
  );
  const { order } = tours.reduce((a, b) => cheaper(a, b));
  return { order, setpoint };
}

/** Returns the unwrapped setpoints of cells. */
export function setpoints(grid: Grid, unwrap: Unwrap): Path['setpoint'] {
  return (cell) => {
    const { azimuthDeg, elevationDeg } = grid.pointing(cell);
    return { azimuthDeg: unwrap(azimuthDeg), elevationDeg };
  };
}

/**
 * Travel time of a path in its order, seconds; `from`: the rotor's position, undefined to start at
 * the first cell.
 */
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

/**
 * Ways to divide the rows into blocks scanned one after the other. One block, unless the travel
 * limits split the sector: then also one block on each side of the gap, in either order, so that
 * not every row needs a full turn.
 */
function blockings(rows: Line[], setpoint: Path['setpoint'], motion: RotorMotion): Line[][][] {
  const azimuthDeg = (cell: number) => setpoint(cell).azimuthDeg;
  // The row with the widest gap determines the azimuth of the cut for all rows.
  let [cutDeg, widestDeg] = [0, 0];
  for (const cells of rows.filter(isSplit)) {
    const gap = (i: number) => azimuthDeg(cells[i] as number) - azimuthDeg(cells[i - 1] as number);
    let widest = 1;
    for (let i = 2; i < cells.length; i++) if (gap(i) > gap(widest) + 1e-6) widest = i;
    if (cells.length < 3 || gap(widest) <= widestDeg) continue;
    const usual = gap(widest === 1 ? 2 : 1);
    if (hopSeconds(gap(widest), motion.azimuth) <= hopSeconds(usual, motion.azimuth) + 1e-6) continue;
    [cutDeg, widestDeg] = [azimuthDeg(cells[widest] as number) - gap(widest) / 2, gap(widest)];
  }
  if (widestDeg === 0) return [[rows]];
  const side = (isHere: (cell: number) => boolean) =>
    rows.map((cells) => cells.filter(isHere)).filter((cells) => cells.length > 0);
  const low = side((cell) => azimuthDeg(cell) < cutDeg);
  const high = side((cell) => azimuthDeg(cell) >= cutDeg);
  return [[rows], [low, high], [high, low]];
}

interface Tour {
  order: Uint32Array;
  seconds: number;
}

/**
 * Scans the blocks one after the other, each in the cheapest serpentine from the end of the
 * previous one.
 */
function serpentine(
  grid: Grid,
  blocks: Line[][],
  setpoint: Path['setpoint'],
  motion: RotorMotion,
  from: Pointing,
): Tour {
  const total = blocks.flat().reduce((sum, cells) => sum + cells.length, 0);
  const order = new Uint32Array(total);
  let [filled, seconds] = [0, 0];
  let at = from;
  for (const rows of blocks) {
    let best = along(rows, rowsSeconds(grid, rows, setpoint, motion), setpoint, motion, at);
    // A lower bound for columns: their azimuths differ if rows have individual steps.
    const columns = rows.reduce((most, cells) => Math.max(most, cells.length), 0);
    const cells = rows.reduce((sum, { length }) => sum + length, 0);
    const least = (cells - columns) * hopSeconds(grid.bounds.stepDeg, motion.elevation);
    if (least < best.seconds) {
      const lines = columnLines(rows);
      const inside = lines.reduce((sum, line) => sum + lineSeconds(line, setpoint, motion), 0);
      best = cheaper(best, along(lines, inside, setpoint, motion, at));
    }
    for (const cells of best.lines) {
      order.set(cells, filled);
      filled += cells.length;
    }
    at = setpoint(order[filled - 1] as number);
    seconds += best.seconds;
  }
  return { order, seconds };
}

/** Prefers the first one if equal. */
function cheaper<T extends { seconds: number }>(a: T, b: T): T {
  return b.seconds < a.seconds - 1e-9 ? b : a;
}

/**
 * A serpentine over lines, starting with the first or the last one. `insideSeconds`: travel time
 * within all lines.
 */
function along(
  lines: Line[],
  insideSeconds: number,
  setpoint: Path['setpoint'],
  motion: RotorMotion,
  from: Pointing,
): { lines: Line[]; seconds: number } {
  const woven = (ordered: Line[]) => {
    const { lines, between } = weave(ordered, setpoint, motion, from);
    return { lines, seconds: between + insideSeconds };
  };
  return cheaper(woven(lines), woven(lines.toReversed()));
}

function rowsSeconds(
  grid: Grid,
  rows: readonly Line[],
  setpoint: Path['setpoint'],
  motion: RotorMotion,
): number {
  return rows.reduce((sum, cells) => {
    if (isSplit(cells)) return sum + lineSeconds(cells, setpoint, motion);
    const stepDeg = grid.azimuthStepDeg(Math.floor((cells[0] as number) / grid.columns));
    return sum + (cells.length - 1) * hopSeconds(stepDeg, motion.azimuth);
  }, 0);
}

function lineSeconds(cells: Line, setpoint: Path['setpoint'], motion: RotorMotion): number {
  let seconds = 0;
  let at: Pointing | undefined;
  for (const cell of cells) {
    const next = setpoint(cell);
    if (at) seconds += slewSeconds(at, next, motion);
    at = next;
  }
  return seconds;
}

/**
 * Chooses the direction of each line so that the moves to the first one and between lines take the
 * least time; a line takes the same time in both directions. Alternates if there is no difference.
 */
function weave(
  lines: Line[],
  setpoint: Path['setpoint'],
  motion: RotorMotion,
  from: Pointing,
): { lines: Line[]; between: number } {
  const ends = lines.map(
    (cells) => [setpoint(cells[0] as number), setpoint(cells.at(-1) as number)] as const,
  );
  const seconds = (at: Pointing | undefined, line: number, turn: 0 | 1) =>
    at ? slewSeconds(at, (ends[line] as Ends)[turn], motion) + (rest[line] as Rest)[turn] : 0;
  // Remaining time after each line by its direction, from the last line to the first.
  const rest: Rest[] = [];
  for (let line = lines.length - 1; line >= 0; line--) {
    const after = ([0, 1] as const).map((turn) => {
      const at = ends[line]?.[1 - turn];
      return line + 1 < lines.length ? Math.min(seconds(at, line + 1, 0), seconds(at, line + 1, 1)) : 0;
    });
    rest[line] = [after[0] as number, after[1] as number];
  }
  let at = from;
  let turn: 0 | 1 = 1;
  const between = lines.length > 0 ? Math.min(seconds(at, 0, 0), seconds(at, 0, 1)) : 0;
  const turned = lines.map((cells, line) => {
    const other: 0 | 1 = turn === 0 ? 1 : 0;
    if (seconds(at, line, other) < seconds(at, line, turn) + 1e-9) turn = other;
    at = (ends[line] as Ends)[turn === 0 ? 1 : 0];
    return turn === 0 ? cells : cells.toReversed();
  });
  return { lines: turned, between };
}

type Ends = readonly [Pointing, Pointing];
/** Seconds; line passed forwards, backwards. */
type Rest = [number, number];
