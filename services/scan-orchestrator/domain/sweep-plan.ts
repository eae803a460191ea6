import { hopSeconds, slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { Routes } from '#shared/sky/routes';
import { legsSeconds } from './detours.ts';
import type { Grid } from './grid.ts';
import type { Path } from './path.ts';
import { passSeconds, planPasses, stopSeconds, type SweepRules } from './sweep-passes.ts';
import { rowSegments, spanAround, type RowSegment } from './sweep-rows.ts';

/** What is measured in one go. */
export type Unit =
  /** By stopping there. */
  | { kind: 'cell'; cell: number }
  /** By sweeping from one pointing to the other, back and forth until there are enough reads. */
  | {
      kind: 'sweep';
      /** Which of the rows' segments. */
      segment: number;
      /** Cells that are wanted, in the order of their azimuths. */
      cells: readonly number[];
      from: Pointing;
      to: Pointing;
    };

/** What is known when the next unit is looked for. */
export interface SweepProgress {
  isDone: (cell: number) => boolean;
  /** Segments that have been swept: what they lack still is measured by stopping there. */
  swept: ReadonlySet<number>;
  /** Segments of which nothing is missing; they are noted here when they are found. */
  whole: Set<number>;
  /** Where the rotor is. */
  at: Pointing;
}

/** What planning a scan on the fly finds out. */
export interface FoundSweeps {
  /** In the order of their rows, from the one that is nearest to where the rotor stands. */
  segments: readonly RowSegment[];
  /** Whole scan from where the rotor stands, seconds. */
  seconds: number;
  /** Ends of the sweeps, and of rows that are measured by stopping, in the order of the plan. */
  corners: Pointing[];
  /** How many segments are swept. */
  sweeps: number;
}

/** A scan on the fly. */
export interface SweepPlan extends FoundSweeps {
  /** Of the cells of a segment. */
  rulesOf(segment: number): SweepRules;
  /** What comes next; undefined when everything is done. */
  next(progress: SweepProgress): Unit | undefined;
}

/** What sweeps depend on. */
export interface SweepWorld {
  path: Path;
  limits: TravelLimits;
  routes: Routes;
  rotor: RotorMotion;
  rules: Omit<SweepRules, 'stepDeg'>;
}

/**
 * Sweeps row by row along azimuth, from the first or the last row on, whichever is nearer to where
 * the rotor stands, every next one from the end that is nearest: boustrophedon. Where cable or
 * obstacles split the rows, the rows of one side come first.
 */
export function findSweeps(grid: Grid, world: SweepWorld, from: Pointing): FoundSweeps {
  const segments = rowSegments(grid, world.path, world.routes);
  const asideDeg = (row: number) => Math.abs(grid.rowElevationDeg(row) - from.elevationDeg);
  if (asideDeg(grid.rows - 1) < asideDeg(0)) segments.reverse();
  return { segments, ...sweepsOver(segments, world).simulate(from) };
}

/** The plan that follows from what was found, in the same world. */
export function sweepPlanOf(found: FoundSweeps, world: SweepWorld): SweepPlan {
  const { rulesOf, next } = sweepsOver(found.segments, world);
  return { ...found, rulesOf, next };
}

function sweepsOver(
  segments: readonly RowSegment[],
  { path, limits, routes, rotor, rules }: SweepWorld,
): Pick<SweepPlan, 'rulesOf' | 'next'> & { simulate: (from: Pointing) => Omit<FoundSweeps, 'segments'> } {
  const { speedDegPerS, accelerationDegPerS2 } = rotor.azimuth;
  const coversTheRest = restCovered(segments);
  const rulesOf = (segment: number) => ({ ...rules, stepDeg: (segments[segment] as RowSegment).stepDeg });

  /** How so many cells of one row are measured, from the end that is nearest. */
  function approach(segment: number, cells: Uint32Array, at: Pointing, stops: boolean) {
    const { stepDeg } = segments[segment] as RowSegment;
    // At full speed before the first half of the first cell begins.
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
   * Round what is in the way; as the crow flies from where no way is known: before the rotor was
   * asked where it stands.
   */
  function waySeconds(at: Pointing, to: Pointing): number {
    if (!routes.obstacles.hasMaskOrSectors) return slewSeconds(at, to, rotor);
    try {
      return legsSeconds(at, routes.legsFromReadback(at, to), rotor);
    } catch {
      return slewSeconds(at, to, rotor);
    }
  }

  /**
   * The nearest of the segments before which, in the order of the rows, nothing is open that shares
   * an azimuth with them.
   */
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
   * The segment that is reached first, the first of several in the order given. A route takes no
   * less time than the straight slew, so only segments whose slew is shorter than the best route so
   * far are routed: a few of them, not all.
   */
  function quickest(candidates: readonly number[], at: Pointing): number | undefined {
    const ranked = candidates
      .map((segment, rank) => {
        const { cells } = segments[segment] as RowSegment;
        const ends = [cells[0] as number, cells.at(-1) as number].map((cell) => path.setpoint(cell));
        const slews = ends.map((end) => slewSeconds(at, end, rotor));
        return { segment, rank, ends, slews, leastSeconds: Math.min(...slews) };
      })
      .sort((a, b) => a.leastSeconds - b.leastSeconds || a.rank - b.rank);
    let best: { segment: number; rank: number; seconds: number } | undefined;
    for (const { segment, rank, ends, slews, leastSeconds } of ranked) {
      if (best && leastSeconds > best.seconds) break;
      const mostSeconds = best?.seconds ?? Infinity;
      let seconds = Infinity;
      for (const [i, end] of ends.entries())
        if ((slews[i] as number) <= Math.min(mostSeconds, seconds))
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
    let [seconds, sweeps] = [0, 0];
    for (;;) {
      const segment = nearest((i) => left.has(i), at);
      if (segment === undefined) return { seconds, corners, sweeps };
      left.delete(segment);
      const { cells } = segments[segment] as RowSegment;
      const { passes, spanDeg, start, end } = approach(segment, cells, at, false);
      seconds += waySeconds(at, start);
      seconds += passes?.seconds ?? rowSecondsByStopping(cells.length, rulesOf(segment));
      // One row is swept both ways.
      if (passes?.passes === 1 && sweeps === 0) seconds += passSeconds(spanDeg, rulesOf(segment));
      if (passes) sweeps++;
      corners.push(...(cells.length > 1 ? [start, end] : [start]));
      at = passes && passes.passes % 2 === 0 ? start : end;
    }
  }

  return { rulesOf, next, simulate };
}

/** Says of a segment whether every later one shares an azimuth with it. */
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
