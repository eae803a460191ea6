import { axisDistanceDeg, type Pointing } from '#shared/sky/pointing';
import { interruptNoise, learnNoise, NO_NOISE, noiseDeg, type NoiseEstimate } from './noise.ts';
import { learnLateness, type Lateness } from './pace.ts';
import { COARSEST_STEP_DEG, finerStepDeg, type Observed } from './reading.ts';
import type { AwayChange } from './remarks.ts';
import { stillMarginDeg, type RestOnly } from './rest-only-readback.ts';
import { readbackMarginDeg } from './whereabouts.ts';

/** What is known of how one rotor moves and reports. */
export interface MotionState {
  /**
   * Where a move that is on its way leads: what is read meanwhile is moving, whether it shows or
   * not.
   */
  readonly towards: Pointing | undefined;
  /** Where it was told to be, whatever the way; undefined after a stop. */
  readonly setpoint: Pointing | undefined;
  /**
   * The setpoint on which the last move ended; undefined while that is not known. Another client
   * may have moved it since.
   */
  readonly restsOn: Pointing | undefined;
  /**
   * The readback at the last command, until another one has come or the rotor was seen to rest: it
   * may move without reporting it.
   */
  readonly unseenFrom: Pointing | undefined;
  /** The last good answer. */
  readonly latest: Observed | undefined;
  /** The step of the readback, learnt from every answer. */
  readonly stepDeg: number;
  /** How often the answer was another one than before. */
  readonly changes: number;
  /** Of the last answer. */
  readonly roundTripMs: number;
  readonly noise: NoiseEstimate;
  /** How late its last moves were. */
  readonly lateness: Lateness;
  /** What was seen of its controller when that reports the position only at rest. */
  readonly restOnly: RestOnly | undefined;
  /** How the position changed over the last reconnect, if it did. */
  readonly awayChange: AwayChange | undefined;
}

export type MotionEvent =
  /** A command to move goes out. */
  | { kind: 'departs'; from: Pointing; target: Pointing }
  /** That command was refused and moves nothing. `unseenFrom`: as it was before. */
  | { kind: 'refused'; unseenFrom: Pointing | undefined }
  /** A move is on its way to `target`; undefined: none is. */
  | { kind: 'heads'; target: Pointing | undefined }
  /** It was seen to rest. */
  | { kind: 'rests' }
  /** A move ended on its setpoint. */
  | { kind: 'arrived'; setpoint: Pointing }
  /** It was told to be there, whatever the way; undefined: it was stopped. */
  | { kind: 'told'; setpoint: Pointing | undefined }
  /** A move showed whether its position is reported in motion. */
  | { kind: 'reports'; restOnly: RestOnly | undefined }
  /** A move was that late. */
  | { kind: 'late'; ms: number }
  /** A readback came. */
  | { kind: 'read'; answer: Omit<Observed, 'moving'> }
  /** The latest readback is a turn off: this is its azimuth. */
  | { kind: 'turned'; azimuthDeg: number };

export const NEVER_READ: MotionState = {
  towards: undefined,
  setpoint: undefined,
  restsOn: undefined,
  unseenFrom: undefined,
  latest: undefined,
  stepDeg: COARSEST_STEP_DEG,
  changes: 0,
  roundTripMs: 0,
  noise: NO_NOISE,
  lateness: [],
  restOnly: undefined,
  awayChange: undefined,
};

const RESTING_DEG = 0.02;
const RECENT_MS = 3_000;
const ENOUGH_CHANGES = 3;

export function motionAfter(state: MotionState, event: MotionEvent): MotionState {
  switch (event.kind) {
    case 'departs':
      return { ...heading(state, event.target), restsOn: undefined, unseenFrom: event.from };
    case 'refused':
      return { ...state, unseenFrom: event.unseenFrom };
    case 'heads':
      return heading(state, event.target);
    case 'rests':
      return { ...heading(state, undefined), unseenFrom: undefined };
    case 'arrived':
      return { ...state, restsOn: event.setpoint };
    case 'told':
      return { ...state, setpoint: event.setpoint };
    case 'reports':
      return { ...state, restOnly: event.restOnly };
    case 'late':
      return { ...state, lateness: learnLateness(state.lateness, event.ms) };
    case 'read':
      return afterReading(state, event.answer);
    case 'turned':
      return { ...state, latest: state.latest && turned(state.latest, event.azimuthDeg) };
  }
}

/** Standard deviation of the readback of a rotor that rests, degrees; 0 until that was seen. */
export function readbackNoiseDeg({ noise }: MotionState): number {
  return noiseDeg(noise);
}

/** What a readback may differ by without a motion, degrees. */
export function marginWithoutMotionDeg(state: MotionState): number {
  return stillMarginDeg(state.stepDeg, noiseDeg(state.noise));
}

/**
 * The step of the readback as far as it is known: whole numbers prove little while there are few of
 * them.
 */
export function knownResolutionDeg({ stepDeg, changes }: MotionState): number | undefined {
  return stepDeg < COARSEST_STEP_DEG || changes >= ENOUGH_CHANGES ? stepDeg : undefined;
}

function heading(state: MotionState, towards: Pointing | undefined): MotionState {
  return { ...state, towards, noise: interruptNoise(state.noise) };
}

function turned(latest: Observed, azimuthDeg: number): Observed {
  return { ...latest, pointing: { ...latest.pointing, azimuthDeg } };
}

function afterReading(before: MotionState, answer: Omit<Observed, 'moving'>): MotionState {
  const { pointing, roundTripMs, connection } = answer;
  const last = before.latest;
  const learnt: MotionState = {
    ...before,
    roundTripMs,
    stepDeg: finerStepDeg(before.stepDeg, pointing),
    noise: before.towards ? before.noise : learnNoise(before.noise, pointing),
  };
  const { unseenFrom } = before;
  const isSeen = unseenFrom && axisDistanceDeg(unseenFrom, pointing) > marginWithoutMotionDeg(learnt);
  const state = { ...learnt, unseenFrom: isSeen ? undefined : unseenFrom };
  const latest = { ...answer, moving: before.towards !== undefined || hasMoved(last, answer) };
  return {
    ...state,
    latest,
    awayChange: last && last.connection !== connection ? changeSince(last, latest, state) : before.awayChange,
    changes: before.changes + (last && axisDistanceDeg(last.pointing, pointing) > 0 ? 1 : 0),
  };
}

function hasMoved(last: Observed | undefined, { pointing, atMs }: Omit<Observed, 'moving'>): boolean {
  return !!last && atMs - last.atMs < RECENT_MS && axisDistanceDeg(last.pointing, pointing) > RESTING_DEG;
}

/** Of a rotor that rested when it was last seen. */
function changeSince(last: Observed, now: Observed, state: MotionState): AwayChange | undefined {
  const isMoving = (last.moving && !state.restsOn) || state.towards || state.unseenFrom;
  const marginDeg = readbackMarginDeg(0, readbackNoiseDeg(state));
  if (isMoving || axisDistanceDeg(last.pointing, now.pointing) <= marginDeg) return undefined;
  return { before: last.pointing, after: now.pointing, seconds: (now.atMs - last.atMs) / 1000 };
}
