import type { RotorMotion } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import type { Path } from '../path.ts';
import { nearestFirst, tourOf, type Tour } from '../remaining-tour.ts';
import { shorten } from '../shorten.ts';

// Consecutive cells that are optimised together: the work grows with their square.
const CHUNK_CELLS = 200;

/**
 * A short tour over scattered cells: the nearest one first, then parts of it improved by 2-opt.
 * Deterministic for the same cells and start; quadratic, for a few thousand cells.
 *
 * @param from the rotor's position, unwrapped
 */
export function addedTour(
  cells: Uint32Array,
  path: Pick<Path, 'setpoint'>,
  from: Pointing,
  motion: RotorMotion,
): Tour {
  const order = nearestFirst(cells, path, from, motion);
  for (let start = 0; start < order.length; start += CHUNK_CELLS) {
    const before = start === 0 ? from : path.setpoint(order[start - 1] as number);
    const chunk = order.slice(start, start + CHUNK_CELLS);
    order.set(shorten(chunk, path, before, motion), start);
  }
  return tourOf(order, path, from, motion);
}
