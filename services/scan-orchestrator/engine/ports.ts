import type { SessionStatus } from '#contract/session-status';
import type { Clock } from '#shared/runtime/clock';
import type { Logger } from '#shared/runtime/logger';
import type { ReceiverSettings, RotorConfig } from '#shared/rotor/rotor-config';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { SunKeepOut } from '#shared/sky/sun-keep-out';
import type { PointSpectrum } from '#shared/spectrum/point-spectrum';
import type { MeasuredPoint, Read } from '../domain/measurement.ts';
import type { StreamedRead } from '../domain/sweep-spectra.ts';
import type { TimedPointing } from '../domain/sweep-track.ts';
import type { PlanJob, PlannedScan } from './planning.ts';
import type { SessionRecord } from './session-record.ts';
import type { Tuning } from './tunings.ts';

/** Grants exclusive use of rotators. */
export interface Rotors {
  /** Moves nothing. Throws `unavailable` or `timeout` when the rotator cannot be reached. */
  probe(rotor: RotorConfig, signal?: AbortSignal): Promise<RotorFacts>;
  /**
   * Throws `busy` while another client holds the lease, `unavailable` or `timeout` when the rotator
   * cannot be reached.
   */
  acquireLease(rotor: RotorConfig, holder: LeaseHolder, signal: AbortSignal): Promise<RotorLease>;
}

/** The user of a rotor, as other clients see it. */
export interface LeaseHolder {
  /** `session 7`. */
  name: string;
  sessionId?: number;
}

export interface RotorFacts {
  model: string;
  position: Pointing;
  reportedLimits: TravelLimits | undefined;
  /** It has a receiver of its own. */
  hasRssi: boolean;
}

/** Exclusive use of a rotator until release or loss. */
export interface RotorLease {
  readonly position: Pointing;
  readonly reportedLimits: TravelLimits | undefined;
  /** The reason of the loss; undefined while the lease is valid. */
  readonly lost: Error | undefined;
  /** Called once when the lease is lost, not when it is released. */
  onLost(listener: (error: Error) => void): void;
  /**
   * Reads the current position, unwrapped. Throws `hardware_fault` when the rotator is not where
   * its last slew or stop left it; measurements since then are invalid.
   */
  readPosition(signal: AbortSignal): Promise<Pointing>;
  /**
   * Resolves with the readback once the rotator is on target and settled; stops it on abort.
   * `onReadback` is called with every readback during the move.
   */
  slew(to: Pointing, signal: AbortSignal, onReadback?: () => void): Promise<Pointing>;
  /**
   * Like `slew`, but resolves as soon as the settling time is certain: shortly before, by the
   * driver's clock (`readClock`).
   */
  approach(to: Pointing, signal: AbortSignal, onReadback?: () => void): Promise<Approach>;
  /**
   * Like `slew`, without waiting for the mount to settle, and with every readback during the move;
   * times are those of the driver's clock (`readClock`).
   */
  sweep(to: Pointing, onPosition: (position: TimedPointing) => void, signal: AbortSignal): Promise<Pointing>;
  /** Reads the driver's monotonic clock, milliseconds. */
  readClock(signal: AbortSignal): Promise<number>;
  /** Reads of the receiver behind rotctld, dBm. Throws `unsupported` if there is none. */
  measure(reads: number, signal: AbortSignal): Promise<Read[]>;
  /** Resolves once the rotator has stopped. */
  stop(): Promise<void>;
  release(): Promise<void>;
}

/** A position, and the time from which it can be measured. */
export interface Approach {
  at: Pointing;
  /** Milliseconds of the driver's monotonic clock. */
  settledAtMs: number;
}

/** A time of the sampler's monotonic clock; `clock` changes with every restart of the sampler. */
export interface SamplerMoment {
  monotonicMs: number;
  clock: string;
}

export interface ReceiverFacts {
  /** Model and sample rate. */
  description: string;
  /** The gain that the tuner would actually have. */
  gainDb: number | undefined;
  /** Whether the times of its reads are exact enough for an on-the-fly scan. */
  timesReads: boolean;
  sampleRateHz: number;
  /** Whether it delivers samples for recordings. */
  recordsIq: boolean;
}

/** The reads of one tuning at one point. */
export interface Dwell {
  reads: Read[];
  /** Of all reads together, if the tuning has one. */
  spectrum?: PointSpectrum | undefined;
}

/** Measures received power. */
export interface Receiver {
  /** Its description and actual gain. Throws `unavailable` when it cannot be reached. */
  describe(tuning: Tuning, signal?: AbortSignal): Promise<ReceiverFacts>;
  /**
   * Tunes the receiver in the background until the signal fires. Errors are reported by `measure`.
   */
  prepare(tuning: Tuning, signal: AbortSignal): void;
  /**
   * Takes reads from now on, or from `notBefore`; no sample is older. Throws `wrong_state` when
   * `notBefore` belongs to the clock before a restart.
   */
  measure(tuning: Tuning, reads: number, signal: AbortSignal, notBefore?: SamplerMoment): Promise<Dwell>;
  /**
   * Streams reads without gaps until the signal fires, then rejects with its reason; times are
   * those of the sampler's clock (`readClock`).
   */
  stream(tuning: Tuning, onRead: (read: StreamedRead) => void, signal: AbortSignal): Promise<void>;
  /** Reads the sampler's monotonic clock, milliseconds. */
  readClock(signal: AbortSignal): Promise<SamplerMoment>;
}

/** Consecutive samples of a receiver, without gaps. */
export interface IqRecording {
  tuner: string;
  sampleRateHz: number;
  /** That of 0 Hz in the samples. */
  tunerFrequencyHz: number;
  /** The actual gain of the tuner. */
  gainDb: number;
  /** Time of the first sample, Unix milliseconds. */
  startedAtMs: number;
  samples: number;
  /** Pairs of unsigned bytes in blocks, to be read once. */
  iq: AsyncIterable<Buffer>;
}

/** Records samples. */
export interface IqRecorder {
  /**
   * Resolves when all samples are taken; the signal also ends the transfer of their bytes. Throws
   * `unavailable` if some are missing, `busy` during another recording.
   */
  record(settings: ReceiverSettings, durationMs: number, signal: AbortSignal): Promise<IqRecording>;
}

/** Stores sessions and their points on disk. A call that has returned survives a power cut. */
export interface Journal {
  saveSession(record: SessionRecord): Promise<void>;
  appendPoint(sessionId: number, point: MeasuredPoint): Promise<void>;
  /**
   * Points ordered by seq, at most `limit` and not more than fit into a message, but at least one
   * if there is one.
   */
  readPoints(
    sessionId: number,
    afterSeq: number,
    limit: number,
    withSpectra?: boolean,
  ): Promise<MeasuredPoint[]>;
  /** Removes points that are stored in the database; `record.confirmedCells` keeps their cells. */
  forgetPoints(record: SessionRecord): Promise<void>;
  deleteSession(sessionId: number): Promise<void>;
}

/** Publishes status and points; never waits, never fails. The reconciler repairs what is lost. */
export interface Publisher {
  point(view: SessionView, point: MeasuredPoint): void;
  status(view: SessionView): void;
  /** Whether the broker has the status of this revision; of an ended session, retains it. */
  hasPublished(view: SessionView): boolean;
  /** The session has been removed from this service. */
  forget(sessionId: number): void;
}

/** Plans scans outside the event loop that sends the heartbeats of leases. */
export interface Planner {
  /**
   * Throws `out_of_range` when a pointing cannot be reached or planning takes too long, `no_room`
   * when too many plans are waiting, and the signal's reason.
   */
  plan(job: PlanJob, signal: AbortSignal): Promise<PlannedScan>;
}

/** Conditions that currently block measuring: weather, the Sun. */
export interface Conditions {
  /** The blocking condition; `next`: the next setpoint. */
  reason(next: Pointing | undefined, rotor: RotorConfig): string | undefined;
}

/** The externally visible state of a session. */
export interface SessionView {
  sessionId: number;
  rotorId: number;
  status: SessionStatus;
  revision: number;
  notes: string | null;
  completedPoints: number;
  totalPoints: number;
  startedAtMs: number | null;
  finishedAtMs: number | null;
  etaMs: number | null;
  /**
   * Durations by the monotonic clock: since the start, without the time during which this service
   * was down; until the expected end.
   */
  elapsedMs: number | null;
  remainingMs: number | null;
  /** Why no points arrive; null while they do. */
  fault: FaultView | null;
  /** Whether the rotor stands still and the session still holds its lease. */
  rotorRests: boolean;
  /** Paused by a condition or a fault that may clear: resumes automatically. */
  resumesItself: boolean;
}

/** The externally visible fault. Durations are exact; times are those of this computer's clock. */
export interface FaultView {
  observation: string;
  sinceUnixMs: number;
  forMs: number;
  pausesAtUnixMs: number | null;
  pausesInMs: number | null;
}

/** The dependencies of a session. */
export interface RunnerParts {
  rotors: Rotors;
  receiver: Receiver;
  planner: Planner;
  journal: Journal;
  publisher: Publisher;
  clock: Clock;
  logger: Logger;
  /** How long a fault may last before the session pauses. */
  faultBudgetMs: number;
  conditions: Conditions;
  /** The rule of the site for the Sun; undefined: none. */
  sun?: SunKeepOut | undefined;
  /** How long all conditions must be clear before a suspended session resumes. */
  suspendSettleMs: number;
  /** The session no longer needs its rotor. */
  onEnded: () => void;
}
