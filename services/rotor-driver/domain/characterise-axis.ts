import { backlashOf, delaysOf, type Delays, type TimedMoves } from './backlash.ts';
import type { AxisMotion } from '#shared/sky/kinematics';
import { combined, median, type Estimate } from './statistics.ts';
import { testMoveOf, type TestMove } from './test-move.ts';
import { resolutionDegOf, withoutOutliers, type Trace } from './trace.ts';
import { fitTrapezoid, type TrapezoidFit } from './trapezoid.ts';

export type AxisName = 'azimuth' | 'elevation';

/** The measured values of an axis; one that cannot be measured is undefined, with a remark. */
export interface AxisFindings {
  speedDegPerS?: number | undefined;
  accelerationDegPerS2?: number | undefined;
  /** From the command to the first movement. */
  startDelayMs?: number | undefined;
  /** The step of the readback. */
  resolutionDeg?: number | undefined;
  /** The maximum overshoot of the readback. */
  overshootDeg?: number | undefined;
  /** Motion lost on a reversal, as far as the readback shows it. */
  backlashDeg?: number | undefined;
  /** From the first reading at the final position until it rests. */
  settleMs?: number | undefined;
  remarks: string[];
}

// Maximum relative standard errors of usable values.
const SPEED_ERROR = 0.03;
const ACCELERATION_ERROR = 0.05;
// Relative difference of the speeds in both directions that deserves a remark.
const DIFFERENT = 0.1;
const ASSUMED_STEP_DEG = 0.01;

/**
 * Evaluates the test moves of an axis. `assumed`: its configured motion. Yields after each fit: all
 * of them take up to 200 ms, and a stop of another rotor must not wait that long.
 */
export function* axisFindings(
  axis: AxisName,
  traces: readonly Trace[],
  assumed: AxisMotion,
): Generator<void, AxisFindings> {
  const clean = traces.map((trace) => ({ ...trace, readings: withoutOutliers(trace.readings) }));
  const resolutionDeg = resolutionDegOf(clean.flatMap(({ readings }) => readings));
  const stepDeg = resolutionDeg ?? ASSUMED_STEP_DEG;
  const moves = clean.flatMap((trace) => testMoveOf(trace, stepDeg) ?? []);
  const remarks: string[] = [];
  const addRemark = (text: string) => remarks.push(`${axis}: ${text}`);
  if (moves.length === 0) {
    addRemark('it did not move far enough to be measured');
    return { resolutionDeg, remarks };
  }
  const motion = yield* motionOf(moves, stepDeg, assumed, addRemark);
  const known = { moves, stepDeg, motion: { ...assumed, ...motion } };
  const timed: TimedMoves = { ...known, delays: yield* delaysOf(known) };
  if (resolutionDeg === undefined) addRemark('the readback changed too few times to measure its step');
  return {
    ...motion,
    resolutionDeg,
    startDelayMs: startDelayMsOf(timed.delays, motion.accelerationDegPerS2 === undefined, addRemark),
    overshootDeg: overshootDegOf(moves, stepDeg),
    backlashDeg: backlashOf(timed, addRemark),
    settleMs: settleMsOf(moves),
    remarks,
  };
}

/** Speed and acceleration from one move, where it shows them. */
export function motionOfMove(trace: Trace, assumed: AxisMotion): Partial<AxisMotion> {
  const readings = withoutOutliers(trace.readings);
  const stepDeg = resolutionDegOf(readings) ?? ASSUMED_STEP_DEG;
  const move = testMoveOf({ ...trace, readings }, stepDeg);
  return move ? resultOf(motionOf([move], stepDeg, assumed, () => undefined)) : {};
}

/** Runs a sliced computation to its end. */
export function resultOf<Result>(slices: Generator<void, Result>): Result {
  for (;;) {
    const next = slices.next();
    if (next.done) return next.value;
  }
}

function* motionOf(
  moves: readonly TestMove[],
  stepDeg: number,
  assumed: AxisMotion,
  addRemark: (text: string) => void,
): Generator<void, Partial<AxisMotion>> {
  const fits: (TrapezoidFit & { direction: number })[] = [];
  for (const move of moves) {
    const fit = fitTrapezoid(move.progress, move.distanceDeg, stepDeg, assumed);
    if (fit) fits.push({ ...fit, direction: move.direction });
    yield;
  }
  const accelerations = fits.map((fit) => fit.accelerationDegPerS2);
  const acceleration = wellKnown(combined(accelerations), ACCELERATION_ERROR);
  if (!acceleration)
    addRemark('its acceleration is too fast for the readback or the link: the configured one is kept');
  return {
    ...withSpeed(slowerDirection(fits, addRemark)),
    ...(acceleration && { accelerationDegPerS2: acceleration.value }),
  };

  function withSpeed(speed: Estimate | undefined): Partial<AxisMotion> {
    if (speed) return { speedDegPerS: speed.value };
    const longestDeg = Math.max(...moves.map(({ distanceDeg }) => distanceDeg));
    addRemark(
      `it did not keep its full speed for long enough within ${longestDeg.toFixed(1)} deg: the configured one is kept`,
    );
    return {};
  }
}

/** The speed; the slower one if the directions differ. */
function slowerDirection(
  fits: readonly (TrapezoidFit & { direction: number })[],
  addRemark: (text: string) => void,
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
  const [upward, downward] = [up.value.toFixed(2), down.value.toFixed(2)];
  addRemark(
    `it reaches ${upward} deg/s towards larger and ${downward} deg/s towards smaller angles: the slower one is used`,
  );
  return up.value < down.value ? up : down;
}

function wellKnown(estimate: Estimate | undefined, maxError: number): Estimate | undefined {
  return estimate && estimate.error <= maxError ? estimate : undefined;
}

function startDelayMsOf(
  delays: Delays,
  isAccelerationAssumed: boolean,
  addRemark: (text: string) => void,
): number | undefined {
  const delayMs = median(delays.same.length > 0 ? delays.same : delays.reversed);
  if (delayMs === undefined) {
    addRemark('too few readings to measure its start delay');
    return undefined;
  }
  if (isAccelerationAssumed) addRemark('its start delay assumes the configured acceleration');
  return Math.max(0, delayMs);
}

function overshootDegOf(moves: readonly TestMove[], stepDeg: number): number {
  const passed = moves.map((move) => {
    const overshootDeg = Math.max(...move.readings.map(({ deg }) => move.direction * (deg - move.toDeg)));
    return overshootDeg > Math.max(stepDeg, 5 * move.rest.noiseDeg) - 1e-6 ? overshootDeg : 0;
  });
  return Math.max(0, ...passed);
}

/** The second longest one, so that a gust of wind does not count. */
function settleMsOf(moves: readonly TestMove[]): number | undefined {
  const times = moves.map(({ rest }) => rest.sinceMs - rest.firstMs).sort((a, b) => b - a);
  return times[times.length >= 3 ? 1 : 0];
}
