import { SkyScanError } from '#shared/base/errors';
import { createDirectionAt, type DirectionAt } from '#shared/sky/frame';
import { formatDeg, type Pointing, type TravelLimits } from '#shared/sky/pointing';
import { createSunCondition } from '#shared/sky/sun-keep-out';
import { bandPlan, dwellMs } from '../band-plan.ts';
import type { Detours } from '../detours.ts';
import type { Grid } from '../grid.ts';
import {
  MAX_TURNING_POINTS,
  OVERHEAD_S,
  planContext,
  standingSeconds,
  type FoundPlan,
  type PlanInputs,
} from '../plan-inputs.ts';
import { beamWarnings, dwellWarnings, resolutionNotes } from '../plan-warnings.ts';
import { referenceSeconds, referenceSetpoint } from '../reference-path.ts';
import { turningPoints } from '../turning-points.ts';
import { createAimer, isHidden, type Aimer } from './aimer.ts';
import type { FrameInputs } from './frame-inputs.ts';
import { framedTour, turnsOfSource, type FramedTour } from './framed-tour.ts';
import { sampled } from './sampled.ts';

/** In a plan, limits that move with a source are reached before they would be exceeded. */
const MARGIN_DEG = 0.02;
const NO_DETOURS: Detours = { corners: new Map(), seconds: 0 };

/**
 * Plans a scan around a source. Throws `out_of_range` if the source is below the horizon, or if the
 * grid never meets it; not for a scan that continues, which has only fewer cells in reach then.
 */
export function findFramePlan(inputs: PlanInputs, { cells, ...given }: FrameInputs): FoundPlan {
  const { rotor, reference } = inputs;
  const { grid, limits, routes } = planContext(inputs);
  // Many cells share the time between two computed directions.
  const directionAt = sampled(given.frame.source, createDirectionAt(given.frame.source));
  const centre = centreOf(grid);
  if (!cells) {
    requireUp(given, directionAt);
    requireCentre(grid, centre);
  }
  const marginDeg = given.frame.source.kind === 'fixed' ? 0 : MARGIN_DEG;
  const aimer = aimerOf(inputs, given, directionAt, marginDeg);
  const sourceDeg = turnsOfSource(directionAt(given.unixMs).azimuthDeg, limits);
  const standing = standingSeconds(inputs);
  const start = inputs.from ?? startAt(grid, aimer, given.unixMs, sourceDeg[0] as number);
  const tour = framedTour(cells ?? allCells(grid), start, given.unixMs, sourceDeg, {
    aimer,
    columns: grid.columns,
    routes,
    motion: rotor,
    cellSeconds: standing + OVERHEAD_S,
  });
  if (!cells) requireMeeting(centre, tour, aimer, given);
  const path = { order: tour.order, setpoint: setpointsOf(tour) };
  const visit = reference && referenceSetpoint(reference, limits);
  const visits =
    visit && tour.order.length > 0 ? referenceSeconds(reference, visit, path, routes, rotor, standing) : 0;
  const notes = [...resolutionNotes(grid, rotor.toleranceDeg), ...reachNotes(tour)];
  const travelSeconds = tour.travelFrom[0] ?? 0;
  return {
    turns: 0,
    order: tour.order,
    detours: NO_DETOURS,
    sweeps: undefined,
    turningPoints: turningPoints(path, NO_DETOURS, MAX_TURNING_POINTS),
    travelSeconds,
    expectedSeconds: tour.seconds + visits,
    warnings: [
      ...notes,
      ...beamWarnings(grid, rotor, false),
      ...dwellWarnings(dwellMs(inputs.tunings, inputs.readsMs)),
    ],
    notes,
    bands: bandPlan({
      tunings: inputs.tunings,
      readsMs: inputs.readsMs,
      moveSeconds: rotor.settleMs / 1000 + travelSeconds / Math.max(1, tour.order.length),
      stoppedPoints: tour.order.length,
      sweeps: undefined,
    }),
    frame: {
      turn: tour.turn,
      setpoints: tour.setpoints,
      travelFrom: tour.travelFrom,
      unreachable: tour.unreachable,
      refusal: tour.refusal,
    },
  };
}

/** The planned setpoints by cell; those of cells out of reach are not defined. */
export function setpointsOf({ order, setpoints }: Pick<FramedTour, 'order' | 'setpoints'>) {
  const places = new Map(Array.from(order, (cell, i) => [cell, i]));
  return (cell: number): Pointing => {
    const i = places.get(cell) ?? NaN;
    return { azimuthDeg: setpoints[2 * i] ?? NaN, elevationDeg: setpoints[2 * i + 1] ?? NaN };
  };
}

/** Where the rotor really points, with the exact direction of the source. */
export function exactAimer(inputs: PlanInputs, given: Pick<FrameInputs, 'frame' | 'sun'>): Aimer {
  return aimerOf(inputs, given, createDirectionAt(given.frame.source), 0);
}

/** `marginDeg`: how much earlier limits are reached. */
function aimerOf(
  inputs: PlanInputs,
  { frame, sun }: Pick<FrameInputs, 'frame' | 'sun'>,
  directionAt: DirectionAt,
  marginDeg: number,
): Aimer {
  const { grid, limits, routes } = planContext(inputs);
  return createAimer({
    grid,
    frame,
    directionAt,
    limits: within(limits, marginDeg),
    routes,
    motion: inputs.rotor,
    untilMiddleSeconds: untilMiddle(inputs),
    nearSun: sun && createSunCondition({ ...sun, keepOutDeg: sun.keepOutDeg + marginDeg }),
  });
}

function untilMiddle({ rotor, tunings, readsMs }: PlanInputs): number {
  return (rotor.settleMs + dwellMs(tunings, readsMs) / 2) / 1000;
}

function within(limits: TravelLimits, marginDeg: number): TravelLimits {
  return {
    azMinDeg: limits.azMinDeg + marginDeg,
    azMaxDeg: limits.azMaxDeg - marginDeg,
    elMinDeg: limits.elMinDeg + marginDeg,
    elMaxDeg: limits.elMaxDeg - marginDeg,
  };
}

function requireUp({ frame, unixMs }: FrameInputs, directionAt: DirectionAt): void {
  const direction = directionAt(unixMs);
  if (!isHidden(frame, direction)) return;
  throw new SkyScanError(
    'out_of_range',
    `${frame.name} is below the horizon: its elevation is ${formatDeg(direction.elevationDeg)} deg`,
  );
}

function requireCentre(grid: Grid, centre: number): void {
  const apartDeg = offsetDeg(grid, centre);
  // Half of the diagonal of a cell, and rounding.
  if (apartDeg <= 0.75 * grid.bounds.stepDeg) return;
  throw new SkyScanError(
    'out_of_range',
    `the grid never meets the source: its nearest point is ${formatDeg(apartDeg)} deg from it, at most ${formatDeg(0.75 * grid.bounds.stepDeg)} deg (0.75 steps) are allowed`,
  );
}

function requireMeeting(centre: number, { order, turn }: FramedTour, aimer: Aimer, given: FrameInputs): void {
  if (order.includes(centre)) return;
  const aim = aimer.at(centre, given.unixMs, turn);
  const reason = 'refusal' in aim ? aim.refusal : 'it moves out of reach';
  throw new SkyScanError('out_of_range', `the grid never meets ${given.frame.name}: ${reason}`);
}

/** The cell nearest to the source. */
function centreOf(grid: Grid): number {
  let best = 0;
  for (const cell of allCells(grid)) if (offsetDeg(grid, cell) < offsetDeg(grid, best)) best = cell;
  return best;
}

function offsetDeg(grid: Grid, cell: number): number {
  const { azimuthDeg, elevationDeg } = grid.pointing(cell);
  return Math.hypot(azimuthDeg, elevationDeg);
}

function allCells(grid: Grid): Uint32Array {
  const cells = new Uint32Array(grid.totalPoints);
  let filled = 0;
  for (let row = 0; row < grid.rows; row++)
    for (let column = 0; column < grid.columnsInRow(row); column++)
      cells[filled++] = row * grid.columns + column;
  return cells;
}

/** Without a known position, at the first cell that can be reached. */
function startAt(grid: Grid, aimer: Aimer, unixMs: number, nearDeg: number): Pointing {
  for (const cell of allCells(grid)) {
    const aim = aimer.at(cell, unixMs, { nearDeg });
    if (!('refusal' in aim)) return aim;
  }
  return { azimuthDeg: nearDeg, elevationDeg: 0 };
}

function reachNotes({ unreachable, order, refusal }: FramedTour): string[] {
  if (unreachable === 0) return [];
  return [
    `${unreachable} of ${unreachable + order.length} points are expected to be out of reach: ${refusal ?? 'there is no way to them'}`,
  ];
}
