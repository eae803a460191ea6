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
import type { Tuner } from './tuners.ts';

export interface RtlTcpOptions {
  /** Opens a connection to the server, whose process may be ours. */
  open(handlers: RtlTcpHandlers): RtlTcpConnection;
  /** How messages call the receiver. */
  title: string;
  sampleRateHz: number;
  /** What is doubtful about the receiver although it streams. */
  warning?(): string | undefined;
}

// A retune shows after about two blocks.
const SETTLING_MS = 50;
// The first block of a connection comes in pieces, whose times are known only with the last one: 64 ms for rtl_tcp's 256 KiB
// at 2.048 MS/s. It may still hold the settings of before.
const CONNECTED_SETTLING_MS = 250;
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
    connection?.send(
      Buffer.concat([
        encodeCommand({ kind: 'rate', hz: sampleRateHz }),
        encodeCommand({ kind: 'agc_off' }),
        encodeCommand({ kind: 'manual_gain' }),
      ]),
    );
    sendTuning();
    settledMs = clock.monotonicMs() + CONNECTED_SETTLING_MS;
  }

  function sendTuning(): void {
    if (tuning)
      connection?.send(
        Buffer.concat([
          encodeCommand({ kind: 'correction', ppm: tuning.correctionPpm }),
          encodeCommand({ kind: 'bias_tee', on: tuning.biasTee }),
          encodeCommand({ kind: 'gain', db: tuning.gainDb }),
          encodeCommand({ kind: 'frequency', hz: tuning.centerFrequencyHz }),
        ]),
      );
    settledMs = Math.max(settledMs, clock.monotonicMs() + SETTLING_MS);
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
      if (tuning && sameTuning(tuning, wanted)) return;
      tuning = { ...wanted };
      sendTuning();
    },
    rest() {
      if (!tuning?.biasTee) return;
      tuning = { ...tuning, biasTee: false };
      sendTuning();
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
      await connection?.close(tuning?.biasTee ? encodeCommand({ kind: 'bias_tee', on: false }) : undefined);
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
