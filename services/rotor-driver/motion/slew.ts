import { SkyScanError } from '#shared/base/errors';
import { slewSeconds } from '#shared/sky/kinematics';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import { trustedLimits, type RotorConfig } from '#shared/rotor/rotor-config';
import { explainMiss } from '../domain/explain-miss.ts';
import { hiddenMoveBoundMs, isHidden, observeReport, type MoveReport } from '../domain/rest-only-readback.ts';
import { createWay, createWayPastSun, NotNowError } from '../domain/way.ts';
import { changedWhileAway, movedAway } from './endings.ts';
import { stopAndVerify } from './halt.ts';
import { attemptLeg, learnReport, type MoveHooks, type Rig } from './leg.ts';
import { isOutOfPlace } from './lost-count.ts';
import { readPatiently } from './read-patiently.ts';
import type { Observed } from '../domain/reading.ts';
import type { Readings } from './readings.ts';
import { sleepUntil } from './sleep-until.ts';

/** Where a rotor has arrived. */
export interface Arrived extends Observed {
  /**
   * When the mount has settled, monotonic milliseconds: a moment in the future, which nothing that
   * was read speaks against.
   */
  settledAtMs: number;
}

// A readback that is younger than this is not read again. On a quick link that is the one after the
// reads of a point.
const FRESH_MS = 50;
const FRESH_ON_SLOW_LINK_MS = 500;
const QUICK_LINK_MS = 20;
const TRIES = 2;

/**
 * Moves a rotor, leg by leg where something is in the way, and returns the readback once it is on
 * target and certain to have settled in a moment. A rotor that stalls is stopped and sent once
 * more. Throws `out_of_range` and `NotNowError` (nothing was sent), `unavailable`,
 * `hardware_fault`; whoever calls stops the rotor then.
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
  let from = await startReading(rig, signal);
  await hooks.onStart(from);
  const sun =
    rotor.avoidSun === false ? undefined : rig.sunFor(longestSeconds(readings, from.pointing, target, rotor));
  const way = sun ? createWayPastSun(target, rotor, reported, sun) : anyTime;
  if (readings.state.towards && (way.hasObstacles || readings.state.restOnly)) {
    // Under way it is somewhere else by the time the command arrives; at rest it reports where.
    hooks.onSending(from, readings.state.towards);
    from = await stopAndVerify(client, readings, rotor, signal);
  }
  let setpoints = way.setpointsFrom(from.pointing, readings.state.restsOn);
  if (
    sun &&
    rig.trial &&
    setpoints.length > anyTime.setpointsFrom(from.pointing, readings.state.restsOn).length
  )
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
      readings.apply({ kind: 'arrived', setpoint });
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
    const stoppedMs = performance.now();
    from = await stopAndVerify(client, readings, rotor, signal);
    if (isOutOfPlace({ last: readback, readback: from, target: setpoint, rotor }, readings.noiseDeg))
      throw from.connection === readback.connection
        ? movedAway(from.pointing, setpoint)
        : changedWhileAway(readback.pointing, from.pointing);
    const isNew = verdict === 'stalled' && learnByStop(readings, outcome.report, from, stoppedMs, rotor);
    if (verdict !== 'elsewhere' && !isNew && attempt++ >= TRIES)
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
          isRestOnly: readings.state.restOnly !== undefined,
          seconds: (readback.atMs - begunMs) / 1000,
        }),
      );
    setpoints = way.setpointsFrom(from.pointing, undefined);
  }
}

/** A second try and a slow start included. */
function longestSeconds(readings: Readings, from: Pointing, to: Pointing, rotor: RotorConfig): number {
  const seconds = slewSeconds(from, to, rotor);
  return readings.state.restOnly ? (2 * hiddenMoveBoundMs(1000 * seconds)) / 1000 : 2 * seconds + 5;
}

/**
 * Learns from a rotor that seemed stuck and is somewhere else after the stop; whether that is new.
 */
function learnByStop(
  readings: Readings,
  report: MoveReport,
  rest: Observed,
  stoppedMs: number,
  rotor: RotorConfig,
): boolean {
  if (!isHidden(report)) return false;
  const whole = observeReport(report, { ...rest, atMs: stoppedMs }, readings.stillMarginDeg);
  return learnReport(readings, whole, rest.pointing, rotor);
}

async function startReading({ client, readings }: Rig, signal: AbortSignal): Promise<Observed> {
  const { latest, roundTripMs } = readings.state;
  const freshMs = roundTripMs > QUICK_LINK_MS ? FRESH_ON_SLOW_LINK_MS : FRESH_MS;
  const isFresh = latest && client.connected && !latest.moving && performance.now() - latest.atMs < freshMs;
  return isFresh ? latest : await readPatiently(readings, signal);
}
