import type { SkyScanError } from '#shared/errors';
import type { Gap } from '../domain/sample-clock.ts';

/** What a receiver is. */
export interface ReceiverFacts {
  tuner: string;
  gainsDb: readonly number[];
  lowestHz: number;
  highestHz: number;
  sampleRateHz: number;
}

export interface Tuning {
  centerFrequencyHz: number;
  /** One of the tuner's gains. */
  gainDb: number;
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
  /** Resolves once it streams. Rejects with `unavailable` and the reason when that takes longer than this. */
  ready(withinMs: number, signal: AbortSignal): Promise<ReceiverFacts>;
  /** Sets frequency and gain, now and after every reconnect. */
  tune(tuning: Tuning): void;
  /** Samples taken before this monotonic time still belong to other settings. */
  readonly settledMs: number;
  /** The last samples came late: whether some are missing is not known yet. */
  readonly late: boolean;
  /** Starts listening; the returned function ends it. */
  listen(listener: SampleListener): () => void;
  close(): void;
}
