import { SkyScanError } from '#shared/base/errors';
import { slewSeconds } from '#shared/sky/kinematics';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import { trustedLimits, type RotorConfig } from '#shared/rotor/rotor-config';
import { explainFailedMove } from '../domain/explain-failed-move.ts';
import { hiddenMoveBoundMs, isHidden, observeReport, type MoveReport } from '../domain/rest-only-readback.ts';
import { createMoveRoute, createMoveRouteAroundSun, TemporarilyBlockedError } from '../domain/move-route.ts';
import { changedWhileDisconnected, movedAway } from './motion-errors.ts';
import { stopAndVerify } from './stop-and-verify.ts';
import { attemptLeg, learnReport, type MoveHooks, type MoveContext } from './leg.ts';
import { isOutOfPlace } from './lost-count.ts';
import { readWithRetries } from './read-with-retries.ts';
import type { Readback } from '../domain/reading.ts';
import type { Readings } from './readings.ts';
import { sleepUntil } from './sleep-until.ts';

/** The readback at the target. */
export interface Arrived extends Readback {
  /** When the mount will have settled, monotonic milliseconds; may be in the near future. */
  settledAtMs: number;
}

// A readback younger than this is reused: on a fast link, the one after the reads of a point.
const FRESH_MS = 50;
const FRESH_ON_SLOW_LINK_MS = 500;
const FAST_LINK_MS = 20;
const TRIES = 2;

/**
 * Moves a rotor, in legs around obstacles, and returns the readback once it is on target and the
 * end of settling is certain. A stalled rotor is stopped and sent once more. Throws `out_of_range`
 * and `TemporarilyBlockedError` before anything is sent; `unavailable` and `hardware_fault`, after
 * which the caller stops the rotor.
 */
export async function slewTo(
  context: MoveContext,
  target: Pointing,
  signal: AbortSignal,
  hooks: MoveHooks,
): Promise<Arrived> {
  const { client, readings, rotor } = context;
  const { limits } = await client.describe(signal);
  const reported = trustedLimits(rotor, limits);
  const routeIgnoringSun = createMoveRoute(target, rotor, reported);
  let from = await startReading(context, signal);
  await hooks.onStart(from);
  const sun =
    rotor.avoidSun === false ? undefined : context.sunFor(maxSeconds(readings, from.pointing, target, rotor));
  const route = sun ? createMoveRouteAroundSun(target, rotor, reported, sun) : routeIgnoringSun;
  if (readings.state.towards && (route.hasObstacles || readings.state.restOnly)) {
    // The route depends on the position, so the rotor has to rest first.
    hooks.onSending(from, readings.state.towards);
    from = await stopAndVerify(client, readings, rotor, signal);
  }
  let setpoints = route.setpointsFrom(from.pointing, readings.state.restSetpoint);
  if (
    sun &&
    context.measuredMove &&
    setpoints.length > routeIgnoringSun.setpointsFrom(from.pointing, readings.state.restSetpoint).length
  )
    // A sweep has to be straight.
    throw new TemporarilyBlockedError(
      `the route from ${formatPointing(from.pointing)} to ${formatPointing(target)} passes too close to the Sun`,
    );
  let legFrom = from.pointing;
  for (let attempt = 1; ;) {
    const [setpoint = target, ...later] = setpoints;
    const leg = { setpoint, isLast: later.length === 0 };
    const outcome = await attemptLeg(context, from, leg, route, signal, hooks);
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
    if (verdict === 'diverged') throw movedAway(readback.pointing, setpoint);
    const startedMs = from.atMs;
    const stoppedMs = performance.now();
    from = await stopAndVerify(client, readings, rotor, signal);
    if (isOutOfPlace({ last: readback, readback: from, target: setpoint, rotor }, readings.noiseDeg))
      throw from.connection === readback.connection
        ? movedAway(from.pointing, setpoint)
        : changedWhileDisconnected(readback.pointing, from.pointing);
    const isNew = verdict === 'stalled' && learnFromStop(readings, outcome.report, from, stoppedMs, rotor);
    if (verdict !== 'elsewhere' && !isNew && attempt++ >= TRIES)
      throw new SkyScanError(
        'hardware_fault',
        explainFailedMove({
          verdict,
          from: legFrom,
          readback: readback.pointing,
          rest: from.pointing,
          setpoint,
          toleranceDeg: rotor.toleranceDeg,
          noiseDeg: readings.noiseDeg,
          isRestOnly: readings.state.restOnly !== undefined,
          seconds: (readback.atMs - startedMs) / 1000,
        }),
      );
    setpoints = route.setpointsFrom(from.pointing, undefined);
  }
}

/** The maximum duration of a move, with a second try and a slow start, seconds. */
function maxSeconds(readings: Readings, from: Pointing, to: Pointing, rotor: RotorConfig): number {
  const seconds = slewSeconds(from, to, rotor);
  return readings.state.restOnly ? (2 * hiddenMoveBoundMs(1000 * seconds)) / 1000 : 2 * seconds + 5;
}

/** Learns from a rotor that seemed stalled and moved according to the readback after the stop. */
function learnFromStop(
  readings: Readings,
  report: MoveReport,
  rest: Readback,
  stoppedMs: number,
  rotor: RotorConfig,
): boolean {
  if (!isHidden(report)) return false;
  const completeReport = observeReport(report, { ...rest, atMs: stoppedMs }, readings.stillMarginDeg);
  return learnReport(readings, completeReport, rest.pointing, rotor);
}

async function startReading({ client, readings }: MoveContext, signal: AbortSignal): Promise<Readback> {
  const { latest, roundTripMs } = readings.state;
  const freshMs = roundTripMs > FAST_LINK_MS ? FRESH_ON_SLOW_LINK_MS : FRESH_MS;
  const isFresh = latest && client.connected && !latest.moving && performance.now() - latest.atMs < freshMs;
  return isFresh ? latest : await readWithRetries(readings, signal);
}
