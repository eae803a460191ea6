import { slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import type { Path } from './path.ts';
import { shorten } from './shorten.ts';

/** Cells that are left, in the order in which they are visited, and what that takes. */
export interface Tour {
  order: Uint32Array;
  /**
   * Moves from the place before the i-th cell to the last cell, seconds; one more entry than cells,
   * the last one 0.
   */
  travelFrom: Float64Array;
}

// So few are improved move by move; of more only whole orders are compared.
const FEW = 300;

/**
 * A short way over the cells of a path that are missing: the best of the planned order, rows and
 * columns of what is missing in serpentines from either end; of a few cells also the nearest one
 * first, and this and the best improved. Never longer than the planned order. The same for the same
 * cells and the same start; linear in the number of cells.
 *
 * @param from where the rotor stands, unwrapped
 */
export function shortTour(
  path: Path,
  columns: number,
  isMissing: (cell: number) => boolean,
  from: Pointing,
  motion: RotorMotion,
): Tour {
  const planned = path.order.filter(isMissing);
  const tour = (order: Uint32Array) => tourOf(order, path, from, motion);
  // The path as it was planned is as short as any, from where it begins.
  if (planned.length === path.order.length) return tour(planned);
  const best = quickest([planned, ...serpentines(planned, columns, path)].map(tour));
  if (planned.length > FEW) return best;
  const nearest = nearestFirst(planned, path, from, motion);
  return quickest([best, ...[best.order, nearest].map((order) => tour(shorten(order, path, from, motion)))]);
}

function quickest(tours: readonly Tour[]): Tour {
  return tours.reduce((best, next) => (secondsOf(next) < secondsOf(best) - 1e-9 ? next : best));
}

/** Moves of a whole tour, seconds. */
export function secondsOf({ travelFrom }: Tour): number {
  return travelFrom[0] ?? 0;
}

function tourOf(order: Uint32Array, path: Path, from: Pointing, motion: RotorMotion): Tour {
  const travelFrom = new Float64Array(order.length + 1);
  for (let i = order.length - 1; i >= 0; i--) {
    const before = i === 0 ? from : path.setpoint(order[i - 1] as number);
    const hop = slewSeconds(before, path.setpoint(order[i] as number), motion);
    travelFrom[i] = hop + (travelFrom[i + 1] as number);
  }
  return { order, travelFrom };
}

/**
 * Eight orders: along rows or columns, from either end of them, every other one reversed, beginning
 * with either direction.
 */
function serpentines(cells: Uint32Array, columns: number, path: Path): Uint32Array[] {
  const row = (cell: number) => Math.floor(cell / columns);
  const azimuthDeg = (cell: number) => path.setpoint(cell).azimuthDeg;
  const byAzimuth = cells.toSorted((a, b) => azimuthDeg(a) - azimuthDeg(b) || a - b);
  const byRow = cells.toSorted((a, b) => row(a) - row(b));
  return [lines(byAzimuth, row), lines(byRow, (cell) => cell % columns, azimuthDeg)].flatMap((all) =>
    [all, all.toReversed()].flatMap((ordered) => [weave(ordered, 0), weave(ordered, 1)]),
  );
}

/**
 * Cells with the same key, each line in the order given; lines by their key or by the rank of their
 * first cell.
 */
function lines(cells: Uint32Array, key: (cell: number) => number, rank = key): number[][] {
  const groups = new Map<number, number[]>();
  for (const cell of cells) {
    const group = groups.get(key(cell));
    if (group) group.push(cell);
    else groups.set(key(cell), [cell]);
  }
  return [...groups.values()].sort((a, b) => rank(a[0] as number) - rank(b[0] as number));
}

function weave(ordered: readonly number[][], reversed: 0 | 1): Uint32Array {
  return Uint32Array.from(ordered.flatMap((line, i) => (i % 2 === reversed ? line : line.toReversed())));
}

function nearestFirst(cells: Uint32Array, path: Path, from: Pointing, motion: RotorMotion): Uint32Array {
  const left = Array.from(cells);
  let at = from;
  return cells.map(() => {
    let nearest = 0;
    let least = Infinity;
    left.forEach((cell, i) => {
      const seconds = slewSeconds(at, path.setpoint(cell), motion);
      if (seconds < least) [nearest, least] = [i, seconds];
    });
    const [cell = 0] = left.splice(nearest, 1);
    at = path.setpoint(cell);
    return cell;
  });
}
