import type { Clock } from '#shared/clock';
import { SkyScanError } from '#shared/errors';
import type { Logger } from '#shared/logger';
import { backoffMs, orAborted } from '#shared/waiting';
import { deferred } from '../deferred.ts';
import { createDriftCheck, createRateCheck, type RateCheck } from '../domain/rate-check.ts';
import { createSampleClock, type SampleClock } from '../domain/sample-clock.ts';
import {
  sameTuning,
  type Receiver,
  type ReceiverFacts,
  type SampleListener,
  type Tuning,
} from './receiver.ts';
import { encodeCommand } from './rtl-tcp-codec.ts';
import type { RtlTcpConnection, RtlTcpHandlers } from './rtl-tcp-connection.ts';
import { everySetting, frequencyThenGain } from './rtl-tcp-settings.ts';
import type { Tuner } from './tuners.ts';

export interface RtlTcpOptions {
  /** Opens a connection to the server, whose process may be ours. */
  open(handlers: RtlTcpHandlers): RtlTcpConnection;
  /** How messages call the receiver. */
  title: string;
  sampleRateHz: number;
  /** The server is our own process, which no other client reaches and no other settings survive. */
  ownServer: boolean;
  /** What is doubtful about the receiver although it streams. */
  warning?(): string | undefined;
}

// A retune shows after about two blocks.
const SETTLING_MS = 50;
// The first block of a connection comes in pieces, whose times are known only with the last one: 64 ms for rtl_tcp's 256 KiB
// at 2.048 MS/s. It may still hold the settings of before.
const CONNECTED_SETTLING_MS = 250;
/** Longer than this without a request, and another client or session may have changed any setting. */
const UNTOUCHED_MS = 10_000;
const FIRST_RETRY_MS = 100;
const MOST_RETRY_MS = 1_000;

/** The dongle behind an rtl_tcp server. Always connected or trying to be; settings are sent again after every reconnect. */
export function createRtlTcpReceiver(options: RtlTcpOptions, clock: Clock, logger: Logger): Receiver {
  const { title, sampleRateHz } = options;
  const listeners = new Set<SampleListener>();
  const waiting = new Set<(facts: ReceiverFacts) => void>();
  let connection: RtlTcpConnection | undefined;
  let sampleClock: SampleClock = createSampleClock(sampleRateHz);
  let rateCheck: RateCheck = createRateCheck(sampleRateHz);
  let driftCheck: RateCheck = createDriftCheck(sampleRateHz);
  /** What the header reports; the receiver is ready once its sample rate is known to be right. */
  let announced: ReceiverFacts | undefined;
  let facts: ReceiverFacts | undefined;
  let tuning: Tuning | undefined;
  let settledMs = 0;
  let tunedMs = -Infinity;
  /** What this process has switched on. A server may have switched it on by itself (`rtl_tcp -T`). */
  let biasTeeOn = false;
  let failures = 0;
  let lastError = `${title} has not answered yet`;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  function open(): void {
    connection = options.open({ onTuner, onSamples, onEnd });
  }

  function onTuner(tuner: Tuner): void {
    announced = {
      tuner: tuner.name,
      gainsDb: tuner.gainsDb,
      bandsHz: tuner.bandsHz,
      sampleRateHz,
      warning: options.warning?.(),
    };
    sampleClock = createSampleClock(sampleRateHz);
    rateCheck = createRateCheck(sampleRateHz);
    driftCheck = createDriftCheck(sampleRateHz);
    connection?.send(encodeCommand({ kind: 'rate', hz: sampleRateHz }));
    if (tuning) {
      sendBiasTee(tuning, options.ownServer);
      sendEverything(tuning);
    }
    settledMs = clock.monotonicMs() + CONNECTED_SETTLING_MS;
  }

  function sendEverything(wanted: Tuning): void {
    connection?.send(everySetting(wanted, sampleRateHz));
    settledMs = Math.max(settledMs, clock.monotonicMs() + CONNECTED_SETTLING_MS);
  }

  function sendFrequencyThenGain(wanted: Tuning): void {
    connection?.send(frequencyThenGain(wanted));
    settledMs = Math.max(settledMs, clock.monotonicMs() + SETTLING_MS);
  }

  // Servers older than 2018 take this command for a bandwidth: it is sent only where a bias tee is wanted or was switched on.
  function sendBiasTee({ biasTee: on }: Tuning, always = false): void {
    if (always || on || biasTeeOn) connection?.send(encodeCommand({ kind: 'bias_tee', on }));
    biasTeeOn = on;
  }

  function onSamples(iq: Uint8Array): void {
    const nowMs = clock.monotonicMs();
    const firstIndex = sampleClock.next;
    const gap = sampleClock.arrived(iq.length / 2, nowMs);
    if (!hasRightRate(iq.length / 2, nowMs)) return;
    const firstMs = sampleClock.timeOf(firstIndex);
    for (const listener of listeners) listener.onSamples({ iq, firstIndex, firstMs });
    if (!gap) return;
    logger.warn({ samples: gap.samples }, 'samples are missing');
    for (const listener of listeners) listener.onGap(gap);
  }

  /** False until the rate is known to be right, and when it is found to be wrong. */
  function hasRightRate(samples: number, atMs: number): boolean {
    const verdict = (facts ? driftCheck : rateCheck).arrived(samples, atMs);
    if (typeof verdict === 'object') {
      refuse(new SkyScanError('unavailable', wrongRate(title, verdict.measuredHz, sampleRateHz)));
      return false;
    }
    if (!facts && verdict === 'right' && announced) {
      facts = announced;
      failures = 0;
      logger.info({ tuner: facts.tuner, receiver: title }, 'receiver streams');
      for (const tell of waiting) tell(facts);
    }
    return facts !== undefined;
  }

  /** Ends a connection that is of no use; the next one is checked again. */
  function refuse(error: SkyScanError): void {
    const refused = connection;
    lose(error);
    // A child process has to let go of its dongle first.
    void refused?.close().then(reopen);
  }

  function onEnd(error: SkyScanError): void {
    lose(error);
    reopen();
  }

  function lose(error: SkyScanError): void {
    facts = announced = undefined;
    connection = undefined;
    if (error.message !== lastError) logger.warn({ receiver: title }, error.message);
    lastError = error.message;
    for (const listener of [...listeners]) listener.onLost(error);
  }

  function reopen(): void {
    if (!closed) retry = setTimeout(open, backoffMs(failures++, FIRST_RETRY_MS, MOST_RETRY_MS));
  }

  open();
  return {
    async ready(withinMs, signal) {
      if (facts) return facts;
      const { promise, resolve } = deferred<ReceiverFacts>();
      const patience = AbortSignal.timeout(withinMs);
      waiting.add(resolve);
      try {
        return await orAborted(promise, AbortSignal.any([signal, patience]));
      } catch (error) {
        signal.throwIfAborted();
        throw patience.aborted ? new SkyScanError('unavailable', lastError, { cause: error }) : error;
      } finally {
        waiting.delete(resolve);
      }
    },
    tune(wanted) {
      const nowMs = clock.monotonicMs();
      const inDoubt = !tuning || (!options.ownServer && nowMs - tunedMs > UNTOUCHED_MS);
      const same = tuning && sameTuning(tuning, wanted);
      tunedMs = nowMs;
      if (same && !inDoubt) return;
      sendBiasTee(wanted, options.ownServer && !tuning);
      tuning = { ...wanted };
      if (inDoubt) sendEverything(tuning);
      else sendFrequencyThenGain(tuning);
    },
    refresh() {
      if (tuning && !options.ownServer) sendFrequencyThenGain(tuning);
    },
    rest() {
      if (!tuning?.biasTee) return;
      tuning = { ...tuning, biasTee: false };
      sendBiasTee(tuning);
    },
    get settledMs() {
      return settledMs;
    },
    get late() {
      return sampleClock.late;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await connection?.close(biasTeeOn ? encodeCommand({ kind: 'bias_tee', on: false }) : undefined);
    },
  };
}

function wrongRate(title: string, measuredHz: number, requestedHz: number): string {
  const percent = ((100 * measuredHz) / requestedHz).toFixed(1);
  return (
    `${title} sends ${(measuredHz / 1e6).toFixed(3)} MS/s instead of ${(requestedHz / 1e6).toFixed(3)} MS/s (${percent} %). ` +
    'Likely causes: the server does not take the requested sample rate, another client has changed it, ' +
    'the link or the host is too slow. Set SAMPLE_RATE_HZ to a rate that the server and the link support'
  );
}
