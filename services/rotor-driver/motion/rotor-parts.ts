import type { Logger } from '#shared/runtime/logger';
import type { TravelLimits } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { ReconnectChange } from '../domain/remarks.ts';
import type { RestOnly } from '../domain/rest-only-readback.ts';
import type { Holder } from '../domain/lease.ts';
import type { EndedMove } from './mover.ts';
import type { RotorLease } from './rotor-lease.ts';
import type { Recognition, RotctldClient } from './rotctld-client.ts';
import type { AzimuthWrapStore } from './azimuth-unwrapper.ts';
import type { MoveRestrictions } from './move-restrictions.ts';
import type { Readback } from '../domain/reading.ts';
import type { PublishedPosition } from './readings.ts';
import type { ExpectedPositionStore } from './disturbance-detector.ts';

/** The holder of the lease during a characterisation. */
export const CHARACTERISE_HOLDER: Holder = { name: 'characterise' };

/** Issues fencing tokens that only grow, across restarts and crashes. */
export interface FencingTokenStore {
  /** The next token, on disk before it is returned. Throws `no_room` when it cannot be written. */
  next(): Promise<number>;
}

/** The dependencies of a rotor. */
export interface RotorParts {
  client: RotctldClient;
  fencingTokens: FencingTokenStore;
  logger: Logger;
  restrictions: MoveRestrictions;
  /**
   * The rotor with the limits that its owner allows now. Throws `wrong_state` if it may not move.
   */
  permit: (rotor: RotorConfig) => RotorConfig;
  /** Publishes a readback; must not throw or wait. */
  publish: (position: PublishedPosition) => void;
  /** Survives restarts. */
  azimuthWrap: AzimuthWrapStore;
  /** The expected position under a lease; survives restarts. */
  expectedPosition: ExpectedPositionStore;
  onMoveEnded: (rotorId: number, move: EndedMove) => void;
  /** Records whether the rotor is in use, for the process after a crash. */
  setInUse: (rotor: RotorConfig, inUse: boolean) => void;
}

/** The answer to a probe. */
export interface Probed {
  recognition: Recognition;
  position: Readback;
  /** The step of the readback; undefined after too few readings. */
  resolutionDeg: number | undefined;
  /** The evidence that the controller reports its position only at rest. */
  restOnly: RestOnly | undefined;
  /** The change of the position over the last reconnect. */
  reconnectChange: ReconnectChange | undefined;
}

/** The result of an acquisition. */
export interface AcquiredRotor {
  lease: RotorLease;
  position: Readback;
  reportedLimits: TravelLimits | undefined;
}
