import { tangentPlaneAt, type Vector } from '../finder/sphere.ts';
import { greatCircle } from './great-circle.ts';
import type { PatternSurface, PatternValue } from './surface.ts';

const MAX_STEPS = 60;
/** The position of the peak is exact to this part of the first step. */
const PRECISION = 1 / 2_000;

/**
 * The direction of the highest value of a surface near a direction, by parabolas along two axes in
 * turn, with steps that shrink. Undefined: it is not measured there. Angles in radians.
 */
export function climb(
  surface: PatternSurface,
  from: Vector,
  step: number,
): { direction: Vector; peak: PatternValue } | undefined {
  let direction = from;
  let peak = surface.at(from);
  if (!peak) return undefined;
  let size = step;
  for (let n = 0; n < MAX_STEPS && size > step * PRECISION; n++) {
    let moved = 0;
    for (const axis of ['right', 'up'] as const) {
      const circle = greatCircle(direction, tangentPlaneAt(direction)[axis]);
      const shift = shiftTo(surface.at(circle.at(-size)), peak, surface.at(circle.at(size)));
      const next = shift === 0 ? undefined : surface.at(circle.at(shift * size));
      if (!next || next.value <= peak.value) continue;
      peak = next;
      direction = circle.at(shift * size);
      moved = Math.max(moved, Math.abs(shift));
    }
    if (moved < 0.5) size /= 2;
  }
  return { direction, peak };
}

/** Where the parabola through three values has its peak, in steps, at most one away. */
function shiftTo(
  before: PatternValue | undefined,
  here: PatternValue,
  after: PatternValue | undefined,
): number {
  if (!before || !after) return 0;
  const curvature = before.value + after.value - 2 * here.value;
  if (curvature >= 0) return Math.sign(after.value - before.value);
  return Math.max(-1, Math.min(1, (before.value - after.value) / (2 * curvature)));
}
