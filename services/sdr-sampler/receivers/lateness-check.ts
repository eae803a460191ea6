import type { Clock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { orAborted } from '#shared/runtime/waiting';
import type { MarkerPhase } from '../domain/marker.ts';
import { SampleTimes } from '../domain/sample-times.ts';
import type { ReceiverFacts } from '../engine/receiver.ts';
import { createLatenessProbe, SEARCH_MS, type LatenessProbe } from './lateness-probe.ts';
import { MAX_LATENESS_MS, MAX_UNTIMED_MS, noEffect, tooLate, untimed } from './rtl-tcp-errors.ts';
import type { RtlTcpSettings } from './rtl-tcp-settings.ts';
import { CONNECTED_SETTLING_MS, type Settling } from './settling.ts';

export interface LatenessCheckOptions {
  /** Name of the receiver in messages. */
  title: string;
  sampleRateHz: number;
  /** The server is a child process: its samples are never late. */
  ownServer: boolean;
  settings: RtlTcpSettings;
  settling: Settling;
}

/** A connection whose lateness can be measured. */
interface Connected {
  probe: LatenessProbe;
  gainsDb: readonly number[];
}

/** The lateness of a link changes: it is measured again after this time. */
const RECHECK_MS = 60_000;
/** If the lateness grew by more than this fraction of the gap, samples are late, not lost. */
const LATER_SHARE = 0.5;

/**
 * Measures how late the samples of an rtl_tcp server arrive, except those of a child process
 * (docs/adr/0018-lateness-measured-by-gain-steps.md).
 */
export class LatenessCheck {
  readonly #options: LatenessCheckOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #connection: Connected | { lost: SkyScanError };
  /** Of the last connection. */
  #times: SampleTimes;
  /** When the lateness was measured. */
  #measuredMs: number | undefined;
  #running: Promise<void> | undefined;

  constructor(options: LatenessCheckOptions, clock: Clock, logger: Logger) {
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    this.#connection = { lost: new SkyScanError('unavailable', options.title) };
    this.#times = new SampleTimes(options.sampleRateHz, !options.ownServer);
  }

  get times(): SampleTimes {
    return this.#times;
  }

  /** The measurement in progress. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** The lateness was not measured since the server was connected, or has changed. */
  get inDoubt(): boolean {
    if (this.#options.ownServer) return false;
    return this.#measuredMs === undefined || this.#times.inDoubt;
  }

  /** The last measurement is old. */
  get isOld(): boolean {
    if (this.#running || this.#measuredMs === undefined) return false;
    return this.#clock.monotonicMs() - this.#measuredMs > RECHECK_MS;
  }

  /**
   * Why the times of samples are too inaccurate for a stream, which cannot pause for a measurement.
   */
  get untimed(): SkyScanError | undefined {
    const { latenessMs, inDoubt } = this.#times;
    return inDoubt || latenessMs > MAX_UNTIMED_MS ? untimed(latenessMs) : undefined;
  }

  /** A new connection. Unless the server is a child process, all samples are invalid. */
  connected({ gainsDb }: ReceiverFacts, times: SampleTimes): void {
    const { sampleRateHz, ownServer, settings, settling } = this.#options;
    const sendGain = (gain: MarkerPhase['gain']) =>
      settings.stepGain(gain === 'low' ? Math.min(...gainsDb) : Math.max(...gainsDb));
    this.#times = times;
    this.#connection = {
      probe: createLatenessProbe({ sampleRateHz, times, sendGain }, this.#clock),
      gainsDb,
    };
    this.#measuredMs = undefined;
    if (ownServer) settling.sent(CONNECTED_SETTLING_MS);
    else settling.awaitMeasurement();
  }

  lost(error: SkyScanError): void {
    if ('probe' in this.#connection) this.#connection.probe.end(error);
    this.#connection = { lost: error };
  }

  push(iq: Uint8Array): void {
    if ('probe' in this.#connection) this.#connection.probe.push(iq);
  }

  /**
   * Measures the lateness; all samples are invalid until it is known and the tuning restored.
   * Throws `unavailable` when a gain step does not show in the samples, or shows too late.
   */
  measure(): Promise<void> {
    this.#running ??= this.#measure().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /**
   * Measures whether the gaps since the last measurement are lost samples or an increased lateness.
   */
  async gapsAreLosses(signal: AbortSignal): Promise<boolean> {
    if (this.#options.ownServer) return true;
    const { latenessMs, gapsMs, inDoubt } = this.#times;
    if (!inDoubt) return false;
    try {
      await orAborted(this.measure(), signal);
    } catch {
      signal.throwIfAborted();
      return true;
    }
    return this.#times.latenessMs - (latenessMs - gapsMs) < LATER_SHARE * gapsMs;
  }

  async #measure(): Promise<void> {
    const { title, sampleRateHz, settings, settling } = this.#options;
    const connection = this.#connection;
    this.#measuredMs = undefined;
    settling.awaitMeasurement();
    if ('lost' in connection) throw connection.lost;
    const result = await connection.probe.run();
    settings.restore();
    if (!result) throw noEffect(title, connection.gainsDb, SEARCH_MS);
    const { latenessMs } = this.#times;
    if (latenessMs > MAX_LATENESS_MS) throw tooLate(title, latenessMs);
    if (latenessMs > 0) this.#logger.warn({ latenessMs }, 'samples arrive late');
    this.#measuredMs = this.#clock.monotonicMs();
    const belowHighestDb = settings.tuning ? Math.max(...connection.gainsDb) - settings.tuning.gainDb : 0;
    settling.measured(result, sampleRateHz, belowHighestDb);
  }
}
