import { SkyScanError } from '#shared/base/errors';
import type { RotorMotion } from '#shared/sky/kinematics';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import { latenessOf, observe, startTrack, type Track, type Verdict } from '../domain/arrival.ts';
import { isPositionStale, addMissedReading, noMissedReadings } from '../domain/missed-readings.ts';
import { expectedLatenessMs, fastPollMs, nextPollMs, nextSettlePollMs } from '../domain/poll-interval.ts';
import { ANY_MOTION, checkPlausibility, NOTHING_READ, type Plausibility } from '../domain/plausibility.ts';
import { evaluateReport, observeReport, startReport, type MoveReport } from '../domain/rest-only-readback.ts';
import type { MoveRoute } from '../domain/move-route.ts';
import type { RotctldClient } from './rotctld-client.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';
import { RefusalError, refusedReadings, RefusedReadingError } from '../domain/refusals.ts';
import type { MoveRestrictions } from './move-restrictions.ts';
import { jumped } from './motion-errors.ts';
import { checkCount, recheckSuspect, type Step } from './lost-count.ts';
import type { Readback } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

/** The dependencies and the configuration of a move. */
export interface MoveContext {
  client: RotctldClient;
  readings: Readings;
  rotor: RotorConfig;
  measuredMove?: MeasuredMove | undefined;
  sunFor: MoveRestrictions['sunFor'];
}

/** Options of a move that is measured: its position is polled as fast as the link allows. */
export interface MeasuredMove {
  /** Replaces the configuration of the rotor. */
  rotor: RotorConfig;
  /** The speed is unknown, so large steps of the readback are plausible. */
  isSpeedUnknown?: boolean;
  /** Midpoint between command and answer, monotonic milliseconds. */
  onCommand(atMs: number): void;
}

/** Called during a move. */
export interface MoveHooks {
  /** Before the first command, with the readback; throws to prevent the move. */
  onStart(from: Readback): Promise<void>;
  /** Before the command of a leg is sent. */
  onSending(from: Readback, setpoint: Pointing): void;
  /** rotctld has accepted the command. */
  onSent(from: Readback): void;
  /** A plausible readback during the move. */
  onProgress(readback: Readback, setpoint: Pointing): void;
}

/** One setpoint of a move. */
export interface Leg {
  setpoint: Pointing;
  /** The mount settles on it. */
  isLast: boolean;
}

/** The end of a leg. */
export type Outcome =
  | { verdict: 'arrived'; readback: Readback; settledAtMs: number }
  | {
      /**
       * `elsewhere`: the rotor is in another turn than assumed, and the leg is blocked from there.
       */
      verdict: Exclude<Verdict, 'moving' | 'arrived'> | 'elsewhere';
      readback: Readback;
      report: MoveReport;
    };

/**
 * Sends a rotor to one setpoint and polls it until it has arrived, with a known end of settling, or
 * has failed to arrive.
 */
export async function attemptLeg(
  { client, readings, rotor, measuredMove }: MoveContext,
  from: Readback,
  { setpoint: target, isLast }: Leg,
  route: MoveRoute,
  signal: AbortSignal,
  hooks: MoveHooks,
): Promise<Outcome> {
  const { restSetpoint, unseenFrom } = readings.state;
  readings.apply({ kind: 'departs', from: from.pointing, target });
  hooks.onSending(from, target);
  const sentMs = performance.now();
  try {
    await client.move(target, signal);
  } catch (error) {
    // A refused command moves nothing.
    if (error instanceof RefusalError) readings.apply({ kind: 'refused', unseenFrom });
    throw error;
  }
  const startedMs = (sentMs + performance.now()) / 2;
  measuredMove?.onCommand(startedMs);
  hooks.onSent(from);
  const latenessMs = measuredMove ? 0 : expectedLatenessMs(readings.state.lateness);
  const isRestOnly = readings.state.restOnly !== undefined;
  const order = { target, toleranceDeg: rotor.toleranceDeg, motion: rotor, latenessMs, isRestOnly };
  const settleMs = isLast ? rotor.settleMs : 0;
  let track = startTrack({ ...order, from: from.pointing, startedMs, restSetpoint });
  let report = startReport(from.pointing, startedMs);
  let plausibility: Plausibility = { ...NOTHING_READ, last: from };
  let last = from;
  let suspect: Step | undefined;
  let pollMs = measuredMove
    ? fastPollMs(readings.state.roundTripMs)
    : nextPollMs(track, performance.now(), readings.state.roundTripMs);
  let missed = noMissedReadings(startedMs);
  for (;;) {
    await sleep(pollMs, signal);
    const reading = await tryRead(readings, signal);
    if (reading instanceof RefusedReadingError) {
      missed = addMissedReading(missed);
      const nowMs = performance.now();
      if (isPositionStale(missed, nowMs))
        throw refusedReadings(reading.code, missed.count, nowMs - missed.sinceMs);
      continue;
    }
    const readback = reading;
    missed = noMissedReadings(performance.now());
    const { roundTripMs } = readings.state;
    const { state, verdict } = checkPlausibility(
      plausibility,
      readback,
      measuredMove?.isSpeedUnknown ? ANY_MOTION : rotor,
    );
    if (readback) suspect = await checkTrusted(readings, { last, readback, target, rotor }, suspect, signal);
    plausibility = state;
    if (verdict === 'fault' && readback)
      throw jumped(last.pointing, readback.pointing, (readback.atMs - last.atMs) / 1000);
    if (verdict === 'fault') throw new SkyScanError('hardware_fault', describeUnreadable(track));
    if (verdict === 'ignore' || !readback) continue;
    last = readback;
    hooks.onProgress(readback, target);
    report = observeReport(report, readback, readings.stillMarginDeg);
    const seen = observe(track, readback, readings.state.stepDeg);
    track = seen.track;
    if (seen.verdict === 'arrived') {
      readings.apply({ kind: 'rests' });
      const dueMs = seen.restsSinceMs + settleMs;
      const waitMs = nextSettlePollMs(readback.atMs, dueMs, performance.now(), roundTripMs);
      if (waitMs === undefined) {
        if (!measuredMove) learnTiming(readings, track);
        learnReport(readings, report, readback.pointing, rotor);
        return { verdict: 'arrived', readback: { ...readback, moving: !isLast }, settledAtMs: dueMs };
      }
      pollMs = waitMs;
      continue;
    }
    readings.apply({ kind: 'heading', target });
    pollMs = measuredMove ? fastPollMs(roundTripMs) : nextPollMs(track, performance.now(), roundTripMs);
    if (seen.verdict === 'moving') continue;
    const ahead =
      seen.verdict === 'diverged'
        ? readings.readbackTowardsTargetInOtherTurn(from.pointing, target)
        : undefined;
    if (ahead && !route.isClear(ahead.pointing, target))
      return { verdict: 'elsewhere', readback: ahead, report };
    // A controller that reports 350 for -10 and already rests there seems to stall.
    const byTurns =
      seen.verdict === 'stalled'
        ? readings.readbackOnTargetInOtherTurn(target, rotor.toleranceDeg)
        : undefined;
    const turned = ahead ?? byTurns;
    if (!turned) return { verdict: seen.verdict, readback, report };
    track = startTrack({ ...order, from: turned.pointing, startedMs: turned.atMs });
    plausibility = { ...NOTHING_READ, last: turned };
    last = turned;
    hooks.onProgress(turned, target);
  }
}

/** Throws when the count is lost; returns a step that the next readback has to confirm. */
async function checkTrusted(
  readings: Readings,
  step: Step,
  suspect: Step | undefined,
  signal: AbortSignal,
): Promise<Step | undefined> {
  const lost = suspect && recheckSuspect(suspect, step.readback, readings.noiseDeg);
  if (lost) throw lost;
  const verdict = await checkCount(readings, step, signal);
  if (verdict === 'suspect') return step;
  if (verdict === 'fine') return undefined;
  throw verdict.lost;
}

/** Learns the readback mode from a completed move; returns whether rest-only mode is new. */
export function learnReport(
  readings: Readings,
  report: MoveReport,
  rest: Pointing,
  motion: RotorMotion,
): boolean {
  const proof = evaluateReport(report, rest, motion, readings.stillMarginDeg);
  const isNew = proof !== undefined && proof !== 'in-motion' && !readings.state.restOnly;
  if (proof !== undefined)
    readings.apply({ kind: 'readback-mode', restOnly: proof === 'in-motion' ? undefined : proof });
  return isNew;
}

function learnTiming(readings: Readings, track: Track): void {
  const latenessMs = latenessOf(track, readings.state.stepDeg);
  if (latenessMs !== undefined) readings.apply({ kind: 'lateness', ms: latenessMs });
}

/** The readback; undefined for an invalid answer; the error for a refusal. */
async function tryRead(
  readings: Readings,
  signal: AbortSignal,
): Promise<Readback | RefusedReadingError | undefined> {
  try {
    return await readings.read(signal);
  } catch (error) {
    if (error instanceof GarbledReplyError) return undefined;
    if (error instanceof RefusedReadingError) return error;
    throw error;
  }
}

function describeUnreadable({ target }: Track): string {
  return `the position cannot be read on the way to ${formatPointing(target)}`;
}
