import type {
  RotorDriverServiceImplementation,
  SlewRequest,
  SlewResponse,
  StopResponse,
} from '#proto/rotor_driver';
import { SkyScanError } from '#shared/base/errors';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { pointingFromMessage, rotorConfigFromMessage } from '#shared/rotor/rotor-messages';
import { NotNowError } from '../domain/way.ts';
import type { Rotor } from '../motion/rotor.ts';
import type { Rotors } from '../motion/rotors.ts';
import type { Pointing } from '#shared/sky/pointing';
import { MOST_READS } from '../motion/rotctld-client.ts';
import { characteriseRotor, type Announce } from './characterise.ts';
import { hold } from './hold.ts';
import { positionToMessage } from './messages.ts';
import type { Probe } from './probe.ts';

/**
 * The service on the wire; what it means is in motion/. `announce`: tells the world how a
 * measurement gets on.
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
      const rotor = await rotors.find(rotorConfigFromMessage(request.rotor));
      return { position: positionToMessage(await rotor.position(signal, request.token)) };
    },
    async turn(request, { signal }) {
      const config = rotorConfigFromMessage(request.rotor);
      return (await rotors.find(config)).turn(config, request.turn, signal);
    },
    readClock: () => Promise.resolve({ steadyMs: performance.now() }),
    async *watchPosition(request, { signal }) {
      const rotor = await rotors.find(rotorConfigFromMessage(request.rotor));
      for await (const sighting of rotor.watch(signal)) {
        if (sighting.kind === 'lost') throw sighting.error;
        yield { position: positionToMessage(sighting.observed) };
      }
    },
    hold: (requests, { signal }) => hold(rotors, requests, signal),
    async *slew(request, { signal }) {
      const target = pointingFromMessage(request.target, 'target');
      yield* slew(heldRotor(rotors, request.rotorId), request, target, signal);
    },
    async measureRssi({ rotorId, token, reads }, { signal }) {
      if (reads < 1 || reads > MOST_READS)
        throw new SkyScanError('invalid', `reads ${reads} must be in 1..${MOST_READS}`);
      const { levels, summarised } = await heldRotor(rotors, rotorId).measure(token, reads, signal);
      return { levelsDbm: levels, summarised };
    },
    async move(request, { signal }) {
      const config = rotorConfigFromMessage(request.rotor);
      const target = pointingFromMessage(request.target, 'target');
      const rotor = await rotors.find(config);
      return { position: positionToMessage(await byHand(rotor.move(config, target, signal))) };
    },
    async park(request, { signal }) {
      const config = rotorConfigFromMessage(request.rotor);
      const rotor = await rotors.find(config);
      return { position: positionToMessage(await byHand(rotor.move(config, config.park, signal))) };
    },
    async *characterise(request, { signal }) {
      const config = rotorConfigFromMessage(request.rotor);
      try {
        yield* characteriseRotor(await rotors.find(config), config, signal, announce);
      } catch (error) {
        throw refusedNow(error);
      }
    },
    async allow(request) {
      const saved = permits.set(request.rotors.map(rotorConfigFromMessage));
      rotors.checkPermits();
      await saved;
      return {};
    },
    inHand: ({ rotorId }) => Promise.resolve({ inHand: rotors.inHand(rotorId) !== undefined }),
    async stop(request) {
      if (!request.rotor) return stopWithoutRecord(rotors, request.rotorId);
      const config = rotorConfigFromMessage(request.rotor);
      const rotor = rotors.inHand(config.id) ?? (await rotors.find(config));
      const rest = await rotor.stop(config, request.token);
      return { position: positionToMessage(rest), remark: rest.remark };
    },
  };
}

/** The rotator of a rotor that its owner has deleted since it began to move. */
async function stopWithoutRecord(rotors: Rotors, rotorId: number): Promise<StopResponse> {
  const rotor = rotors.inHand(rotorId);
  if (!rotor) throw new SkyScanError('not_found', `rotor ${rotorId} is not in use`);
  const rest = await rotor.stop(rotor.config, undefined);
  return { position: positionToMessage(rest), remark: rest.remark };
}

/** A scan waits for the Sun or the wind and tries again; a person is refused at once. */
function byHand<T>(move: Promise<T>): Promise<T> {
  return move.catch((error: unknown) => {
    throw refusedNow(error);
  });
}

function refusedNow(error: unknown): unknown {
  return error instanceof NotNowError ? new SkyScanError('busy', error.message, { cause: error }) : error;
}

function heldRotor(rotors: Rotors, rotorId: number): Rotor {
  const rotor = rotors.byId(rotorId);
  if (!rotor) throw new SkyScanError('lease_lost', `rotor ${rotorId} is not held`);
  return rotor;
}

// A tenth of a second apart is as much as anybody watches.
const PROGRESS_APART_MS = 100;

async function* slew(
  rotor: Rotor,
  { token, sweep, announce }: Pick<SlewRequest, 'token' | 'sweep' | 'announce'>,
  target: Pointing,
  signal: AbortSignal,
): AsyncGenerator<SlewResponse> {
  const done = new AbortController();
  const sightings = rotor.watch(done.signal);
  const apartMs = sweep ? 0 : PROGRESS_APART_MS;
  let shownMs = -Infinity;
  const slewing = sweep
    ? rotor.sweep(token, target, signal)
    : rotor.slew(token, target, signal, { announced: announce });
  const arrival = slewing.finally(() => done.abort());
  arrival.catch(() => undefined); // thrown below, where it is awaited
  for await (const sighting of sightings) {
    if (done.signal.aborted) break;
    if (sighting.kind === 'lost' || sighting.observed.atMs - shownMs < apartMs) continue;
    shownMs = sighting.observed.atMs;
    yield { event: { $case: 'progress', value: positionToMessage(sighting.observed) } };
  }
  const arrived = await arrival;
  const settled = { readback: positionToMessage(arrived), settledAtSteadyMs: arrived.settledAtMs };
  yield { event: { $case: 'settled', value: settled } };
}
