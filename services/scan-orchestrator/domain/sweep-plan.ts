import { hopSeconds, slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { Routes } from '#shared/sky/routes';
import { legsSeconds } from './detours.ts';
import type { Grid } from './grid.ts';
import type { Path } from './path.ts';
import { passSeconds, planPasses, stopSeconds, type SweepRules } from './sweep-passes.ts';
import { rowSegments, spanAround, type RowSegment } from './sweep-rows.ts';

/** The unit of measurement. */
export type Unit =
  /** A cell measured by stopping. */
  | { kind: 'cell'; cell: number }
  /** A sweep between two pointings, back and forth until there are enough reads. */
  | {
      kind: 'sweep';
      /** Index of the row segment. */
      segment: number;
      /** The cells to measure, ordered by azimuth. */
      cells: readonly number[];
      from: Pointing;
      to: Pointing;
    };

/** Input for the choice of the next unit. */
export interface SweepProgress {
  isDone: (cell: number) => boolean;
  /** Swept segments: their missing cells are measured by stopping. */
  swept: ReadonlySet<number>;
  /** Complete segments; extended when one is found. */
  whole: Set<number>;
  /** The rotor's position. */
  at: Pointing;
}

/** Result of planning an on-the-fly scan. */
export interface FoundSweeps {
  /** Ordered by row, from the row nearest to the rotor. */
  segments: readonly RowSegment[];
  /** Duration of the whole scan from the rotor's position, seconds. */
  seconds: number;
  /** Ends of the sweeps, and of rows measured by stopping, in the order of the plan. */
  corners: Pointing[];
  /** Number of swept segments, of their cells, and the time of their passes in seconds. */
  sweeps: number;
  sweptCells: number;
  sweptSeconds: number;
}

/** Plan of an on-the-fly scan. */
export interface SweepPlan extends FoundSweeps {
  /** Rules for the cells of a segment. */
  rulesOf(segment: number): SweepRules;
  /** The next unit; undefined when everything is done. */
  next(progress: SweepProgress): Unit | undefined;
}

/** What sweeps depend on. */
export interface SweepContext {
  path: Path;
  limits: TravelLimits;
  routes: Routes;
  rotor: RotorMotion;
  rules: Omit<SweepRules, 'stepDeg'>;
}

/**
 * Sweeps row by row along azimuth, starting with the first or the last row, whichever is nearer to
 * the rotor. Each row starts at its nearest end (boustrophedon). If travel limits or obstacles
 * split the rows, all rows of one side come first.
 */
export function findSweeps(grid: Grid, context: SweepContext, from: Pointing): FoundSweeps {
  const segments = rowSegments(grid, context.path, context.routes);
  const asideDeg = (row: number) => Math.abs(grid.rowElevationDeg(row) - from.elevationDeg);
  if (asideDeg(grid.rows - 1) < asideDeg(0)) segments.reverse();
  return { segments, ...sweepsOver(segments, context).simulate(from) };
}

/** Completes a result with the same inputs to a plan. */
export function sweepPlanOf(found: FoundSweeps, context: SweepContext): SweepPlan {
  const { rulesOf, next } = sweepsOver(found.segments, context);
  return { ...found, rulesOf, next };
}

function sweepsOver(
  segments: readonly RowSegment[],
  { path, limits, routes, rotor, rules }: SweepContext,
): Pick<SweepPlan, 'rulesOf' | 'next'> & { simulate: (from: Pointing) => Omit<FoundSweeps, 'segments'> } {
  const { speedDegPerS, accelerationDegPerS2 } = rotor.azimuth;
  const coversTheRest = restCovered(segments);
  const rulesOf = (segment: number) => ({ ...rules, stepDeg: (segments[segment] as RowSegment).stepDeg });

  /** How to measure cells of one row from the nearest end. */
  function approach(segment: number, cells: Uint32Array, at: Pointing, stops: boolean) {
    const { stepDeg } = segments[segment] as RowSegment;
    // Reaches full speed before the start of the first cell.
    const runUpDeg = stepDeg / 2 + speedDegPerS ** 2 / (2 * accelerationDegPerS2);
    const [first, last] = [cells[0] as number, cells.at(-1) as number];
    const [low, high] = [path.setpoint(first), path.setpoint(last)];
    const isFromHigh = Math.abs(high.azimuthDeg - at.azimuthDeg) < Math.abs(low.azimuthDeg - at.azimuthDeg);
    const span = spanAround(low, high, runUpDeg, limits, routes);
    const spanDeg = span.high.azimuthDeg - span.low.azimuthDeg;
    const passes = stops ? undefined : planPasses(cells.length, spanDeg, rulesOf(segment));
    const { low: a, high: b } = passes ? span : { low, high };
    const [start, end] = isFromHigh ? [b, a] : [a, b];
    return { passes, spanDeg, start, end, nearestCell: isFromHigh ? last : first };
  }

  /**
   * Time of the route around obstacles; of the straight slew if there is no route, as before the
   * rotor's position is known.
   */
  function waySeconds(at: Pointing, to: Pointing): number {
    if (!routes.obstacles.hasMaskOrSectors) return slewSeconds(at, to, rotor);
    try {
      return legsSeconds(at, routes.legsFromReadback(at, to), rotor);
    } catch {
      return slewSeconds(at, to, rotor);
    }
  }

  /** The nearest of the segments that no open segment of an earlier row shares an azimuth with. */
  function nearest(isOpen: (segment: number) => boolean, at: Pointing): number | undefined {
    const front: number[] = [];
    for (const [i, segment] of segments.entries()) {
      if (!isOpen(i)) continue;
      const isBehind = front.some((other) => shareAzimuth(segments[other] as RowSegment, segment));
      if (!isBehind) front.push(i);
      if (coversTheRest(i)) break;
    }
    return quickest(front, at);
  }

  /**
   * The segment that is reached first; the first one if equal. A route never takes less time than
   * the straight slew, so only segments with a slew shorter than the best route so far need
   * routing.
   */
  function quickest(candidates: readonly number[], at: Pointing): number | undefined {
    const ranked = candidates
      .map((segment, rank) => {
        const { cells } = segments[segment] as RowSegment;
        const ends = [cells[0] as number, cells.at(-1) as number].map((cell) => path.setpoint(cell));
        const slews = ends.map((end) => slewSeconds(at, end, rotor));
        return { segment, rank, ends, slews, minSeconds: Math.min(...slews) };
      })
      .sort((a, b) => a.minSeconds - b.minSeconds || a.rank - b.rank);
    let best: { segment: number; rank: number; seconds: number } | undefined;
    for (const { segment, rank, ends, slews, minSeconds } of ranked) {
      if (best && minSeconds > best.seconds) break;
      const maxSeconds = best?.seconds ?? Infinity;
      let seconds = Infinity;
      for (const [i, end] of ends.entries())
        if ((slews[i] as number) <= Math.min(maxSeconds, seconds))
          seconds = Math.min(seconds, waySeconds(at, end));
      if (!best || seconds < best.seconds || (seconds === best.seconds && rank < best.rank))
        best = { segment, rank, seconds };
    }
    return best?.segment;
  }

  function next({ isDone, swept, whole, at }: SweepProgress): Unit | undefined {
    const missing = (segment: number) =>
      whole.has(segment)
        ? new Uint32Array()
        : (segments[segment] as RowSegment).cells.filter((cell) => !isDone(cell));
    const isOpen = (segment: number) => {
      if (whole.has(segment)) return false;
      if (missing(segment).length > 0) return true;
      whole.add(segment);
      return false;
    };
    const segment = nearest(isOpen, at);
    if (segment === undefined) return undefined;
    const cells = missing(segment);
    const { passes, start, end, nearestCell } = approach(segment, cells, at, swept.has(segment));
    if (!passes) return { kind: 'cell', cell: nearestCell };
    return { kind: 'sweep', segment, cells: Array.from(cells), from: start, to: end };
  }

  function simulate(from: Pointing): Omit<FoundSweeps, 'segments'> {
    const left = new Set(segments.keys());
    const corners: Pointing[] = [];
    let at = from;
    let [seconds, sweeps, sweptCells, sweptSeconds] = [0, 0, 0, 0];
    for (;;) {
      const segment = nearest((i) => left.has(i), at);
      if (segment === undefined) return { seconds, corners, sweeps, sweptCells, sweptSeconds };
      left.delete(segment);
      const { cells } = segments[segment] as RowSegment;
      const { passes, spanDeg, start, end } = approach(segment, cells, at, false);
      seconds += waySeconds(at, start);
      seconds += passes?.seconds ?? rowSecondsByStopping(cells.length, rulesOf(segment));
      // One row is swept in both directions to measure the lag.
      if (passes?.passes === 1 && sweeps === 0) seconds += passSeconds(spanDeg, rulesOf(segment));
      if (passes) {
        sweeps++;
        sweptCells += cells.length;
        sweptSeconds += passes.seconds;
      }
      corners.push(...(cells.length > 1 ? [start, end] : [start]));
      at = passes && (passes.passes * rules.tunings) % 2 === 0 ? start : end;
    }
  }

  return { rulesOf, next, simulate };
}

/** Returns whether all later segments share an azimuth with the given one. */
function restCovered(segments: readonly RowSegment[]): (segment: number) => boolean {
  let [highestLow, lowestHigh] = [-Infinity, Infinity];
  const covers = segments.map(() => false);
  for (let i = segments.length - 1; i >= 0; i--) {
    const { lowDeg, highDeg } = segments[i] as RowSegment;
    covers[i] = lowDeg <= lowestHigh && highestLow <= highDeg;
    [highestLow, lowestHigh] = [Math.max(highestLow, lowDeg), Math.min(lowestHigh, highDeg)];
  }
  return (segment) => covers[segment] === true;
}

function shareAzimuth(a: RowSegment, b: RowSegment): boolean {
  return a.lowDeg <= b.highDeg && b.lowDeg <= a.highDeg;
}

function rowSecondsByStopping(cells: number, rules: SweepRules): number {
  return cells * stopSeconds(rules) - hopSeconds(rules.stepDeg, rules.azimuth);
}
