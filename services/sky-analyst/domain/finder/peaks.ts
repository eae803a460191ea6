import type { Neighbours } from './neighbours.ts';
import { vectorAt } from './sphere.ts';

/** The points that are above a limit and the highest within a radius, the highest first. */
export function peaksOf(
  values: Float64Array,
  vectors: Float64Array,
  neighbours: Neighbours,
  radius: number,
  limit: number,
): number[] {
  const candidates: number[] = [];
  values.forEach((value, point) => {
    if (value >= limit) candidates.push(point);
  });
  candidates.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  // A point next to a higher one is not a peak, even if it is not next to the peak itself.
  const isCovered = new Set<number>();
  return candidates.filter((point) => {
    const isPeak = !isCovered.has(point);
    const count = neighbours.near(vectorAt(vectors, point), radius);
    for (let n = 0; n < count; n++) {
      const other = neighbours.index[n] as number;
      if (other !== point && (values[other] as number) >= limit) isCovered.add(other);
    }
    return isPeak;
  });
}
