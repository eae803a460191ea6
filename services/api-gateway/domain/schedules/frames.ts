/**
 * The frames of a time lapse: every n-th item, counted from the last, which is the newest. More
 * than `maxFrames` are thinned out evenly; the first and the last one stay.
 */
export function selectFrames<T>(items: readonly T[], every: number, maxFrames: number): T[] {
  const chosen = items.filter((_, index) => (items.length - 1 - index) % every === 0);
  if (chosen.length <= maxFrames) return chosen;
  if (maxFrames === 1) return chosen.slice(-1);
  const step = (chosen.length - 1) / (maxFrames - 1);
  return Array.from({ length: maxFrames }, (_, n) => chosen[Math.round(n * step)] as T);
}
