import type {
  RotorDriverServiceImplementation,
  RotorPosition,
  SlewRequest,
  SlewResponse,
  StopResponse,
} from '#proto/rotor_driver';
import { SkyScanError } from '#shared/base/errors';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { pointingFromMessage, rotorConfigFromMessage } from '#shared/rotor/rotor-messages';
import type { Holder } from '../domain/lease.ts';
import { TemporarilyBlockedError } from '../domain/move-route.ts';
import type { Rotor } from '../motion/rotor.ts';
import { MOVE_HOLDER, PARK_HOLDER } from '../motion/manual-move.ts';
import type { Rotors } from '../motion/rotors.ts';
import { mountSetpoint } from '#shared/sky/mount';
import type { Pointing } from '#shared/sky/pointing';
import { MAX_READS } from '../motion/rotctld-client.ts';
import { sweep } from '../motion/sweep.ts';
import { characteriseRotor, type Announce } from './characterise.ts';
import { hold } from './hold.ts';
import { positionToMessage } from './messages.ts';
import type { Probe } from './probe.ts';

/**
 * The gRPC service. Its callers use directions on the sky, everything behind it those of the mount;
 * both are the same without a pointing model. `announce`: publishes the progress of a
 * characterisation.
 */
export function createRotorDriver(
  rotors: Rotors,
  probe: Probe,
  announce: Announce,
  permits: { set: (rotors: readonly RotorConfig[]) => Promise<void> },
): RotorDriverServiceImplementation {
  return {
    probe: (request, { signal }) => probe(request, signal),
    async getPosition(request, { signal }) {
      const config = rotorConfigFromMessage(request.rotor);
      const rotor = await rotors.find(config);
      return { position: positionToMessage(await rotor.position(signal, request.token), config) };
    },
    async turn(request, { signal }) {
      const config = rotorConfigFromMessage(request.rotor);
      return (await rotors.find(config)).turn(config, request.turn, signal);
    },
    readClock: () => Promise.resolve({ monotonicMs: performance.now() }),
    async *watchPosition(request, { signal }) {
      const config = rotorConfigFromMessage(request.rotor);
      const rotor = await rotors.find(config);
      for await (const event of rotor.watch(signal)) {
        if (event.kind === 'lost') throw event.error;
        yield { position: positionToMessage(event.observed, config) };
      }
    },
    hold: (requests, { signal }) => hold(rotors, requests, signal),
    async *slew(request, { signal }) {
      const target = pointingFromMessage(request.target, 'target');
      yield* slew(leasedRotor(rotors, request.rotorId), request, target, signal);
    },
    async measureRssi({ rotorId, token, reads }, { signal }) {
      if (reads < 1 || reads > MAX_READS)
        throw new SkyScanError('invalid', `reads ${reads} must be in 1..${MAX_READS}`);
      const { levels, summarised } = await leasedRotor(rotors, rotorId).measure(token, reads, signal);
      return { levelsDbm: levels, summarised };
    },
    async *move(request, { signal }) {
      const config = rotorConfigFromMessage(request.rotor);
      const direction = pointingFromMessage(request.target, 'target');
      checkKeepsCall(request);
      yield* moveManually(rotors, config, mountSetpoint(config, direction), MOVE_HOLDER, signal);
    },
    async *park(request, { signal }) {
      const config = rotorConfigFromMessage(request.rotor);
      checkKeepsCall(request);
      yield* moveManually(rotors, config, config.park, PARK_HOLDER, signal);
    },
    async *characterise(request, { signal }) {
      const config = rotorConfigFromMessage(request.rotor);
      try {
        yield* characteriseRotor(await rotors.find(config), config, signal, announce);
      } catch (error) {
        throw asBusyIfBlocked(error);
      }
    },
    async allow(request) {
      const configs = request.rotors.map(rotorConfigFromMessage);
      const saved = permits.set(configs);
      rotors.checkPermits(configs);
      await saved;
      return {};
    },
    inUse: ({ rotorId }) => Promise.resolve({ inUse: rotors.inUse(rotorId) !== undefined }),
    async stop(request) {
      if (!request.rotor) return stopWithoutRecord(rotors, request.rotorId);
      const config = rotorConfigFromMessage(request.rotor);
      const rotor = rotors.inUse(config.id) ?? (await rotors.find(config));
      const stopped = await rotor.stop(config, request.token);
      return { position: positionToMessage(stopped, config), remark: stopped.remark };
    },
  };
}

/** Stops the rotator of a rotor that was deleted during a move. */
async function stopWithoutRecord(rotors: Rotors, rotorId: number): Promise<StopResponse> {
  const rotor = rotors.inUse(rotorId);
  if (!rotor) throw new SkyScanError('not_found', `rotor ${rotorId} is not in use`);
  const stopped = await rotor.stop(rotor.config, undefined);
  return { position: positionToMessage(stopped, rotor.config), remark: stopped.remark };
}

/** Refuses the manual moves of older gateways, which do not keep the call open. */
function checkKeepsCall({ keepsCall }: { keepsCall: boolean }): void {
  if (!keepsCall)
    throw new SkyScanError(
      'wrong_state',
      'api-gateway is older than rotor-driver and cannot supervise a move: upgrade it to the same version',
    );
}

/**
 * A manual move as a stream: a message at its start, the end on arrival. The call is its lease.
 * `target`: of the mount.
 */
async function* moveManually(
  rotors: Rotors,
  config: RotorConfig,
  target: Pointing,
  holder: Holder,
  signal: AbortSignal,
): AsyncGenerator<{ position: RotorPosition }> {
  try {
    const rotor = await rotors.find(config);
    const { started, arrival } = await rotor.move(config, target, holder, signal);
    yield { position: positionToMessage(await started, config) };
    await arrival;
  } catch (error) {
    throw asBusyIfBlocked(error);
  }
}

/** A scan waits for the Sun or the wind; a manual move fails at once. */
function asBusyIfBlocked(error: unknown): unknown {
  return error instanceof TemporarilyBlockedError
    ? new SkyScanError('busy', error.message, { cause: error })
    : error;
}

function leasedRotor(rotors: Rotors, rotorId: number): Rotor {
  const rotor = rotors.byId(rotorId);
  if (!rotor) throw new SkyScanError('lease_lost', `rotor ${rotorId} has no lease`);
  return rotor;
}

const PROGRESS_INTERVAL_MS = 100;

async function* slew(
  rotor: Rotor,
  { token, sweep: isSweep, announce }: Pick<SlewRequest, 'token' | 'sweep' | 'announce'>,
  direction: Pointing,
  signal: AbortSignal,
): AsyncGenerator<SlewResponse> {
  const target = mountSetpoint(rotor.config, direction);
  const done = new AbortController();
  const events = rotor.watch(done.signal);
  const intervalMs = isSweep ? 0 : PROGRESS_INTERVAL_MS;
  let shownMs = -Infinity;
  const slewing = isSweep
    ? sweep(rotor, token, target, signal)
    : rotor.slew(token, target, signal, { announced: announce });
  const arrival = slewing.finally(() => done.abort());
  arrival.catch(() => undefined); // thrown below, where it is awaited
  for await (const event of events) {
    if (done.signal.aborted) break;
    if (event.kind === 'lost' || event.observed.atMs - shownMs < intervalMs) continue;
    shownMs = event.observed.atMs;
    yield { event: { $case: 'progress', value: positionToMessage(event.observed, rotor.config) } };
  }
  const arrived = await arrival;
  const readback = positionToMessage(arrived, rotor.config);
  const settled = { readback, settledAtMonotonicMs: arrived.settledAtMs };
  yield { event: { $case: 'settled', value: settled } };
}
