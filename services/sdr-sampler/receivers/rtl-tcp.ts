import type { Clock } from '#shared/clock';
import { SkyScanError } from '#shared/errors';
import type { Logger } from '#shared/logger';
import { backoffMs, orAborted } from '#shared/waiting';
import { createSampleClock, type SampleClock } from '../domain/sample-clock.ts';
import type { Receiver, ReceiverFacts, SampleListener, Tuning } from './receiver.ts';
import { encodeCommand, type Tuner } from './rtl-tcp-codec.ts';
import { openRtlTcp, type RtlTcpConnection } from './rtl-tcp-connection.ts';

export interface RtlTcpOptions {
  host: string;
  port: number;
  sampleRateHz: number;
  /** Error of the dongle's crystal, parts per million. */
  correctionPpm: number;
}

// A retune shows after about two blocks.
const SETTLING_MS = 50;
const FIRST_RETRY_MS = 100;
const MOST_RETRY_MS = 1_000;

/** The dongle behind an rtl_tcp server. Always connected or trying to be; settings are sent again after every reconnect. */
export function createRtlTcpReceiver(options: RtlTcpOptions, clock: Clock, logger: Logger): Receiver {
  const listeners = new Set<SampleListener>();
  const waiting = new Set<(facts: ReceiverFacts) => void>();
  let connection: RtlTcpConnection | undefined;
  let sampleClock: SampleClock = createSampleClock(options.sampleRateHz);
  let facts: ReceiverFacts | undefined;
  let tuning: Tuning | undefined;
  let settledMs = 0;
  let failures = 0;
  let lastError = `rtl_tcp at ${options.host}:${options.port} has not answered yet`;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  function open(): void {
    connection = openRtlTcp(options, { onTuner, onSamples, onEnd });
  }

  function onTuner(tuner: Tuner): void {
    facts = {
      tuner: tuner.name,
      gainsDb: tuner.gainsDb,
      lowestHz: tuner.lowestHz,
      highestHz: tuner.highestHz,
      sampleRateHz: options.sampleRateHz,
    };
    sampleClock = createSampleClock(options.sampleRateHz);
    connection?.send(
      Buffer.concat([
        encodeCommand({ kind: 'rate', hz: options.sampleRateHz }),
        encodeCommand({ kind: 'correction', ppm: options.correctionPpm }),
        encodeCommand({ kind: 'agc_off' }),
        encodeCommand({ kind: 'manual_gain' }),
      ]),
    );
    sendTuning();
    logger.info({ tuner: tuner.name, host: options.host, port: options.port }, 'receiver streams');
    for (const tell of waiting) tell(facts);
  }

  function sendTuning(): void {
    if (tuning)
      connection?.send(
        Buffer.concat([
          encodeCommand({ kind: 'gain', db: tuning.gainDb }),
          encodeCommand({ kind: 'frequency', hz: tuning.centerFrequencyHz }),
        ]),
      );
    settledMs = clock.monotonicMs() + SETTLING_MS;
  }

  function onSamples(iq: Uint8Array): void {
    failures = 0;
    const firstIndex = sampleClock.next;
    const gap = sampleClock.arrived(iq.length / 2, clock.monotonicMs());
    const firstMs = sampleClock.timeOf(firstIndex);
    for (const listener of listeners) listener.onSamples({ iq, firstIndex, firstMs });
    if (!gap) return;
    logger.warn({ samples: gap.samples }, 'samples are missing');
    for (const listener of listeners) listener.onGap(gap);
  }

  function onEnd(error: SkyScanError): void {
    facts = undefined;
    connection = undefined;
    if (error.message !== lastError) logger.warn(error.message);
    lastError = error.message;
    for (const listener of [...listeners]) listener.onLost(error);
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
      if (tuning?.centerFrequencyHz === wanted.centerFrequencyHz && tuning.gainDb === wanted.gainDb) return;
      tuning = { ...wanted };
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
    close() {
      closed = true;
      clearTimeout(retry);
      connection?.close();
    },
  };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
