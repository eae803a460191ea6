import { axisDistanceDeg, type Pointing } from '#shared/sky/pointing';
import { interruptNoise, learnNoise, NO_NOISE, noiseDeg, type NoiseEstimate } from './noise.ts';
import { learnLateness, type Lateness } from './poll-interval.ts';
import { COARSEST_STEP_DEG, finerStepDeg, type Readback } from './reading.ts';
import type { ReconnectChange } from './remarks.ts';
import { stillMarginDeg, type RestOnly } from './rest-only-readback.ts';
import { readbackMarginDeg } from './expected-position.ts';

/** The motion of one rotor and how its controller reports it. */
export interface MotionState {
  /** The setpoint of a move in progress. Every readback until its end counts as moving. */
  readonly towards: Pointing | undefined;
  /** The target of the last command; undefined after a stop. */
  readonly setpoint: Pointing | undefined;
  /**
   * The setpoint on which the last move ended; undefined while unknown. Another client may have
   * moved the rotor since.
   */
  readonly restSetpoint: Pointing | undefined;
  /**
   * The readback at the last command, until the readback changes or the rotor rests: the rotor may
   * move without reporting it.
   */
  readonly unseenFrom: Pointing | undefined;
  /** The last valid readback. */
  readonly latest: Readback | undefined;
  /** The step of the readback, learnt from every reading. */
  readonly stepDeg: number;
  /** How often the readback changed. */
  readonly changes: number;
  /** Of the last reading. */
  readonly roundTripMs: number;
  readonly noise: NoiseEstimate;
  /** The lateness of the last moves. */
  readonly lateness: Lateness;
  /** The evidence that the controller reports the position only at rest. */
  readonly restOnly: RestOnly | undefined;
  /** The change of the position over the last reconnect. */
  readonly reconnectChange: ReconnectChange | undefined;
}

export type MotionEvent =
  /** A move command is sent. */
  | { kind: 'departs'; from: Pointing; target: Pointing }
  /** That command was refused. `unseenFrom`: the value before it. */
  | { kind: 'refused'; unseenFrom: Pointing | undefined }
  /** A move to `target` is in progress; undefined: none. */
  | { kind: 'heading'; target: Pointing | undefined }
  /** The rotor rests. */
  | { kind: 'rests' }
  /** A move ended on its setpoint. */
  | { kind: 'arrived'; setpoint: Pointing }
  /** The target of a new command; undefined: stopped. */
  | { kind: 'setpoint'; setpoint: Pointing | undefined }
  /** A move showed whether the position is reported in motion. */
  | { kind: 'readback-mode'; restOnly: RestOnly | undefined }
  /** A move ended this much later than expected. */
  | { kind: 'lateness'; ms: number }
  /** A readback arrived. */
  | { kind: 'read'; answer: Omit<Readback, 'moving'> }
  /** The azimuth of the latest readback is corrected by a turn. */
  | { kind: 'turn-corrected'; azimuthDeg: number };

export const NEVER_READ: MotionState = {
  towards: undefined,
  setpoint: undefined,
  restSetpoint: undefined,
  unseenFrom: undefined,
  latest: undefined,
  stepDeg: COARSEST_STEP_DEG,
  changes: 0,
  roundTripMs: 0,
  noise: NO_NOISE,
  lateness: [],
  restOnly: undefined,
  reconnectChange: undefined,
};

const RESTING_DEG = 0.02;
const RECENT_MS = 3_000;
const MIN_CHANGES = 3;

export function nextMotionState(state: MotionState, event: MotionEvent): MotionState {
  switch (event.kind) {
    case 'departs':
      return { ...withTarget(state, event.target), restSetpoint: undefined, unseenFrom: event.from };
    case 'refused':
      return { ...state, unseenFrom: event.unseenFrom };
    case 'heading':
      return withTarget(state, event.target);
    case 'rests':
      return { ...withTarget(state, undefined), unseenFrom: undefined };
    case 'arrived':
      return { ...state, restSetpoint: event.setpoint };
    case 'setpoint':
      return { ...state, setpoint: event.setpoint };
    case 'readback-mode':
      return { ...state, restOnly: event.restOnly };
    case 'lateness':
      return { ...state, lateness: learnLateness(state.lateness, event.ms) };
    case 'read':
      return withReading(state, event.answer);
    case 'turn-corrected':
      return { ...state, latest: state.latest && turned(state.latest, event.azimuthDeg) };
  }
}

/** Standard deviation of the readback at rest, degrees; 0 while unknown. */
export function readbackNoiseDeg({ noise }: MotionState): number {
  return noiseDeg(noise);
}

/** The maximum difference of readbacks without motion, degrees. */
export function marginWithoutMotionDeg(state: MotionState): number {
  return stillMarginDeg(state.stepDeg, noiseDeg(state.noise));
}

/** The step of the readback; undefined after too few changes, which may be whole by chance. */
export function knownResolutionDeg({ stepDeg, changes }: MotionState): number | undefined {
  return stepDeg < COARSEST_STEP_DEG || changes >= MIN_CHANGES ? stepDeg : undefined;
}

function withTarget(state: MotionState, towards: Pointing | undefined): MotionState {
  return { ...state, towards, noise: interruptNoise(state.noise) };
}

function turned(latest: Readback, azimuthDeg: number): Readback {
  return { ...latest, pointing: { ...latest.pointing, azimuthDeg } };
}

function withReading(before: MotionState, answer: Omit<Readback, 'moving'>): MotionState {
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
    reconnectChange:
      last && last.connection !== connection ? changeSince(last, latest, state) : before.reconnectChange,
    changes: before.changes + (last && axisDistanceDeg(last.pointing, pointing) > 0 ? 1 : 0),
  };
}

function hasMoved(last: Readback | undefined, { pointing, atMs }: Omit<Readback, 'moving'>): boolean {
  return !!last && atMs - last.atMs < RECENT_MS && axisDistanceDeg(last.pointing, pointing) > RESTING_DEG;
}

/** The change of a rotor that rested at the last readback. */
function changeSince(last: Readback, now: Readback, state: MotionState): ReconnectChange | undefined {
  const isMoving = (last.moving && !state.restSetpoint) || state.towards || state.unseenFrom;
  const marginDeg = readbackMarginDeg(0, readbackNoiseDeg(state));
  if (isMoving || axisDistanceDeg(last.pointing, now.pointing) <= marginDeg) return undefined;
  return { before: last.pointing, after: now.pointing, seconds: (now.atMs - last.atMs) / 1000 };
}
