import { RotorDriverDefinition, type RotorPosition } from '#proto/rotor_driver';
import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import type { GrpcSettings } from '#shared/runtime/grpc-credentials';
import type { Logger } from '#shared/runtime/logger';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import { limitsFromMessage, pointingFromMessage } from '#shared/rotor/rotor-messages';
import { characteriseEvent, type CharacteriseEvent } from './characterise.ts';
import type { Finding } from './health-check.ts';
import { createPeerCalls } from './peer-errors.ts';
import { createManualMoves } from './manual-moves.ts';
import { rotorMessage, type Rotor } from './rotor-messages.ts';

/** Properties that a rotator reports. */
export interface RotatorFacts {
  model: string;
  /** Protocol variant of its rotctld. */
  dialect: string;
  limits: TravelLimits | undefined;
  /** Step of the readback; undefined if unknown. */
  resolutionDeg: number | undefined;
  /** Commands sent to identify it, with their results. */
  attempts: string[];
  /** Problems of its settings. */
  remarks: string[];
}

/** Why a rotator cannot be used, and the commands sent to identify it. */
export interface RotatorProblem {
  trouble: string;
  attempts: string[];
}

/**
 * The cable turn of a rotor whose controller reports azimuths of 0 to 360 degrees: azimuth =
 * reported + 360 * turn.
 */
export interface CableTurn {
  turn: number;
  /** The travel allows no other turn, or the turn was observed or set. */
  known: boolean;
  possible: number[];
  azimuthDeg: number;
  reportedDeg: number;
}

/**
 * Client of the rotor-driver of a site. Every method throws a `SkyScanError` with a message for the
 * user.
 */
export interface RotorDriver {
  /** Identifies the rotator, or reports why it cannot be used. */
  test(rotor: Rotor): Promise<RotatorFacts | RotatorProblem>;
  position(rotor: Rotor): Promise<{ pointing: Pointing; measuredAtMs: number }>;
  /**
   * Reads or sets the cable turn. Throws `busy`, and `out_of_range` if the travel does not allow
   * the turn.
   */
  turn(rotor: Rotor, turn?: number): Promise<CableTurn>;
  /**
   * Resolves when the move has started. The rotor stops if this process ends before it arrives.
   * Throws `busy` while another client holds the rotor.
   */
  move(rotor: Rotor, target: Pointing): Promise<void>;
  park(rotor: Rotor): Promise<void>;
  /** Allowed at any time; ends the lease of any holder. */
  stop(rotor: Rotor): Promise<void>;
  /** Stops a rotor that has been deleted. Throws `not_found` if it is not in use. */
  stopDeleted(rotorId: number): Promise<void>;
  /**
   * Whether it is leased, moving, or not yet confirmed at rest. An unreachable rotor-driver moves
   * nothing: it stops its rotors on exit.
   */
  inUse(rotorId: number): Promise<boolean>;
  /** Whether the last call reached the service, and whether it serves our site. */
  finding: () => Finding;
  /** Calls the service only for `finding`. */
  reach(signal: AbortSignal): Promise<void>;
  /** Sets the current limits of all rotors of the site; rotor-driver refuses moves beyond them. */
  allow(rotors: Rotor[]): Promise<void>;
  /** Characterises the rotor, which takes minutes; the signal stops it. */
  characterise(rotor: Rotor, signal: AbortSignal): AsyncGenerator<CharacteriseEvent, void>;
}

const ROTOR_DRIVER = 'rotor-driver';

// A command has 5 s (SPID 10 s), and there may be a connection to open and a dialect to find out
// before it.
const DEADLINE_MS = 20_000;
const IN_USE_DEADLINE_MS = 3_000;
const NO_ROTOR = 0;

export function connectRotorDriver(
  address: string,
  security: GrpcSettings,
  site: string,
  logger: Logger,
): RotorDriver & { close(): void } {
  const { client, close } = createGrpcClient(RotorDriverDefinition, address, security, site);
  const peer = createPeerCalls(ROTOR_DRIVER);
  const call = <T>(work: () => Promise<T>) => peer.call(() => work().catch(rethrowControllerError));
  const options = { deadline: DEADLINE_MS };
  const moves = createManualMoves(DEADLINE_MS, logger);
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
      call(() =>
        moves.start(rotor.id, (signal) =>
          client.move({ rotor: rotorMessage(rotor), target, keepsCall: true }, { signal }),
        ),
      ),
    park: (rotor) =>
      call(() =>
        moves.start(rotor.id, (signal) =>
          client.park({ rotor: rotorMessage(rotor), keepsCall: true }, { signal }),
        ),
      ),
    stop: (rotor) =>
      call(async () => {
        await client.stop({ rotor: rotorMessage(rotor) }, options);
      }),
    stopDeleted: (rotorId) =>
      call(async () => {
        await client.stop({ rotorId }, options);
      }),
    inUse: (rotorId) =>
      call(() => client.inUse({ rotorId }, { deadline: IN_USE_DEADLINE_MS })).then(
        ({ inUse }) => inUse,
        (error: unknown) => {
          if (errorKind(error) === 'unavailable') return false;
          throw error;
        },
      ),
    finding: peer.finding,
    reach: (signal) =>
      call(async () => {
        await client.inUse({ rotorId: NO_ROTOR }, { signal });
      }),
    allow: (rotors) =>
      call(async () => {
        await client.allow({ rotors: rotors.map(rotorMessage) }, { deadline: IN_USE_DEADLINE_MS });
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
    close() {
      moves.close();
      close();
    },
  };
}

// For scans `unsupported` means no RSSI; here the controller does not support the command.
function rethrowControllerError(error: unknown): never {
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
