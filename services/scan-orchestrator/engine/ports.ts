import type { SessionStatus } from '#contract/session-status';
import type { Clock } from '#shared/runtime/clock';
import type { Logger } from '#shared/runtime/logger';
import type { ReceiverSettings, RotorConfig } from '#shared/rotor/rotor-config';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { MeasuredPoint, Read } from '../domain/measurement.ts';
import type { TimedRead } from '../domain/sweep-reads.ts';
import type { TimedPointing } from '../domain/sweep-track.ts';
import type { PlanJob, PlannedScan } from './planning.ts';
import type { SessionRecord } from './session-record.ts';

/** Gives exclusive use of rotators. */
export interface Rotors {
  /** Moves nothing. Throws `unavailable` or `timeout` when the rotator cannot be reached. */
  probe(rotor: RotorConfig, signal?: AbortSignal): Promise<RotorFacts>;
  /**
   * Throws `busy` while somebody else has it, `unavailable` or `timeout` when it cannot be reached.
   */
  hold(rotor: RotorConfig, sessionId: number, signal: AbortSignal): Promise<RotorHold>;
}

export interface RotorFacts {
  model: string;
  position: Pointing;
  reportedLimits: TravelLimits | undefined;
  /** It measures by itself. */
  hasRssi: boolean;
}

/** A rotator that is ours until it is released or lost. */
export interface RotorHold {
  readonly position: Pointing;
  readonly reportedLimits: TravelLimits | undefined;
  /** Why the lease is gone; undefined while it is ours. */
  readonly lost: Error | undefined;
  /** Called once when the lease is lost, not when it is released. */
  onLost(listener: (why: Error) => void): void;
  /**
   * The readback now, unwrapped. Throws `hardware_fault` when the rotator is not where its last
   * slew or stop left it: nothing that was measured since is to be kept.
   */
  readPosition(signal: AbortSignal): Promise<Pointing>;
  /** Resolves with the readback once the rotator is on target and settled; stops it when the signal fires.
   * `onReadback` is called with every readback on the way. */
  slew(to: Pointing, signal: AbortSignal, onReadback?: () => void): Promise<Pointing>;
  /**
   * The same, as soon as it is certain when the mount will have settled: a moment ahead, by the
   * driver's clock (`readClock`).
   */
  approach(to: Pointing, signal: AbortSignal, onReadback?: () => void): Promise<Approach>;
  /**
   * The same without waiting until the mount has settled, and with every readback on the way: its
   * times are the driver's, see `readClock`.
   */
  sweep(to: Pointing, onPosition: (position: TimedPointing) => void, signal: AbortSignal): Promise<Pointing>;
  /** What the driver's steady clock says, milliseconds. */
  readClock(signal: AbortSignal): Promise<number>;
  /** Reads of the rotator's own receiver, dBm. Throws `unsupported` when it has none. */
  measure(reads: number, signal: AbortSignal): Promise<Read[]>;
  /** Resolves once the rotator has stopped. */
  stop(): Promise<void>;
  release(): Promise<void>;
}

/** Where a rotator is, and from when on that may be measured. */
export interface Approach {
  at: Pointing;
  /** Milliseconds on the driver's steady clock. */
  settledAtMs: number;
}

/** A moment of the sampler's steady clock, which is another one after a restart. */
export interface SamplerMoment {
  steadyMs: number;
  clock: string;
}

export interface ReceiverFacts {
  /** What it is. */
  words: string;
  /** What its tuner would really have. */
  gainDb: number | undefined;
  /** Its reads can be matched with positions. */
  timesReads: boolean;
}

/** Measures received power. */
export interface Receiver {
  /**
   * What it is, in words, and the gain that it would have. Throws `unavailable` when it cannot be
   * reached.
   */
  describe(settings: ReceiverSettings, signal?: AbortSignal): Promise<ReceiverFacts>;
  /**
   * Has the receiver set up while something else goes on; ends with the signal. What goes wrong
   * shows in `measure`.
   */
  prepare(settings: ReceiverSettings, signal: AbortSignal): void;
  /**
   * Reads taken from now on, or from `notBefore` on; nothing of what was received before is in
   * them. Throws `wrong_state` when that is of a clock from before a restart.
   */
  measure(
    settings: ReceiverSettings,
    reads: number,
    signal: AbortSignal,
    notBefore?: SamplerMoment,
  ): Promise<Read[]>;
  /**
   * Reads without gaps until the signal fires, which it rejects with; their times are the
   * sampler's, see `readClock`.
   */
  stream(settings: ReceiverSettings, onRead: (read: TimedRead) => void, signal: AbortSignal): Promise<void>;
  /** What the sampler's steady clock says, milliseconds. */
  readClock(signal: AbortSignal): Promise<SamplerMoment>;
}

/** Keeps sessions and their points on disk; what a call has returned survives a power cut. */
export interface Journal {
  saveSession(record: SessionRecord): Promise<void>;
  appendPoint(sessionId: number, point: MeasuredPoint): Promise<void>;
  /** Points in the order of seq. */
  readPoints(sessionId: number, afterSeq: number, limit: number): Promise<MeasuredPoint[]>;
  /**
   * Forgets points that are recorded elsewhere; their cells stay known through
   * `record.confirmedCells`.
   */
  forgetPoints(record: SessionRecord): Promise<void>;
  deleteSession(sessionId: number): Promise<void>;
}

/** Tells the world; never waits, never fails. What gets lost is brought by the repair path. */
export interface Publisher {
  point(view: SessionView, point: MeasuredPoint): void;
  status(view: SessionView): void;
  /** Whether the broker has the status of this revision. */
  hasTold(view: SessionView): boolean;
  /** The session is known here no longer. */
  forget(sessionId: number): void;
}

/** Plans scans, off the event loop on which leases are kept alive. */
export interface Planner {
  /**
   * Throws `out_of_range`: a pointing cannot or may not be reached, or planning takes longer than
   * it may; `no_room`: too many plans are waiting; and the signal's reason.
   */
  plan(job: PlanJob, signal: AbortSignal): Promise<PlannedScan>;
}

/** What forbids to measure for now: weather, the Sun. */
export interface Conditions {
  /** Why; `next`: where the rotor would point next. */
  reason(next: Pointing | undefined, rotor: RotorConfig): string | undefined;
}

/** A session as others see it. */
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
   * Durations by the monotonic clock: since the start, without the time in which this service did
   * not run; until the expected end.
   */
  elapsedMs: number | null;
  remainingMs: number | null;
  /** Why no points arrive; null while they do. */
  fault: FaultView | null;
  /** Whether the rotor was stopped, seen to stand, and is still held for this session. */
  rotorRests: boolean;
  /** Paused by something that passes: it resumes automatically. */
  resumesItself: boolean;
}

/**
 * A fault as others see it. Durations are exact; times are those of this machine's clock, which
 * another one may not share.
 */
export interface FaultView {
  observation: string;
  sinceUnixMs: number;
  forMs: number;
  pausesAtUnixMs: number | null;
  pausesInMs: number | null;
}

/** What a session needs to run. */
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
  /** How long all has to be well before a suspended session goes on. */
  suspendSettleMs: number;
  /** The session needs its rotor no longer. */
  onEnded: () => void;
}
