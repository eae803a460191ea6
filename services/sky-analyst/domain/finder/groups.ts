import { angleBetween, type Vector } from './sphere.ts';

/** More sources are not fitted together; the work grows with the cube of their number. */
export const MAX_MEMBERS = 10;
/**
 * A source that is weaker than this relative to its neighbour does not move the neighbour's
 * position, but errors of the beam's model there would look like it: it is fitted on its own.
 */
const MIN_RATIO = 0.05;
/** By this factor, the distance that links sources falls until a group is small enough. */
const SHORTER = 0.8;
/** Groups that are too large at this part of the distance are cut into pieces. */
const MIN_LINKING = 0.2;

/**
 * Groups sources that are linked by distances up to `linking`, radians. Groups of more than ten
 * are linked by shorter distances, and cut into pieces of ten if nothing else helps.
 */
export function groupsOf<Source extends { direction: Vector; amplitude: number }>(
  sources: readonly Source[],
  linking: number,
  minLinking = MIN_LINKING * linking,
): Source[][] {
  const rest = new Set(sources);
  const groups: Source[][] = [];
  for (const first of sources) {
    if (!rest.delete(first)) continue;
    const group = [first];
    for (const member of group)
      for (const other of rest)
        if (isLinked(member, other, linking)) {
          rest.delete(other);
          group.push(other);
        }
    if (group.length <= MAX_MEMBERS) groups.push(group);
    else if (linking > minLinking) groups.push(...groupsOf(group, linking * SHORTER, minLinking));
    else
      for (let at = 0; at < group.length; at += MAX_MEMBERS) groups.push(group.slice(at, at + MAX_MEMBERS));
  }
  return groups;
}

function isLinked(
  a: { direction: Vector; amplitude: number },
  b: { direction: Vector; amplitude: number },
  linking: number,
): boolean {
  const ratio = Math.min(a.amplitude, b.amplitude) / Math.max(a.amplitude, b.amplitude);
  return ratio >= MIN_RATIO && angleBetween(a.direction, b.direction) <= linking;
}
