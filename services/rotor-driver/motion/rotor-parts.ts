import type { Logger } from '#shared/runtime/logger';
import type { TravelLimits } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { AwayChange } from '../domain/remarks.ts';
import type { RestOnly } from '../domain/rest-only-readback.ts';
import type { Holder } from '../domain/lease.ts';
import type { Grant } from './keeper.ts';
import type { Recognition, RotctldClient } from './rotctld-client.ts';
import type { FrameStore } from './cable.ts';
import type { Clearance } from './clearance.ts';
import type { Observed } from '../domain/reading.ts';
import type { Shown } from './readings.ts';
import type { WhereaboutsStore } from './sentry.ts';

/** The holder of the lease under which a rotor is measured. */
export const CHARACTERISE: Holder = { name: 'characterise' };

/** Gives out fencing tokens that only grow, across restarts and crashes. */
export interface Fence {
  /** The next token, on disk before it is returned. Throws `no_room` when it cannot be written. */
  next(): Promise<number>;
}

/** What a rotor is built of. */
export interface RotorParts {
  client: RotctldClient;
  fence: Fence;
  logger: Logger;
  clearance: Clearance;
  /** The rotor with what its owner allows now. Throws `wrong_state`: it is not moved at all. */
  permit: (rotor: RotorConfig) => RotorConfig;
  /** Shows a readback to the world; must not throw and not wait. */
  show: (shown: Shown) => void;
  /** What is known of its cable, across restarts. */
  frames: FrameStore;
  /** Where it can be while it is held, across restarts. */
  whereabouts: WhereaboutsStore;
  /** Notes whether somebody moves it or may move it, for the case that this process dies. */
  note: (rotor: RotorConfig, inHand: boolean) => void;
}

/** Who a rotator is, as far as it says. */
export interface Probed {
  recognition: Recognition;
  position: Observed;
  /** The step of its readback; undefined while too little was read to know. */
  resolutionDeg: number | undefined;
  /** What was seen of a controller that reports its position only at rest. */
  restOnly: RestOnly | undefined;
  /** How the position changed over the last reconnect, if it did. */
  awayChange: AwayChange | undefined;
}

/** A lease as its holder gets it. */
export interface Held {
  grant: Grant;
  position: Observed;
  reportedLimits: TravelLimits | undefined;
}
