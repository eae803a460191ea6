import { slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import type { Path } from './path.ts';
import { shorten } from './shorten.ts';

/** The missing cells in the order of measurement, and the travel time. */
export interface Tour {
  order: Uint32Array;
  /**
   * Travel time from the position before the i-th cell to the last cell, seconds; one entry more
   * than cells, the last one 0.
   */
  travelFrom: Float64Array;
}

// Up to this many cells are optimised move by move; for more, only whole orders are compared.
const MAX_OPTIMISED_CELLS = 300;

/**
 * A short tour over the missing cells of a path: the best of the planned order and serpentines
 * along rows and columns from either end. For a few cells, also a nearest-neighbour tour; that and
 * the best one are then improved. Never longer than the planned order. Deterministic for the same
 * cells and start; linear in the number of cells.
 *
 * @param from the rotor's position, unwrapped
 */
export function remainingTour(
  path: Path,
  columns: number,
  isMissing: (cell: number) => boolean,
  from: Pointing,
  motion: RotorMotion,
): Tour {
  const planned = path.order.filter(isMissing);
  // A path with all its cells is already optimal from its start.
  if (planned.length === path.order.length) return tourOf(planned, path, from, motion);
  return shortTour(planned, path, columns, from, motion);
}

/** The same over the cells of any order. */
export function shortTour(
  planned: Uint32Array,
  path: Pick<Path, 'setpoint'>,
  columns: number,
  from: Pointing,
  motion: RotorMotion,
): Tour {
  const tour = (order: Uint32Array) => tourOf(order, path, from, motion);
  const best = quickest([planned, ...serpentines(planned, columns, path)].map(tour));
  if (planned.length > MAX_OPTIMISED_CELLS) return best;
  const nearest = nearestFirst(planned, path, from, motion);
  return quickest([best, ...[best.order, nearest].map((order) => tour(shorten(order, path, from, motion)))]);
}

function quickest(tours: readonly Tour[]): Tour {
  return tours.reduce((best, next) => (secondsOf(next) < secondsOf(best) - 1e-9 ? next : best));
}

/** Travel time of a whole tour, seconds. */
export function secondsOf({ travelFrom }: Tour): number {
  return travelFrom[0] ?? 0;
}

/** The travel times of an order. */
export function tourOf(
  order: Uint32Array,
  path: Pick<Path, 'setpoint'>,
  from: Pointing,
  motion: RotorMotion,
): Tour {
  const travelFrom = new Float64Array(order.length + 1);
  for (let i = order.length - 1; i >= 0; i--) {
    const before = i === 0 ? from : path.setpoint(order[i - 1] as number);
    const hop = slewSeconds(before, path.setpoint(order[i] as number), motion);
    travelFrom[i] = hop + (travelFrom[i + 1] as number);
  }
  return { order, travelFrom };
}

/**
 * Eight orders: along rows or columns, from either end, with alternate lines reversed, starting in
 * either direction.
 */
function serpentines(cells: Uint32Array, columns: number, path: Pick<Path, 'setpoint'>): Uint32Array[] {
  const row = (cell: number) => Math.floor(cell / columns);
  const azimuthDeg = (cell: number) => path.setpoint(cell).azimuthDeg;
  const byAzimuth = cells.toSorted((a, b) => azimuthDeg(a) - azimuthDeg(b) || a - b);
  const byRow = cells.toSorted((a, b) => row(a) - row(b));
  return [lines(byAzimuth, row), lines(byRow, (cell) => cell % columns, azimuthDeg)].flatMap((all) =>
    [all, all.toReversed()].flatMap((ordered) => [weave(ordered, 0), weave(ordered, 1)]),
  );
}

/**
 * Groups cells by key and keeps their order; sorts the groups by key, or by the rank of their first
 * cell.
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

/** Always the cell that takes the least time next; quadratic in the number of cells. */
export function nearestFirst(
  cells: Uint32Array,
  path: Pick<Path, 'setpoint'>,
  from: Pointing,
  motion: RotorMotion,
): Uint32Array {
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
