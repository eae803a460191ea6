import { slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing } from '#shared/sky/pointing';
import type { Path } from './path.ts';

// Rounds over all pairs; later ones gain too little.
const MAX_ROUNDS = 8;

/**
 * Reverses parts of the order while that saves time (2-opt, Croes 1958). The tour is open, so a
 * part may extend to its end. Never longer than before; quadratic in the number of cells, for a few
 * hundred cells.
 */
export function shorten(
  order: Uint32Array,
  path: Pick<Path, 'setpoint'>,
  from: Pointing,
  motion: RotorMotion,
): Uint32Array {
  const cells = Array.from(order);
  const places = cells.map((cell) => path.setpoint(cell));
  const seconds = (a: Pointing | undefined, b: Pointing | undefined) =>
    a && b ? slewSeconds(a, b, motion) : 0;
  for (let sweep = 0; sweep < MAX_ROUNDS; sweep++) {
    let improved = false;
    for (let first = 0; first < cells.length - 1; first++) {
      const before = first === 0 ? from : places[first - 1];
      for (let last = first + 1; last < cells.length; last++) {
        const after = places[last + 1];
        const now = seconds(before, places[first]) + seconds(places[last], after);
        const turned = seconds(before, places[last]) + seconds(places[first], after);
        if (turned >= now - 1e-9) continue;
        reverse(cells, first, last);
        reverse(places, first, last);
        improved = true;
      }
    }
    if (!improved) break;
  }
  return Uint32Array.from(cells);
}

function reverse(items: unknown[], first: number, last: number): void {
  for (let i = first, j = last; i < j; i++, j--) [items[i], items[j]] = [items[j], items[i]];
}
