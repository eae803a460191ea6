import { errorMessage } from '#shared/base/errors';
import { withinHalfTurnDeg } from '#shared/sky/frame';
import { slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { Routes } from '#shared/sky/routes';
import { legsSeconds } from '../detours.ts';
import { shortTour, type Tour } from '../remaining-tour.ts';
import type { Aimer, CableTurn } from './aimer.ts';

export interface FramedTourParts {
  aimer: Aimer;
  /** Columns of the grid. */
  columns: number;
  routes: Pick<Routes, 'isClear' | 'legs'>;
  motion: RotorMotion;
  /** Settling, reads and overhead of one cell, seconds. */
  cellSeconds: number;
}

/** Cells in the order in which they are expected to be measured, at the times when they are. */
export interface FramedTour extends Tour {
  turn: CableTurn;
  /** Setpoints in this order, azimuth and elevation. */
  setpoints: Float64Array;
  /** Number of cells that are out of reach when it is their turn. */
  unreachable: number;
  /** Why, of the first of them. */
  refusal: string | undefined;
  /** From the start to the end of the last cell, seconds. */
  seconds: number;
}

interface Visit {
  cell: number;
  setpoint: Pointing;
  travelSeconds: number;
}

/**
 * A tour over cells whose directions move with the source: the order is that of a source at rest,
 * the time and the reach of each cell are those of its own time. Cells out of reach are tried again
 * after the others, as long as some of them can be reached.
 *
 * @param start the rotor's position, unwrapped
 * @param sourceDeg azimuths of the source in the cable turns that may be used; the turn with the
 * most cells in reach wins, then the quickest
 */
export function framedTour(
  cells: Uint32Array,
  start: Pointing,
  unixMs: number,
  sourceDeg: readonly number[],
  parts: FramedTourParts,
): FramedTour {
  const tours = sourceDeg.map((nearDeg) => tourIn({ nearDeg }, cells, start, unixMs, parts));
  return tours.reduce((best, next) =>
    next.unreachable < best.unreachable ||
    (next.unreachable === best.unreachable && next.seconds < best.seconds - 1e-9)
      ? next
      : best,
  );
}

/** Unwrapped azimuths of a source within the travel, or nearest to it. */
export function turnsOfSource(azimuthDeg: number, { azMinDeg, azMaxDeg }: TravelLimits): number[] {
  const middleDeg = (azMinDeg + azMaxDeg) / 2;
  const nearest = middleDeg + withinHalfTurnDeg(azimuthDeg - middleDeg);
  const all = [nearest, nearest - 360, nearest + 360];
  const inside = all.filter((deg) => deg >= azMinDeg && deg <= azMaxDeg);
  return inside.length > 0 ? inside : [nearest];
}

function tourIn(
  turn: CableTurn,
  cells: Uint32Array,
  start: Pointing,
  unixMs: number,
  parts: FramedTourParts,
): FramedTour {
  const visits: Visit[] = [];
  let seconds = 0;
  let at = start;
  let left = cells;
  let noWay: string | undefined;
  for (let isMoving = true; isMoving && left.length > 0;) {
    const nowMs = unixMs + seconds * 1000;
    const inReach = reachable(left, nowMs, turn, parts, at);
    const round = visitAll(inReach, at, nowMs, turn, parts);
    visits.push(...round.visits);
    seconds += round.seconds;
    at = visits.at(-1)?.setpoint ?? at;
    const visited = new Set(round.visits.map(({ cell }) => cell));
    left = left.filter((cell) => !visited.has(cell));
    noWay = round.refusal;
    isMoving = visited.size > 0;
  }
  return {
    ...tourOf(visits),
    turn,
    seconds,
    unreachable: left.length,
    refusal: firstRefusal(left, at, unixMs + seconds * 1000, turn, parts) ?? noWay,
  };
}

/** The cells that can be reached at a time, in a short order for a source that stays there. */
function reachable(
  cells: Uint32Array,
  unixMs: number,
  turn: CableTurn,
  { aimer, columns, motion }: FramedTourParts,
  from: Pointing,
): Uint32Array {
  const places = new Map<number, Pointing>();
  for (const cell of cells) {
    const aim = aimer.at(cell, unixMs, turn);
    if (!('refusal' in aim)) places.set(cell, aim);
  }
  const path = { setpoint: (cell: number) => places.get(cell) as Pointing };
  const found = cells.filter((cell) => places.has(cell));
  return found.length === 0 ? found : shortTour(found, path, columns, from, motion).order;
}

/** Follows the source; leaves out what has moved out of reach. */
function visitAll(
  order: Uint32Array,
  start: Pointing,
  unixMs: number,
  turn: CableTurn,
  { aimer, routes, motion, cellSeconds }: FramedTourParts,
): { visits: Visit[]; seconds: number; refusal: string | undefined } {
  const visits: Visit[] = [];
  let [at, seconds] = [start, 0];
  let refusal: string | undefined;
  for (const cell of order) {
    const aim = aimer.from(cell, at, unixMs + seconds * 1000, turn);
    const travelSeconds = 'refusal' in aim ? aim.refusal : wayTo(aim, at, routes, motion);
    if ('refusal' in aim || typeof travelSeconds === 'string') {
      refusal ??= String(travelSeconds);
      continue;
    }
    visits.push({ cell, setpoint: aim, travelSeconds });
    seconds += travelSeconds + cellSeconds;
    at = aim;
  }
  return { visits, seconds, refusal };
}

/** Seconds, or why there is no way. */
function wayTo(
  to: Pointing,
  from: Pointing,
  routes: FramedTourParts['routes'],
  motion: RotorMotion,
): number | string {
  if (routes.isClear(from, to)) return slewSeconds(from, to, motion);
  try {
    return legsSeconds(from, routes.legs(from, to), motion);
  } catch (error) {
    return errorMessage(error);
  }
}

function firstRefusal(
  cells: Uint32Array,
  start: Pointing,
  unixMs: number,
  turn: CableTurn,
  { aimer }: FramedTourParts,
): string | undefined {
  for (const cell of cells) {
    const aim = aimer.from(cell, start, unixMs, turn);
    if ('refusal' in aim) return aim.refusal;
  }
  return undefined;
}

function tourOf(visits: readonly Visit[]): Pick<FramedTour, 'order' | 'travelFrom' | 'setpoints'> {
  const travelFrom = new Float64Array(visits.length + 1);
  for (let i = visits.length - 1; i >= 0; i--)
    travelFrom[i] = (travelFrom[i + 1] as number) + (visits[i] as Visit).travelSeconds;
  return {
    order: Uint32Array.from(visits, ({ cell }) => cell),
    travelFrom,
    setpoints: Float64Array.from(
      visits.flatMap(({ setpoint }) => [setpoint.azimuthDeg, setpoint.elevationDeg]),
    ),
  };
}
