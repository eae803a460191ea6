import type { Clock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { backoffMs, orAborted } from '#shared/runtime/waiting';
import type { MarkerPhase } from '../domain/marker.ts';
import { createRateWatch, type RateCheck } from '../domain/rate-check.ts';
import { createSampleTimes, type SampleTimes } from '../domain/sample-times.ts';
import { createLatenessProbe, SEARCH_MS, type LatenessProbe } from './lateness-probe.ts';
import {
  sameTuning,
  type Receiver,
  type ReceiverFacts,
  type SampleListener,
  type Tuning,
} from '../engine/receiver.ts';
import { createReadiness } from './readiness.ts';
import type { RtlTcpConnection, RtlTcpHandlers } from './rtl-tcp-connection.ts';
import { createSettingsSender } from './rtl-tcp-settings.ts';
import {
  MAX_LATENESS_MS,
  MAX_UNTIMED_MS,
  noAnswer,
  noEffect,
  tooLate,
  untimed,
  wrongRate,
} from './rtl-tcp-errors.ts';
import { CONNECTED_SETTLING_MS, createSettling } from './settling.ts';
import type { Tuner } from './tuners.ts';

export interface RtlTcpOptions {
  /** Opens a connection to the server, which may be a child process. */
  open(handlers: RtlTcpHandlers): RtlTcpConnection;
  /** Name of the receiver in messages. */
  title: string;
  sampleRateHz: number;
  /** The server is a child process: no other client can change its settings. */
  ownServer: boolean;
  /** A problem of a receiver that streams nevertheless. */
  warning?(): string | undefined;
}

/** After this long without a request, another client or session may have changed any setting. */
const SETTINGS_VALID_MS = 10_000;
/** The lateness of a link changes: it is measured again after this time. */
const RECHECK_MS = 60_000;
/** If the lateness grew by more than this fraction of the gap, samples are late, not lost. */
const LATER_SHARE = 0.5;
const RECONNECT_TIMEOUT_MS = 3_000;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 1_000;

/**
 * A dongle behind an rtl_tcp server. Stays connected and sends the settings again after every
 * reconnect. Measures how late samples arrive, except with a child process
 * (docs/adr/0018-lateness-measured-by-gain-steps.md).
 */
export function createRtlTcpReceiver(options: RtlTcpOptions, clock: Clock, logger: Logger): Receiver {
  const { title, sampleRateHz, ownServer } = options;
  const listeners = new Set<SampleListener>();
  /** Set while it streams at the right rate. */
  const ready = createReadiness<ReceiverFacts>();
  let connection: RtlTcpConnection | undefined;
  let times: SampleTimes = createSampleTimes(sampleRateHz, !ownServer);
  let rateWatch: RateCheck = createRateWatch(sampleRateHz, false);
  let probe: LatenessProbe | undefined;
  /** From the header; the receiver is ready once the sample rate has been checked. */
  let announced: ReceiverFacts | undefined;
  let tuning: Tuning | undefined;
  const settling = createSettling(clock);
  const sender = createSettingsSender((bytes) => connection?.send(bytes), sampleRateHz, settling, clock);
  /** When a request last used these settings. */
  let tunedMs = -Infinity;
  /** When the lateness was measured. */
  let checkedMs: number | undefined;
  let checking: Promise<void> | undefined;
  /**
   * A slightly wrong rate shows only after some seconds: the next connection is observed for that
   * long.
   */
  let wrongRateBefore = false;
  let failures = 0;
  let lastError: string | undefined;
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
    times = createSampleTimes(sampleRateHz, !ownServer);
    rateWatch = createRateWatch(sampleRateHz, wrongRateBefore);
    probe = createLatenessProbe({ sampleRateHz, times, sendGain: sendMarkerGain }, clock);
    checkedMs = undefined;
    sender.sampleRate();
    if (tuning) {
      sender.biasTee(tuning, ownServer);
      sender.everything(tuning);
    }
    if (ownServer) settling.sent(CONNECTED_SETTLING_MS);
    else settling.awaitMeasurement();
  }

  function sendMarkerGain(gain: MarkerPhase['gain']): void {
    sender.gain((gain === 'low' ? Math.min : Math.max)(...(announced?.gainsDb ?? [])));
  }

  function onSamples(iq: Uint8Array): void {
    const nowMs = clock.monotonicMs();
    const { firstIndex, firstMs, gap } = times.arrived(iq.length / 2, nowMs);
    if (!hasRightRate(iq.length / 2, nowMs)) return;
    probe?.push(iq);
    settling.push(iq, firstMs);
    for (const listener of listeners) listener.onSamples({ iq, firstIndex, firstMs });
    if (!gap) return;
    logger.warn({ samples: gap.samples }, 'samples are missing or late');
    for (const listener of listeners) listener.onGap(gap);
  }

  /** Measures the lateness; all samples are invalid until it is known and the tuning restored. */
  function check(): Promise<void> {
    checking ??= measureLateness().finally(() => (checking = undefined));
    return checking;
  }

  async function measureLateness(): Promise<void> {
    checkedMs = undefined;
    settling.awaitMeasurement();
    if (!probe) throw new SkyScanError('unavailable', lastError ?? title);
    const result = await probe.run();
    if (tuning) sender.tuning(tuning);
    if (!result) throw noEffect(title, announced?.gainsDb ?? [], SEARCH_MS);
    if (times.latenessMs > MAX_LATENESS_MS) throw tooLate(title, times.latenessMs);
    if (times.latenessMs > 0) logger.warn({ latenessMs: times.latenessMs }, 'samples arrive late');
    checkedMs = clock.monotonicMs();
    const highestDb = Math.max(...(announced?.gainsDb ?? []));
    settling.measured(result, sampleRateHz, tuning ? highestDb - tuning.gainDb : 0);
  }

  /** A check in the background has failed: tells the listeners why there are no samples. */
  function report(error: unknown): void {
    const reason =
      error instanceof SkyScanError ? error : new SkyScanError('unavailable', title, { cause: error });
    for (const listener of [...listeners]) listener.onLost(reason);
  }

  /** False until the rate has been checked, and when it is wrong. */
  function hasRightRate(samples: number, atMs: number): boolean {
    const verdict = rateWatch.arrived(samples, atMs);
    if (typeof verdict === 'object') {
      wrongRateBefore = ready.value !== undefined || wrongRateBefore;
      refuse(wrongRate(title, verdict.measuredHz, sampleRateHz));
      return false;
    }
    if (!ready.value && verdict === 'right' && announced) {
      ready.set(announced);
      failures = 0;
      wrongRateBefore = false;
      if (tuning && !ownServer) check().catch((error: unknown) => report(error));
      logger.info({ tuner: announced.tuner, receiver: title }, 'receiver streams');
    }
    return ready.value !== undefined;
  }

  /** Closes an unusable connection; the next one is checked again. */
  function refuse(error: SkyScanError): void {
    const refused = connection;
    lose(error);
    // A child process must release its dongle first.
    void refused?.close().then(reopen);
  }

  function onEnd(error: SkyScanError): void {
    lose(error);
    reopen();
  }

  function lose(error: SkyScanError): void {
    announced = undefined;
    ready.set(undefined);
    connection = undefined;
    probe?.end(error);
    probe = undefined;
    if (error.message !== lastError) logger.warn({ receiver: title }, error.message);
    lastError = error.message;
    for (const listener of [...listeners]) listener.onLost(error);
  }

  function reopen(): void {
    if (!closed) retry = setTimeout(open, backoffMs(failures++, FIRST_RETRY_MS, MAX_RETRY_MS));
  }

  function isInDoubt(nowMs: number): boolean {
    if (!tuning) return true;
    return !ownServer && (checkedMs === undefined || times.inDoubt || nowMs - tunedMs > SETTINGS_VALID_MS);
  }

  function notReady(withinMs: number): string {
    return lastError ?? (ownServer ? `${title} has not answered yet` : noAnswer(title, withinMs));
  }

  open();
  return {
    ready: (withinMs, signal) => ready.wait(withinMs, signal, () => notReady(withinMs)),
    async tune(wanted, signal) {
      const earlier = checking?.catch(() => undefined);
      if (earlier) await orAborted(earlier, signal);
      const nowMs = clock.monotonicMs();
      const inDoubt = isInDoubt(nowMs);
      tunedMs = nowMs;
      if (tuning && sameTuning(tuning, wanted) && !inDoubt) return;
      sender.biasTee(wanted, ownServer && !tuning);
      tuning = { ...wanted };
      if (!inDoubt) sender.tuning(tuning);
      else sender.everything(tuning);
      if (!inDoubt || ownServer) return;
      const used = connection;
      try {
        await orAborted(check(), signal);
      } catch (error) {
        if (signal.aborted || (used && used === connection)) throw error;
        // The next connection is checked automatically.
        await ready.wait(RECONNECT_TIMEOUT_MS, signal, () => notReady(RECONNECT_TIMEOUT_MS));
      }
    },
    refresh(unlessSentAfterMs = Infinity) {
      if (!tuning || ownServer || checking || sender.sentMs > unlessSentAfterMs) return;
      const nowMs = clock.monotonicMs();
      if (nowMs - tunedMs > SETTINGS_VALID_MS) sender.everything(tuning);
      else sender.tuning(tuning);
      tunedMs = nowMs;
    },
    recheck() {
      if (ownServer || checking || checkedMs === undefined) return;
      if (clock.monotonicMs() - checkedMs > RECHECK_MS) check().catch((error: unknown) => report(error));
    },
    async gapsAreLosses(signal) {
      if (ownServer) return true;
      if (!times.inDoubt) return false;
      const { latenessMs, gapsMs } = times;
      try {
        await orAborted(check(), signal);
      } catch {
        signal.throwIfAborted();
        return true;
      }
      return times.latenessMs - (latenessMs - gapsMs) < LATER_SHARE * gapsMs;
    },
    get latenessMs() {
      return times.latenessMs;
    },
    get inDoubt() {
      return times.inDoubt;
    },
    get untimed() {
      const { latenessMs, inDoubt } = times;
      return inDoubt || latenessMs > MAX_UNTIMED_MS ? untimed(latenessMs) : undefined;
    },
    goIdle() {
      if (!tuning?.biasTee) return;
      tuning = { ...tuning, biasTee: false };
      sender.biasTee(tuning);
    },
    get settledMs() {
      return settling.settledMs;
    },
    get late() {
      return times.late;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      probe?.end(new SkyScanError('unavailable', `${title} is closed`));
      await connection?.close(sender.biasTeeOffCommand);
    },
  };
}
