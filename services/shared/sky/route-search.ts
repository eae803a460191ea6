import { slewSeconds, type AxisMotion, type RotorMotion } from './kinematics.ts';
import { nextTurnDeg, widthDeg, type Obstacles } from './obstacles.ts';
import type { Pointing, TravelLimits } from './pointing.ts';

/** Possible corners of a route: every azimuth with every elevation, both ascending. */
export interface Lattice {
  azimuths: readonly number[];
  elevations: readonly number[];
}

/**
 * The possible corners of a route inside the travel: its ends, the edges of the sectors in a span
 * of azimuths, and the elevations of floor and mask between them, with a margin.
 */
export function latticeAround(
  obstacles: Obstacles,
  limits: TravelLimits,
  ends: readonly [Pointing, Pointing],
  span: { fromDeg: number; toDeg: number },
  marginDeg: number,
): Lattice {
  const azimuths = ends.map(({ azimuthDeg }) => azimuthDeg);
  const elevations = ends.map(({ elevationDeg }) => elevationDeg);
  for (const sector of obstacles.sectors)
    for (let azDeg = nextTurnDeg(sector, span.fromDeg); azDeg <= span.toDeg; azDeg += 360) {
      azimuths.push(azDeg - marginDeg, azDeg + widthDeg(sector) + marginDeg);
      elevations.push(sector.elMinDeg - marginDeg, sector.elMaxDeg + marginDeg);
    }
  const columns = ascending(azimuths, limits.azMinDeg, limits.azMaxDeg);
  columns.forEach((azDeg, i) => {
    const lowestDeg = obstacles.lowestDeg(columns[i - 1] ?? azDeg, azDeg);
    const highestDeg = obstacles.highestDeg(columns[i - 1] ?? azDeg, azDeg);
    elevations.push(aboveDeg(lowestDeg, marginDeg, limits), underDeg(highestDeg, marginDeg, limits));
  });
  return { azimuths: columns, elevations: ascending(elevations, limits.elMinDeg, limits.elMaxDeg) };
}

/** An elevation plus a margin, limited by the travel. */
export function aboveDeg(elevationDeg: number, marginDeg: number, { elMaxDeg }: TravelLimits): number {
  return Math.max(elevationDeg, Math.min(elMaxDeg, elevationDeg + marginDeg));
}

/** An elevation minus a margin, limited by the travel. */
export function underDeg(elevationDeg: number, marginDeg: number, { elMinDeg }: TravelLimits): number {
  return Math.min(elevationDeg, Math.max(elMinDeg, elevationDeg - marginDeg));
}

/** A lattice node that was reached along an axis. */
interface SearchNode {
  az: number;
  el: number;
  axis: 'azimuth' | 'elevation' | 'both' | undefined;
  seconds: number;
  before: SearchNode | undefined;
}

/**
 * The fastest route of single-axis legs (Dijkstra's algorithm on the lattice) to a point from which
 * both axes may move to the target at once. Returns the corners, the target last, or undefined. A
 * leg costs its distance at full speed and one acceleration: `d / v + v / a`.
 *
 * @param from the start, on the lattice, as is `to`
 * @param isFree whether both axes may move at once between two pointings
 */
export function searchRoute(
  { azimuths, elevations }: Lattice,
  from: Pointing,
  to: Pointing,
  motion: RotorMotion,
  isFree: Obstacles['isFree'],
): Pointing[] | undefined {
  const at = (az: number, el: number): Pointing => ({
    azimuthDeg: azimuths[az] as number,
    elevationDeg: elevations[el] as number,
  });
  const start = { az: azimuths.indexOf(from.azimuthDeg), el: elevations.indexOf(from.elevationDeg) };
  const goal = { az: azimuths.indexOf(to.azimuthDeg), el: elevations.indexOf(to.elevationDeg) };
  const open = createHeap<SearchNode>(({ seconds }) => seconds);
  const closed = new Set<string>();
  open.push({ ...start, axis: undefined, seconds: 0, before: undefined });
  for (let here = open.pop(); here; here = open.pop()) {
    if (here.az === goal.az && here.el === goal.el) return cornersOf(here, at);
    const key = `${here.az} ${here.el} ${here.axis}`;
    if (closed.has(key)) continue;
    closed.add(key);
    const [current, target] = [at(here.az, here.el), at(goal.az, goal.el)];
    if (isFree(current, target)) {
      const seconds = here.seconds + slewSeconds(current, target, motion);
      open.push({ ...goal, axis: 'both', seconds, before: here });
    }
    for (const step of STEPS) {
      const az = here.az + step.az;
      const el = here.el + step.el;
      if (az < 0 || el < 0 || az >= azimuths.length || el >= elevations.length) continue;
      const next = at(az, el);
      if (!isFree(current, next)) continue;
      const distanceDeg =
        Math.abs(next.azimuthDeg - current.azimuthDeg) + Math.abs(next.elevationDeg - current.elevationDeg);
      const runUp = here.axis === step.axis ? 0 : runUpSeconds(motion[step.axis]);
      const seconds = here.seconds + distanceDeg / motion[step.axis].speedDegPerS + runUp;
      open.push({ az, el, axis: step.axis, seconds, before: here });
    }
  }
  return undefined;
}

const STEPS = [
  { az: 1, el: 0, axis: 'azimuth' },
  { az: -1, el: 0, axis: 'azimuth' },
  { az: 0, el: 1, axis: 'elevation' },
  { az: 0, el: -1, axis: 'elevation' },
] as const;

function runUpSeconds({ speedDegPerS, accelerationDegPerS2 }: AxisMotion): number {
  return speedDegPerS / accelerationDegPerS2;
}

/** The nodes at which the axis changes, without the start. */
function cornersOf(end: SearchNode, at: (az: number, el: number) => Pointing): Pointing[] {
  const corners: Pointing[] = [];
  for (let node: SearchNode | undefined = end, axis: SearchNode['axis']; node.before; node = node.before) {
    if (node.axis !== axis) corners.unshift(at(node.az, node.el));
    axis = node.axis;
  }
  return corners;
}

function ascending(values: number[], min: number, max: number): number[] {
  const inside = values.filter((value) => value >= min - SAME_DEG && value <= max + SAME_DEG);
  return [...new Set(inside)].sort((a, b) => a - b);
}

// As in pointing.ts: a billionth of a degree is rounding.
const SAME_DEG = 1e-9;

/** A priority queue, smallest first. */
function createHeap<T>(rank: (item: T) => number) {
  const items: T[] = [];
  const smaller = (i: number, j: number) => rank(items[i] as T) < rank(items[j] as T);
  const swap = (i: number, j: number) => {
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  };
  return {
    push(item: T) {
      let i = items.push(item) - 1;
      for (let parent = (i - 1) >> 1; i > 0 && smaller(i, parent); parent = (i - 1) >> 1) {
        swap(i, parent);
        i = parent;
      }
    },
    pop(): T | undefined {
      if (items.length > 1) swap(0, items.length - 1);
      const smallest = items.pop();
      for (let i = 0; ;) {
        const left = 2 * i + 1;
        if (left >= items.length) break;
        const child = left + 1 < items.length && smaller(left + 1, left) ? left + 1 : left;
        if (!smaller(child, i)) break;
        swap(child, i);
        i = child;
      }
      return smallest;
    },
  };
}
