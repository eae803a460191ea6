import type { SkyScanError } from '#shared/base/errors';
import type { Gap } from '../domain/sample-clock.ts';
import type { Band } from '../domain/settings.ts';

/** Properties of a receiver. */
export interface ReceiverFacts {
  tuner: string;
  gainsDb: readonly number[];
  /** Lowest and highest frequency of each tuning range. */
  bandsHz: readonly Band[];
  sampleRateHz: number;
  /** A problem of a receiver that streams nevertheless. */
  warning?: string | undefined;
}

export interface Tuning {
  centerFrequencyHz: number;
  /** One of the tuner's gains. */
  gainDb: number;
  /** Frequency error of the crystal, whole parts per million. */
  correctionPpm: number;
  biasTee: boolean;
}

/** A block of received samples. */
export interface SampleBlock {
  /** Pairs of unsigned bytes; valid only during the call. */
  iq: Uint8Array;
  firstIndex: number;
  /** When the first sample was taken, monotonic milliseconds. */
  firstMs: number;
}

export interface SampleListener {
  onSamples(block: SampleBlock): void;
  /** Samples are missing. */
  onGap(gap: Gap): void;
  /** The receiver is lost; it reconnects automatically, with indices from 0. */
  onLost(error: SkyScanError): void;
}

/** A receiver that streams continuously, with or without listeners. */
export interface Receiver {
  /** Resolves once it streams; rejects with `unavailable` and the reason after `withinMs`. */
  ready(withinMs: number, signal: AbortSignal): Promise<ReceiverFacts>;
  /**
   * Applies the tuning now and after every reconnect; measures the lateness of the samples if it is
   * in doubt. Throws `unavailable` when a gain step does not show in the samples, or shows too
   * late.
   */
  tune(tuning: Tuning, signal: AbortSignal): Promise<void>;
  /**
   * Sends the settings again, in case another client of the server has changed them, unless they
   * were sent after this monotonic time (default: always). Takes effect like a retune.
   */
  refresh(unlessSentAfterMs?: number): void;
  /** Turns the bias tee off until the next `tune`. */
  goIdle(): void;
  /** Delay between sampling and arrival; the times of samples are corrected for it. */
  readonly latenessMs: number;
  /** Samples arrive later than measured, or some are missing: only a measurement can tell. */
  readonly inDoubt: boolean;
  /**
   * Why the times of samples are too inaccurate for a stream, which cannot pause for a measurement.
   */
  readonly untimed: SkyScanError | undefined;
  /**
   * Called when no samples are needed: measures the lateness again if the last measurement is old.
   */
  recheck(): void;
  /** Measures whether the gaps since the last `tune` are lost samples or an increased lateness. */
  gapsAreLosses(signal: AbortSignal): Promise<boolean>;
  /** Samples taken before this monotonic time belong to previous settings. */
  readonly settledMs: number;
  /** The last samples were late: it is not yet known whether some are missing. */
  readonly late: boolean;
  /** Adds a listener; the returned function removes it. */
  listen(listener: SampleListener): () => void;
  /** Turns the bias tee off and releases the dongle. */
  close(): Promise<void>;
}

/** Whether two tunings are equal. */
export function sameTuning(a: Tuning, b: Tuning): boolean {
  return (
    a.centerFrequencyHz === b.centerFrequencyHz &&
    a.gainDb === b.gainDb &&
    a.correctionPpm === b.correctionPpm &&
    a.biasTee === b.biasTee
  );
}
