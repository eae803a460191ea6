import { SkyScanError } from '#shared/base/errors';
import type { RotorMotion } from '#shared/sky/kinematics';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import { latenessOf, observe, startTrack, type Track, type Verdict } from '../domain/arrival.ts';
import { isOutOfSight, missedAnother, nothingMissed } from '../domain/missed.ts';
import { expectedLatenessMs, keenPollMs, nextPollMs, nextSettlePollMs } from '../domain/pace.ts';
import { ANY_MOTION, judge, NOTHING_READ, type Plausibility } from '../domain/plausible.ts';
import { judgeReport, observeReport, startReport, type MoveReport } from '../domain/rest-only-readback.ts';
import type { Way } from '../domain/way.ts';
import type { RotctldClient } from './rotctld-client.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';
import { RefusalError, refusedReadings, RefusedReadingError } from '../domain/refusals.ts';
import type { Clearance } from './clearance.ts';
import { jumped } from './endings.ts';
import { judgeCount, judgeSuspect, type Step } from './lost-count.ts';
import type { Observed } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

/** What a move needs. */
export interface Rig {
  client: RotctldClient;
  readings: Readings;
  rotor: RotorConfig;
  trial?: Trial | undefined;
  sunFor: Clearance['sunFor'];
}

/** Makes a test of a move: it is polled as quickly as the link can take. */
export interface Trial {
  /** What counts in place of the rotor's own configuration. */
  rotor: RotorConfig;
  /** How quick it is remains to be found out: a readback far from the one before is no nonsense. */
  isSpeedUnknown?: boolean;
  /** Half way between command and answer, monotonic milliseconds. */
  onCommand(atMs: number): void;
}

export interface MoveHooks {
  /** Where it is before anything is sent; may throw to prevent it. */
  onStart(from: Observed): Promise<void>;
  /** The command of a leg goes out now. */
  onSending(from: Observed, setpoint: Pointing): void;
  /** rotctld has taken it. */
  onSent(from: Observed): void;
  /** It is on its way, and plausibly so. */
  onProgress(readback: Observed, setpoint: Pointing): void;
}

/** One setpoint of a move. */
export interface Leg {
  setpoint: Pointing;
  /** It is settled on. */
  isLast: boolean;
}

/** How a leg ended. */
export type Outcome =
  | { verdict: 'arrived'; readback: Observed; settledAtMs: number }
  | {
      /**
       * `elsewhere`: its cable lies a turn off what was assumed, and from there this leg is not
       * clear.
       */
      verdict: Exclude<Verdict, 'moving' | 'arrived'> | 'elsewhere';
      readback: Observed;
      report: MoveReport;
    };

/**
 * Sends a rotor to one setpoint and watches it until it has arrived and is certain to have settled
 * in a moment, or does not arrive.
 */
export async function attemptLeg(
  { client, readings, rotor, trial }: Rig,
  from: Observed,
  { setpoint: target, isLast }: Leg,
  way: Way,
  signal: AbortSignal,
  hooks: MoveHooks,
): Promise<Outcome> {
  const { restsOn, unseenFrom } = readings.state;
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
  trial?.onCommand(startedMs);
  hooks.onSent(from);
  const latenessMs = trial ? 0 : expectedLatenessMs(readings.state.lateness);
  const isRestOnly = readings.state.restOnly !== undefined;
  const order = { target, toleranceDeg: rotor.toleranceDeg, motion: rotor, latenessMs, isRestOnly };
  const settleMs = isLast ? rotor.settleMs : 0;
  let track = startTrack({ ...order, from: from.pointing, startedMs, restsOn });
  let report = startReport(from.pointing, startedMs);
  let plausibility: Plausibility = { ...NOTHING_READ, last: from };
  let last = from;
  let suspect: Step | undefined;
  let pollMs = trial
    ? keenPollMs(readings.state.roundTripMs)
    : nextPollMs(track, performance.now(), readings.state.roundTripMs);
  let missed = nothingMissed(startedMs);
  for (;;) {
    await sleep(pollMs, signal);
    const reading = await readUnlessMissed(readings, signal);
    if (reading instanceof RefusedReadingError) {
      missed = missedAnother(missed);
      const nowMs = performance.now();
      if (isOutOfSight(missed, nowMs))
        throw refusedReadings(reading.code, missed.count, nowMs - missed.sinceMs);
      continue;
    }
    const readback = reading;
    missed = nothingMissed(performance.now());
    const { roundTripMs } = readings.state;
    const { after, judgement } = judge(plausibility, readback, trial?.isSpeedUnknown ? ANY_MOTION : rotor);
    if (readback) suspect = await trusted(readings, { last, readback, target, rotor }, suspect, signal);
    plausibility = after;
    if (judgement === 'fault' && readback)
      throw jumped(last.pointing, readback.pointing, (readback.atMs - last.atMs) / 1000);
    if (judgement === 'fault') throw new SkyScanError('hardware_fault', describeUnreadable(track));
    if (judgement === 'ignore' || !readback) continue;
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
        if (!trial) learnTiming(readings, track);
        learnReport(readings, report, readback.pointing, rotor);
        return { verdict: 'arrived', readback: { ...readback, moving: !isLast }, settledAtMs: dueMs };
      }
      pollMs = waitMs;
      continue;
    }
    readings.apply({ kind: 'heads', target });
    pollMs = trial ? keenPollMs(roundTripMs) : nextPollMs(track, performance.now(), roundTripMs);
    if (seen.verdict === 'moving') continue;
    const ahead = seen.verdict === 'strayed' ? readings.aheadByTurns(from.pointing, target) : undefined;
    if (ahead && !way.isClear(ahead.pointing, target))
      return { verdict: 'elsewhere', readback: ahead, report };
    // A controller that says 350 for -10 and stands there already seems to stall.
    const byTurns =
      seen.verdict === 'stalled' ? readings.onTargetByTurns(target, rotor.toleranceDeg) : undefined;
    const turned = ahead ?? byTurns;
    if (!turned) return { verdict: seen.verdict, readback, report };
    track = startTrack({ ...order, from: turned.pointing, startedMs: turned.atMs });
    plausibility = { ...NOTHING_READ, last: turned };
    last = turned;
    hooks.onProgress(turned, target);
  }
}

/** Throws when the count is lost; returns a step that the next readback has to explain. */
async function trusted(
  readings: Readings,
  step: Step,
  suspect: Step | undefined,
  signal: AbortSignal,
): Promise<Step | undefined> {
  const lost = suspect && judgeSuspect(suspect, step.readback, readings.noiseDeg);
  if (lost) throw lost;
  const verdict = await judgeCount(readings, step, signal);
  if (verdict === 'suspect') return step;
  if (verdict === 'fine') return undefined;
  throw verdict.lost;
}

/** Learns how the controller reports from a move that has come to rest; whether that is new. */
export function learnReport(
  readings: Readings,
  report: MoveReport,
  rest: Pointing,
  motion: RotorMotion,
): boolean {
  const proof = judgeReport(report, rest, motion, readings.stillMarginDeg);
  const isNew = proof !== undefined && proof !== 'shows' && !readings.state.restOnly;
  if (proof !== undefined)
    readings.apply({ kind: 'reports', restOnly: proof === 'shows' ? undefined : proof });
  return isNew;
}

function learnTiming(readings: Readings, track: Track): void {
  const latenessMs = latenessOf(track, readings.state.stepDeg);
  if (latenessMs !== undefined) readings.apply({ kind: 'late', ms: latenessMs });
}

/** The readback; undefined for nonsense; the refusal when it was refused. */
async function readUnlessMissed(
  readings: Readings,
  signal: AbortSignal,
): Promise<Observed | RefusedReadingError | undefined> {
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
