import { SkyScanError } from '#shared/errors';
import { slewSeconds } from '#shared/kinematics';
import { formatPointing, type Pointing } from '#shared/pointing';
import { trustedLimits, type RotorConfig } from '#shared/rotor-config';
import { sleep } from '#shared/waiting';
import { latenessOf, observe, startTrack, type Track, type Verdict } from '../domain/arrival.ts';
import { explainMiss } from '../domain/explain-miss.ts';
import { isOutOfSight, missedAnother, nothingMissed } from '../domain/missed.ts';
import {
  expectedLatenessMs,
  keenPollMs,
  learnLateness,
  nextPollMs,
  nextSettlePollMs,
} from '../domain/pace.ts';
import { ANY_MOTION, judge, NOTHING_READ, type Plausibility } from '../domain/plausible.ts';
import { createWay, createWayPastSun, NotNowError, type Way } from '../domain/way.ts';
import type { RotctldClient } from '../rotctld/client.ts';
import { GarbledReplyError } from '../rotctld/garbled-reply.ts';
import { refusedReadings, RefusedReadingError } from '../rotctld/refusals.ts';
import type { Clearance } from './clearance.ts';
import { jumped, movedAway } from './endings.ts';
import { stopAndVerify } from './halt.ts';
import { judgeCount, judgeSuspect, type Step } from './lost-count.ts';
import { readPatiently } from './read-patiently.ts';
import type { Observed, Readings } from './readings.ts';
import { sleepUntil } from './sleep-until.ts';

/** What a move needs. */
export interface Rig {
  client: RotctldClient;
  readings: Readings;
  rotor: RotorConfig;
  trial?: Trial | undefined;
  sunFor: Clearance['sunFor'];
}

/** Where a rotor has arrived. */
export interface Arrived extends Observed {
  /** When the mount has settled, monotonic milliseconds: a moment in the future, which nothing that was read speaks against. */
  settledAtMs: number;
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

// A readback that is younger than this needs no asking again on a slow link.
const FRESH_MS = 500;
const QUICK_LINK_MS = 20;
const TRIES = 2;

/**
 * Moves a rotor, leg by leg where something is in the way, and returns the readback once it is on target and certain to have
 * settled in a moment. A rotor that stalls is stopped and sent once more. Throws `out_of_range` and `NotNowError` (nothing was sent),
 * `unavailable`, `hardware_fault`; whoever calls stops the rotor then.
 */
export async function slewTo(
  rig: Rig,
  target: Pointing,
  signal: AbortSignal,
  hooks: MoveHooks,
): Promise<Arrived> {
  const { client, readings, rotor } = rig;
  const { limits } = await client.describe(signal);
  const reported = trustedLimits(rotor, limits);
  const anyTime = createWay(target, rotor, reported);
  let from = await startReading(readings, signal);
  await hooks.onStart(from);
  const sun = rotor.avoidSun === false ? undefined : rig.sunFor(longestSeconds(from.pointing, target, rotor));
  const way = sun ? createWayPastSun(target, rotor, reported, sun) : anyTime;
  if (readings.towards && way.hasObstacles) {
    // Under way it is somewhere else by the time the command arrives.
    hooks.onSending(from, readings.towards);
    from = await stopAndVerify(client, readings, rotor, signal);
  }
  let setpoints = way.setpointsFrom(from.pointing, readings.restsOn);
  if (sun && rig.trial && setpoints.length > anyTime.setpointsFrom(from.pointing, readings.restsOn).length)
    // What is measured on the way has to go straight.
    throw new NotNowError(
      `the way from ${formatPointing(from.pointing)} to ${formatPointing(target)} passes too near to the Sun`,
    );
  let legFrom = from.pointing;
  for (let attempt = 1; ;) {
    const [setpoint = target, ...later] = setpoints;
    const leg = { setpoint, isLast: later.length === 0 };
    const outcome = await attemptLeg(rig, from, leg, way, signal, hooks);
    const { verdict, readback } = outcome;
    if (verdict === 'arrived' && leg.isLast) {
      readings.restsOn = setpoint;
      return { ...readback, settledAtMs: outcome.settledAtMs };
    }
    if (verdict === 'arrived') {
      await sleepUntil(outcome.settledAtMs, signal);
      from = readback;
      setpoints = later;
      legFrom = from.pointing;
      attempt = 1;
      continue;
    }
    if (verdict === 'strayed') throw movedAway(readback.pointing, setpoint);
    const begunMs = from.atMs;
    from = await stopAndVerify(client, readings, rotor, signal);
    if (verdict !== 'elsewhere' && attempt++ >= TRIES)
      throw new SkyScanError(
        'hardware_fault',
        explainMiss({
          verdict,
          from: legFrom,
          readback: readback.pointing,
          rest: from.pointing,
          setpoint,
          toleranceDeg: rotor.toleranceDeg,
          noiseDeg: readings.noiseDeg,
          seconds: (readback.atMs - begunMs) / 1000,
        }),
      );
    setpoints = way.setpointsFrom(from.pointing, undefined);
  }
}

/** A second try and a slow start included. */
function longestSeconds(from: Pointing, to: Pointing, rotor: RotorConfig): number {
  return 2 * slewSeconds(from, to, rotor) + 5;
}

async function startReading(readings: Readings, signal: AbortSignal): Promise<Observed> {
  const { latest, roundTripMs } = readings;
  const fresh = latest && !latest.moving && performance.now() - latest.atMs < FRESH_MS;
  return fresh && roundTripMs > QUICK_LINK_MS ? latest : await readPatiently(readings, signal);
}

interface Leg {
  setpoint: Pointing;
  /** It is settled on. */
  isLast: boolean;
}

type Outcome =
  | { verdict: 'arrived'; readback: Observed; settledAtMs: number }
  /** `elsewhere`: its cable lies a turn off what was assumed, and from there this leg is not clear. */
  | { verdict: Exclude<Verdict, 'moving' | 'arrived'> | 'elsewhere'; readback: Observed };

async function attemptLeg(
  { client, readings, rotor, trial }: Rig,
  from: Observed,
  { setpoint: target, isLast }: Leg,
  way: Way,
  signal: AbortSignal,
  hooks: MoveHooks,
): Promise<Outcome> {
  const { restsOn } = readings;
  readings.towards = target;
  readings.restsOn = undefined;
  hooks.onSending(from, target);
  const sentMs = performance.now();
  await client.move(target, signal);
  const startedMs = (sentMs + performance.now()) / 2;
  trial?.onCommand(startedMs);
  hooks.onSent(from);
  const latenessMs = trial ? 0 : expectedLatenessMs(readings.lateness);
  const order = { target, toleranceDeg: rotor.toleranceDeg, motion: rotor, latenessMs };
  const settleMs = isLast ? rotor.settleMs : 0;
  let track = startTrack({ ...order, from: from.pointing, startedMs, restsOn });
  let plausibility: Plausibility = { ...NOTHING_READ, last: from };
  let last = from;
  let suspect: Step | undefined;
  let pollMs = trial
    ? keenPollMs(readings.roundTripMs)
    : nextPollMs(track, performance.now(), readings.roundTripMs);
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
    const { roundTripMs } = readings;
    const { after, judgement } = judge(plausibility, readback, trial?.isSpeedUnknown ? ANY_MOTION : rotor);
    if (readback) suspect = await trusted(readings, { last, readback, target, rotor }, suspect, signal);
    plausibility = after;
    if (judgement === 'fault' && readback)
      throw jumped(last.pointing, readback.pointing, (readback.atMs - last.atMs) / 1000);
    if (judgement === 'fault') throw new SkyScanError('hardware_fault', describeUnreadable(track));
    if (judgement === 'ignore' || !readback) continue;
    last = readback;
    hooks.onProgress(readback, target);
    const seen = observe(track, readback, readings.stepDeg);
    track = seen.track;
    if (seen.verdict === 'arrived') {
      readings.towards = undefined;
      const dueMs = seen.restsSinceMs + settleMs;
      const waitMs = nextSettlePollMs(readback.atMs, dueMs, performance.now(), roundTripMs);
      if (waitMs === undefined) {
        if (!trial) learn(readings, track);
        return { verdict: 'arrived', readback: { ...readback, moving: !isLast }, settledAtMs: dueMs };
      }
      pollMs = waitMs;
      continue;
    }
    readings.towards = target;
    pollMs = trial ? keenPollMs(roundTripMs) : nextPollMs(track, performance.now(), roundTripMs);
    if (seen.verdict === 'moving') continue;
    const ahead = seen.verdict === 'strayed' ? readings.aheadByTurns(from.pointing, target) : undefined;
    if (ahead && !way.isClear(ahead.pointing, target)) return { verdict: 'elsewhere', readback: ahead };
    // A controller that says 350 for -10 and stands there already seems to stall.
    const byTurns =
      seen.verdict === 'stalled' ? readings.onTargetByTurns(target, rotor.toleranceDeg) : undefined;
    const turned = ahead ?? byTurns;
    if (!turned) return { verdict: seen.verdict, readback };
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

function learn(readings: Readings, track: Track): void {
  const latenessMs = latenessOf(track, readings.stepDeg);
  if (latenessMs !== undefined) readings.lateness = learnLateness(readings.lateness, latenessMs);
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
