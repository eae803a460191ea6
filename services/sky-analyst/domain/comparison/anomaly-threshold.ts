import { studentQuantile } from '../statistics/student-t.ts';

/** The variances of all cells count as much as this many degrees of freedom of a cell's own. */
export const POOLED_DEGREES = 50;
/** False cells per map that noise may cause. */
const FALSE_CELLS = 0.01;

/**
 * |z| of an anomaly, so that noise exceeds it in 0.01 cells of a map. A value less a centre of N
 * sessions, in units of a moderated spread, is sqrt(1 + 1/N) times Student's t with 50 + N - 1
 * degrees of freedom (Smyth 2004, section 4): 5.9, 5.6 and 5.3 at N = 3, 5 and 10 for 4,320
 * cells. z has this factor already; the limit keeps it, because a robust centre varies more than
 * a mean and because both signs count.
 */
export function anomalyThreshold(sessions: number, cells: number): number {
  const t = studentQuantile(FALSE_CELLS / Math.max(1, cells), POOLED_DEGREES + sessions - 1);
  return Math.sqrt(1 + 1 / sessions) * t;
}
