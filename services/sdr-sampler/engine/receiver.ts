import type { SkyScanError } from '#shared/base/errors';
import type { Gap } from '../domain/sample-clock.ts';
import type { Band } from '../domain/settings.ts';

/** What a receiver is. */
export interface ReceiverFacts {
  tuner: string;
  gainsDb: readonly number[];
  /** Lowest and highest frequency of each part of its range. */
  bandsHz: readonly Band[];
  sampleRateHz: number;
  /** What is doubtful about it although it streams. */
  warning?: string | undefined;
}

export interface Tuning {
  centerFrequencyHz: number;
  /** One of the tuner's gains. */
  gainDb: number;
  /** Error of the crystal, whole parts per million. */
  correctionPpm: number;
  biasTee: boolean;
}

/** Samples as they come in. */
export interface SampleBlock {
  /** Pairs of unsigned bytes; valid only during the call. */
  iq: Uint8Array;
  firstIndex: number;
  /** When the first one was taken, monotonic milliseconds. */
  firstMs: number;
}

export interface SampleListener {
  onSamples(block: SampleBlock): void;
  /** Samples are missing. */
  onGap(gap: Gap): void;
  /** The receiver is gone; it comes back by itself, with indices from 0. */
  onLost(error: SkyScanError): void;
}

/** A receiver that streams all the time, whether anybody listens or not. */
export interface Receiver {
  /**
   * Resolves once it streams. Rejects with `unavailable` and the reason when that takes longer than
   * this.
   */
  ready(withinMs: number, signal: AbortSignal): Promise<ReceiverFacts>;
  /**
   * Sets everything, now and after every reconnect, and measures how late samples arrive where that
   * is in doubt. Throws `unavailable` when the samples do not show a gain step, or show it too
   * late.
   */
  tune(tuning: Tuning, signal: AbortSignal): Promise<void>;
  /**
   * Sends the settings again where another client of the server may have changed them, unless they
   * were sent less than `olderThanMs` ago (default: always). Takes effect as a retune does.
   */
  refresh(olderThanMs?: number): void;
  /** The amplifier at the antenna gets no more current until the next `tune`. */
  goIdle(): void;
  /** How much later than at once samples arrive; their times allow for it. */
  readonly latenessMs: number;
  /**
   * Samples arrive later than measured, or some are missing: which of both, a measurement will
   * tell.
   */
  readonly inDoubt: boolean;
  /**
   * Why the times of its samples are not good enough for a stream, which cannot stop for a
   * measurement.
   */
  readonly untimed: SkyScanError | undefined;
  /** Nobody waits for samples: measures the lateness again where the last time is long ago. */
  recheck(): void;
  /**
   * Measures whether the gaps since the last `tune` are lost samples, not samples that arrive later
   * than before.
   */
  gapsAreLosses(signal: AbortSignal): Promise<boolean>;
  /** Samples taken before this monotonic time still belong to other settings. */
  readonly settledMs: number;
  /** The last samples came late: whether some are missing is not known yet. */
  readonly late: boolean;
  /** Starts listening; the returned function ends it. */
  listen(listener: SampleListener): () => void;
  /** Switches the bias tee off and lets go of the dongle. */
  close(): Promise<void>;
}

/** Whether both ask the same of the tuner. */
export function sameTuning(a: Tuning, b: Tuning): boolean {
  return (
    a.centerFrequencyHz === b.centerFrequencyHz &&
    a.gainDb === b.gainDb &&
    a.correctionPpm === b.correctionPpm &&
    a.biasTee === b.biasTee
  );
}
