import { backlashOf, delaysOf, type Delays, type Timed } from './backlash.ts';
import type { AxisMotion } from '#shared/sky/kinematics';
import { combined, median, type Estimate } from './statistics.ts';
import { testMoveOf, type TestMove } from './test-move.ts';
import { resolutionDegOf, withoutStrays, type Trace } from './trace.ts';
import { fitTrapezoid, type TrapezoidFit } from './trapezoid.ts';

export type AxisName = 'azimuth' | 'elevation';

/**
 * What the test moves show of an axis; what they do not show is undefined, and `remarks` says why.
 */
export interface AxisFindings {
  speedDegPerS?: number | undefined;
  accelerationDegPerS2?: number | undefined;
  /** From the command to the first movement. */
  startDelayMs?: number | undefined;
  /** The step of the readback. */
  resolutionDeg?: number | undefined;
  /** How far the readback passed its target at most. */
  overshootDeg?: number | undefined;
  /** Motion lost when the direction turns, as the readback shows it. */
  backlashDeg?: number | undefined;
  /** From the first reading where it rests in the end until it rests. */
  settleMs?: number | undefined;
  remarks: string[];
}

// Standard errors from which on a number is none, as shares of it.
const SPEED_ERROR = 0.03;
const ACCELERATION_ERROR = 0.05;
const DIFFERENT = 0.1;
const ASSUMED_STEP_DEG = 0.01;

/**
 * What the moves of an axis show. `assumed`: its configured motion. Yields after each fit of a
 * move: all of them take up to 200 ms, and a stop of another rotor must not wait for that.
 */
export function* axisFindings(
  axis: AxisName,
  traces: readonly Trace[],
  assumed: AxisMotion,
): Generator<void, AxisFindings> {
  const clean = traces.map((trace) => ({ ...trace, readings: withoutStrays(trace.readings) }));
  const resolutionDeg = resolutionDegOf(clean.flatMap(({ readings }) => readings));
  const stepDeg = resolutionDeg ?? ASSUMED_STEP_DEG;
  const moves = clean.flatMap((trace) => testMoveOf(trace, stepDeg) ?? []);
  const remarks: string[] = [];
  const say = (words: string) => remarks.push(`${axis}: ${words}`);
  if (moves.length === 0) {
    say('it did not move far enough to be measured');
    return { resolutionDeg, remarks };
  }
  const motion = yield* motionOf(moves, stepDeg, assumed, say);
  const known = { moves, stepDeg, motion: { ...assumed, ...motion } };
  const timed: Timed = { ...known, delays: yield* delaysOf(known) };
  if (resolutionDeg === undefined) say('its readback changed too seldom to tell its step');
  return {
    ...motion,
    resolutionDeg,
    startDelayMs: startDelayMsOf(timed.delays, motion.accelerationDegPerS2 === undefined, say),
    overshootDeg: overshootDegOf(moves, stepDeg),
    backlashDeg: backlashOf(timed, say),
    settleMs: settleMsOf(moves),
    remarks,
  };
}

/** Speed and acceleration that one move shows, as far as it shows them. */
export function motionOfMove(trace: Trace, assumed: AxisMotion): Partial<AxisMotion> {
  const readings = withoutStrays(trace.readings);
  const stepDeg = resolutionDegOf(readings) ?? ASSUMED_STEP_DEG;
  const move = testMoveOf({ ...trace, readings }, stepDeg);
  return move ? resultOf(motionOf([move], stepDeg, assumed, () => undefined)) : {};
}

/** What a computation returns when nothing is done between its pieces. */
export function resultOf<Result>(pieces: Generator<void, Result>): Result {
  for (;;) {
    const next = pieces.next();
    if (next.done) return next.value;
  }
}

function* motionOf(
  moves: readonly TestMove[],
  stepDeg: number,
  assumed: AxisMotion,
  say: (words: string) => void,
): Generator<void, Partial<AxisMotion>> {
  const fits: (TrapezoidFit & { direction: number })[] = [];
  for (const move of moves) {
    const fit = fitTrapezoid(move.way, move.distanceDeg, stepDeg, assumed);
    if (fit) fits.push({ ...fit, direction: move.direction });
    yield;
  }
  const accelerations = fits.map((fit) => fit.accelerationDegPerS2);
  const acceleration = wellKnown(combined(accelerations), ACCELERATION_ERROR);
  if (!acceleration)
    say('its acceleration is too quick for its readback, or for the link: the configured one stays');
  return {
    ...withSpeed(slowerWay(fits, say)),
    ...(acceleration && { accelerationDegPerS2: acceleration.value }),
  };

  function withSpeed(speed: Estimate | undefined): Partial<AxisMotion> {
    if (speed) return { speedDegPerS: speed.value };
    const longestDeg = Math.max(...moves.map(({ distanceDeg }) => distanceDeg));
    say(
      `it did not keep its full speed for long enough within ${longestDeg.toFixed(1)} deg: the configured one stays`,
    );
    return {};
  }
}

/** The speed; where it is not the same both ways, the slower one. */
function slowerWay(
  fits: readonly (TrapezoidFit & { direction: number })[],
  say: (words: string) => void,
): Estimate | undefined {
  const cruising = fits.filter((fit) => fit.cruises);
  const [up, down] = [1, -1].map((direction) => {
    const same = cruising.filter((fit) => fit.direction === direction);
    return wellKnown(combined(same.map((fit) => fit.speedDegPerS)), SPEED_ERROR);
  });
  if (!up || !down)
    return up ?? down ?? wellKnown(combined(cruising.map((fit) => fit.speedDegPerS)), SPEED_ERROR);
  if (Math.abs(up.value - down.value) <= DIFFERENT * Math.max(up.value, down.value))
    return combined([up, down]);
  const [more, less] = [up.value.toFixed(2), down.value.toFixed(2)];
  say(
    `it makes ${more} deg/s towards larger and ${less} deg/s towards smaller angles: the slower one counts`,
  );
  return up.value < down.value ? up : down;
}

function wellKnown(estimate: Estimate | undefined, mostError: number): Estimate | undefined {
  return estimate && estimate.error <= mostError ? estimate : undefined;
}

function startDelayMsOf(delays: Delays, assumes: boolean, say: (words: string) => void): number | undefined {
  const delayMs = median(delays.same.length > 0 ? delays.same : delays.reversed);
  if (delayMs === undefined) {
    say('too few readings to tell when it sets off');
    return undefined;
  }
  if (assumes) say('its start delay is what is left when it speeds up as configured');
  return Math.max(0, delayMs);
}

function overshootDegOf(moves: readonly TestMove[], stepDeg: number): number {
  const passed = moves.map((move) => {
    const most = Math.max(...move.readings.map(({ deg }) => move.direction * (deg - move.toDeg)));
    return most > Math.max(stepDeg, 5 * move.rest.noiseDeg) - 1e-6 ? most : 0;
  });
  return Math.max(0, ...passed);
}

/** The longest but one, so that a gust of wind does not count. */
function settleMsOf(moves: readonly TestMove[]): number | undefined {
  const times = moves.map(({ rest }) => rest.sinceMs - rest.firstMs).sort((a, b) => b - a);
  return times[times.length >= 3 ? 1 : 0];
}
