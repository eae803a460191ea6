import type { Pointing, TravelLimits } from '#shared/sky/pointing';

/**
 * Speaks to one rotctld. Every method throws `unavailable` when it cannot be reached or has lost
 * its controller.
 */
export interface RotctldClient {
  describe(signal: AbortSignal): Promise<Recognition>;
  position(signal: AbortSignal): Promise<TimedPosition>;
  /**
   * Sends the rotator on its way; once it is aborted nothing is sent any more. `out_of_range` when
   * the daemon refuses.
   */
  move(target: Pointing, signal: AbortSignal): Promise<void>;
  /**
   * Levels, dBm, of a rotator that measures itself; its amplifier is switched on first, once for
   * each `lease` and connection. Throws `unsupported` when it has no receiver.
   */
  measure(reads: number, lease: number, signal: AbortSignal): Promise<OwnLevels>;
  /**
   * Overtakes everything that waits: sent at once, over another connection when the first one is
   * stuck.
   */
  stop(): Promise<void>;
  readonly connected: boolean;
  /** What the server was asked when it was last recognised, and what came of it. */
  readonly attempts: readonly string[];
  /** Resolves once nothing waits any more. */
  drained(): Promise<void>;
  close(): void;
}

/** A readback; times are of the monotonic clock, milliseconds. */
export interface TimedPosition {
  pointing: Pointing;
  /** Half way between question and answer. */
  atMs: number;
  roundTripMs: number;
  /** The number of the connection that brought it. */
  connection: number;
  /** The travel that the daemon reports. */
  limits: TravelLimits | undefined;
}

/** Who a rotctld is. */
export interface Recognition {
  dialect: Dialect;
  model: string;
  /** The travel that it reports; absent when it does not say. */
  limits?: TravelLimits | undefined;
  /** It turns azimuths by half a turn. */
  southZero?: true;
  /** Absent: it cannot measure. */
  receiver?: OwnReceiver | undefined;
}

/**
 * How a server wants to be spoken to: genuine Hamlib knows the extended forms, imitations only `p P
 * S _ q`; birdcage, one of them, has `R L D` for its receiver.
 */
export type Dialect = 'hamlib' | 'plain' | 'birdcage';

/** A receiver that a rotator's server brings along. */
export interface OwnReceiver {
  /** It has an amplifier that has to be switched on. */
  lna: boolean;
}

/** What the reads of a rotator say, dBm. */
export interface OwnLevels {
  levels: number[];
  /**
   * Only their mean and the last one were told: the levels agree with both and say nothing of the
   * spread.
   */
  summarised: boolean;
}

/** Most reads that one `R` may ask for. */
export const MOST_READS = 1_000;
