import { RotorDriverDefinition, type RotorPosition } from '#proto/rotor_driver';
import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import type { GrpcSecurity } from '#shared/runtime/grpc-credentials';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import { limitsFromMessage, pointingFromMessage } from '#shared/rotor/rotor-messages';
import type { RotorFields } from '../store/rotors.ts';
import { characteriseEvent, type CharacteriseEvent } from './characterise.ts';
import { callPeer } from './peer-errors.ts';
import { rotorMessage } from './rotor-messages.ts';

type Rotor = RotorFields & { id: number };

/** What a rotator says of itself. */
export interface RotatorFacts {
  model: string;
  /** How its rotctld is spoken to. */
  dialect: string;
  limits: TravelLimits | undefined;
  /** The step of its readback; undefined while that is not known. */
  resolutionDeg: number | undefined;
  /** What it was asked when it was recognised. */
  attempts: string[];
  /** What speaks against its settings. */
  remarks: string[];
}

/** Why a rotator cannot be used, and what it was asked. */
export interface RotatorProblem {
  trouble: string;
  attempts: string[];
}

/**
 * How the cable of a rotator lies whose controller reports directions only: azimuth = reported +
 * 360 * turn.
 */
export interface CableTurn {
  turn: number;
  /** No other turn fits the travel, or it was seen or set. */
  known: boolean;
  possible: number[];
  azimuthDeg: number;
  reportedDeg: number;
}

/** Drives rotators. Every method throws a `SkyScanError` whose message can be shown to the user. */
export interface RotorDriver {
  /** Who it is, as far as it says, or why it cannot be used. */
  test(rotor: Rotor): Promise<RotatorFacts | RotatorProblem>;
  position(rotor: Rotor): Promise<{ pointing: Pointing; measuredAtMs: number }>;
  /**
   * How its cable lies; with `turn`: sets it. Throws `busy`; `out_of_range` when the travel does
   * not allow it.
   */
  turn(rotor: Rotor, turn?: number): Promise<CableTurn>;
  /** Resolves when the move is on its way. Throws `busy` when somebody holds the rotor. */
  move(rotor: Rotor, target: Pointing): Promise<void>;
  park(rotor: Rotor): Promise<void>;
  /** From anybody, at any time; whoever held the rotor holds it no more. */
  stop(rotor: Rotor): Promise<void>;
  /**
   * Stops what is in hand for a rotor that has no record any more. Throws `not_found` when nothing
   * is.
   */
  stopDeleted(rotorId: number): Promise<void>;
  /**
   * Whether it is held, moves, or is not yet seen to rest. A rotor-driver that is away moves
   * nothing: it stops what it left.
   */
  inHand(rotorId: number): Promise<boolean>;
  /** What the owners of all rotors allow now: it moves nothing beyond that. */
  allow(rotors: Rotor[]): Promise<void>;
  /** Measures what it can do; minutes. Once the signal fires the rotor is stopped. */
  characterise(rotor: Rotor, signal: AbortSignal): AsyncGenerator<CharacteriseEvent, void>;
}

const ROTOR_DRIVER = 'rotor-driver';

// A command has 5 s (SPID 10 s), and there may be a connection to open and a dialect to find out
// before it.
const DEADLINE_MS = 20_000;
const IN_HAND_DEADLINE_MS = 3_000;

export function connectRotorDriver(address: string, security: GrpcSecurity): RotorDriver & { close(): void } {
  const { client, close } = createGrpcClient(RotorDriverDefinition, address, security);
  const call = <T>(work: () => Promise<T>) => callPeer(ROTOR_DRIVER, () => work().catch(aboutController));
  const options = { deadline: DEADLINE_MS };
  return {
    test: (rotor) =>
      call(async () => {
        const answer = await client.probe({ rotor: rotorMessage(rotor), explain: true }, options);
        const { model, dialect, reportedLimits, resolutionDeg, trouble, attempts, remarks } = answer;
        if (trouble !== undefined) return { trouble, attempts };
        const limits = reportedLimits && limitsFromMessage(reportedLimits);
        return { model, dialect, limits, resolutionDeg, attempts, remarks };
      }),
    position: (rotor) =>
      call(async () =>
        readback((await client.getPosition({ rotor: rotorMessage(rotor) }, options)).position),
      ),
    turn: (rotor, turn) => call(() => client.turn({ rotor: rotorMessage(rotor), turn }, options)),
    move: (rotor, target) =>
      call(async () => {
        await client.move({ rotor: rotorMessage(rotor), target }, options);
      }),
    park: (rotor) =>
      call(async () => {
        await client.park({ rotor: rotorMessage(rotor) }, options);
      }),
    stop: (rotor) =>
      call(async () => {
        await client.stop({ rotor: rotorMessage(rotor) }, options);
      }),
    stopDeleted: (rotorId) =>
      call(async () => {
        await client.stop({ rotorId }, options);
      }),
    inHand: (rotorId) =>
      call(() => client.inHand({ rotorId }, { deadline: IN_HAND_DEADLINE_MS })).then(
        ({ inHand }) => inHand,
        (error: unknown) => {
          if (errorKind(error) === 'unavailable') return false;
          throw error;
        },
      ),
    allow: (rotors) =>
      call(async () => {
        await client.allow({ rotors: rotors.map(rotorMessage) }, { deadline: IN_HAND_DEADLINE_MS });
      }),
    async *characterise(rotor, signal) {
      const messages = client.characterise({ rotor: rotorMessage(rotor) }, { signal });
      const iterator = messages[Symbol.asyncIterator]();
      for (;;) {
        const next = await call(() => iterator.next());
        if (next.done) return;
        const event = characteriseEvent(next.value);
        if (event) yield event;
      }
    },
    close,
  };
}

// To the callers of a scan `unsupported` means that there is no RSSI; here it is the controller
// that cannot.
function aboutController(error: unknown): never {
  if (errorKind(error) === 'unsupported')
    throw new SkyScanError('hardware_fault', errorMessage(error), { cause: error });
  throw error;
}

function readback(position: RotorPosition | undefined): { pointing: Pointing; measuredAtMs: number } {
  if (!position)
    throw new SkyScanError('unavailable', 'rotor-driver reported no position', {
      details: { peer: 'rotctld' },
    });
  return {
    pointing: pointingFromMessage(position.pointing, 'position'),
    measuredAtMs: position.measuredAtMs,
  };
}
