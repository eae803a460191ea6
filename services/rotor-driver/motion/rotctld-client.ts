import type { Pointing, TravelLimits } from '#shared/sky/pointing';

/**
 * A client of one rotctld. Every method throws `unavailable` if rotctld cannot be reached or has
 * lost its controller.
 */
export interface RotctldClient {
  describe(signal: AbortSignal): Promise<Recognition>;
  position(signal: AbortSignal): Promise<TimedPosition>;
  /** Starts a move; sends nothing after an abort. Throws `out_of_range` if rotctld refuses. */
  move(target: Pointing, signal: AbortSignal): Promise<void>;
  /**
   * Levels, dBm, from the rotator's own receiver. Switches its amplifier on first, once per `lease`
   * and connection. Throws `unsupported` without a receiver.
   */
  measure(reads: number, lease: number, signal: AbortSignal): Promise<OwnLevels>;
  /** Sends `S` ahead of all queued commands, over another connection if the first one hangs. */
  stop(): Promise<void>;
  readonly connected: boolean;
  /** The queries of the last recognition of the server, with their results. */
  readonly attempts: readonly string[];
  /** Resolves when the queue is empty. */
  drained(): Promise<void>;
  close(): void;
}

/** A readback; times are of the monotonic clock, milliseconds. */
export interface TimedPosition {
  pointing: Pointing;
  /** Midpoint between query and answer. */
  atMs: number;
  roundTripMs: number;
  /** The number of the connection. */
  connection: number;
  /** The travel that rotctld reports. */
  limits: TravelLimits | undefined;
}

/** Dialect, model and capabilities of a rotctld. */
export interface Recognition {
  dialect: Dialect;
  model: string;
  /** The travel that it reports, if any. */
  limits?: TravelLimits | undefined;
  /** Its azimuths are offset by 180 degrees. */
  southZero?: true;
  /** Absent: it has no receiver. */
  receiver?: OwnReceiver | undefined;
}

/**
 * The protocol dialect of a server: Hamlib has the extended forms, other servers only `p P S _ q`;
 * birdcage also has `R L D` for its receiver.
 */
export type Dialect = 'hamlib' | 'plain' | 'birdcage';

/** The receiver of a rotator's own server. */
export interface OwnReceiver {
  /** It has an amplifier to be switched on. */
  lna: boolean;
}

/** Levels from a rotator's own receiver, dBm. */
export interface OwnLevels {
  levels: number[];
  /** The server reports only mean and last read: the levels agree with both and have no spread. */
  summarised: boolean;
}

/** The maximum number of reads per request. */
export const MAX_READS = 1_000;
