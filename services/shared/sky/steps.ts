/** Steps from the start to the end, both included if the end is a multiple of the step. */
export function stepsIn(startDeg: number, endDeg: number, stepDeg: number): number {
  return Math.floor((endDeg - startDeg) / stepDeg + 1e-9) + 1;
}

/** `startDeg + count * stepDeg`; so that 3 * 0.1 is 0.3, rounded. */
export function steppedDeg(startDeg: number, count: number, stepDeg: number): number {
  return toNanodegrees(startDeg + count * stepDeg);
}

/** Rounded to a nanodegree. */
export function toNanodegrees(deg: number): number {
  return Math.round(deg * 1e9) / 1e9;
}
