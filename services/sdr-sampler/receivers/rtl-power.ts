import { createBroadcast } from '#shared/runtime/broadcast';
import type { Clock } from '#shared/runtime/clock';
import { SkyScanError, errorKind } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { backoffMs, orAborted, sleep } from '#shared/runtime/waiting';
import type { TimedRead } from '../engine/collect.ts';
import { SPAN_HZ, planSpan } from '../domain/power-span.ts';
import { deferred } from '../engine/deferred.ts';
import {
  checkFrequency,
  checkReadCount,
  checkWholeSeconds,
  correctionPpm,
  nearestGainDb,
  reachesFrequency,
  type ReadSettings,
} from '../domain/settings.ts';
import type { Sampler } from '../engine/sampler.ts';
import { createBoundedMutex } from '../engine/bounded-mutex.ts';
import { readOfLines } from './line-reads.ts';
import type { LocalDongle } from './local-dongle.ts';
import type { ReceiverFacts } from '../engine/receiver.ts';
import { startPowerRun, type PowerRun, type PowerSetting, type TimedLine } from './rtl-power-run.ts';
import type { Tuner, TunerName } from './tuners.ts';

/** A running process. */
interface Running {
  setting: PowerSetting;
  run: PowerRun;
  opened: Promise<{ tuner: Tuner; gainDb: number }>;
  /** Its lines; closed when the process is lost. */
  lines: ReturnType<typeof createBroadcast<TimedLine>>;
  lost: SkyScanError | undefined;
}

const OPEN_TIMEOUT_MS = 3_000;
// Time to open a dongle, for a discarded line, a late line and one restart.
const MARGIN_MS = 7_000;
const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 1_000;
const LINES_KEPT = 1_000;
const LINE_MS = 1_000;
/** rtl_power interprets `-g -10` as automatic gain. */
const MIN_GAIN_DB = -9.9;
/** For `describe` before the first tuning. */
const ANY_SETTINGS: ReadSettings = { centerFrequencyHz: 1e8, bandwidthHz: 1e6, gainDb: 0, readMs: LINE_MS };

/**
 * Measures with rtl_power: reads of whole seconds; one process runs as long as the settings stay
 * the same.
 */
export function createRtlPowerSampler(
  dongle: LocalDongle,
  options: { correctionPpm: number; tuner?: TunerName | undefined },
  clock: Clock,
  logger: Logger,
): Sampler {
  const runExclusive = createBoundedMutex();
  const streams = new Set<Running>();
  let running: Running | undefined;
  let tuner: Tuner | undefined;
  let biasTee = false;
  let lastError = '';

  function settingFor(settings: ReadSettings): PowerSetting {
    checkWholeSeconds(settings.readMs);
    const { centerFrequencyHz, bandwidthHz } = settings;
    const known = tuner;
    if (known) checkFrequency(centerFrequencyHz, known);
    const span = planSpan(
      centerFrequencyHz,
      bandwidthHz,
      known && ((hz) => reachesFrequency(hz, centerFrequencyHz, known)),
    );
    const ppm = correctionPpm(settings.frequencyCorrectionPpm, options.correctionPpm);
    return {
      span,
      gainDb: Math.max(MIN_GAIN_DB, tuner ? nearestGainDb(settings.gainDb, tuner.gainsDb) : settings.gainDb),
      correctionPpm: ppm,
      biasTee: settings.biasTee ?? false,
    };
  }

  function start(setting: PowerSetting): Running {
    const opening = deferred<{ tuner: Tuner; gainDb: number }>();
    opening.promise.catch(() => undefined);
    const lines = createBroadcast<TimedLine>(LINES_KEPT);
    const run = startPowerRun(
      dongle,
      setting,
      options.tuner,
      {
        onOpen(found, gainDb) {
          tuner = found;
          logger.info({ tuner: found.name, gainDb }, 'receiver streams');
          // The actual gain: a request for the original one must not restart the process.
          started.setting = { ...setting, gainDb };
          opening.resolve({ tuner: found, gainDb });
        },
        onLine: (line) => lines.publish(line),
        onLost(error) {
          if (error.message !== lastError) logger.warn(error.message);
          lastError = error.message;
          started.lost = error;
          if (running === started) running = undefined;
          opening.reject(error);
          lines.close();
        },
      },
      clock,
      logger,
    );
    biasTee ||= setting.biasTee;
    const started: Running = { setting, run, opened: opening.promise, lines, lost: undefined };
    return started;
  }

  /** Returns the process for these settings; ends one with other settings. */
  async function runFor(setting: PowerSetting): Promise<Running> {
    if (running && sameSetting(running.setting, setting)) return running;
    if (running) {
      if (streams.has(running))
        throw new SkyScanError('busy', 'the receiver streams with other settings for another client');
      await end();
    }
    running = start(setting);
    return running;
  }

  async function end(): Promise<void> {
    const ending = running;
    running = undefined;
    await ending?.run.end();
    ending?.lines.close();
  }

  /** Opens the dongle, with retries. */
  async function open(
    settings: ReadSettings,
    signal: AbortSignal,
  ): Promise<{ current: Running; gainDb: number }> {
    const untilMs = clock.monotonicMs() + OPEN_TIMEOUT_MS;
    for (let attempt = 0; ; attempt++)
      try {
        const current = await runFor(settingFor(settings));
        const opened = await orAborted(current.opened, signal);
        // Now that the tuner is known, the span may have to be on the other side of the channel.
        if (settingFor(settings).span.lowHz !== current.setting.span.lowHz) continue;
        return { current, gainDb: opened.gainDb };
      } catch (error) {
        signal.throwIfAborted();
        const retryMs = backoffMs(attempt, FIRST_RETRY_MS, MAX_RETRY_MS);
        if (errorKind(error) !== 'unavailable' || clock.monotonicMs() + retryMs > untilMs) throw error;
        await sleep(retryMs, signal);
      }
  }

  /** Reads from lines that start after `notBeforeMs`. Throws when the process is lost. */
  async function* readsOf(
    current: Running,
    readMs: number,
    notBeforeMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<TimedRead> {
    const wanted = readMs / LINE_MS;
    let taken: TimedLine[] = [];
    let straddles = true;
    for await (const line of current.lines.subscribe(signal)) {
      // The first line after that started before it, or contains the settling of the tuner.
      if (straddles) straddles = line.endedMs < notBeforeMs;
      else taken.push(line);
      if (taken.length < wanted) continue;
      yield readOfLines(taken, LINE_MS);
      taken = [];
    }
    signal.throwIfAborted();
    throw current.lost ?? new SkyScanError('unavailable', `rtl_power of dongle ${dongle.serial} was ended`);
  }

  return {
    // The start of its one-second intervals is not under control.
    timesReads: false,
    async describe(settings, signal) {
      if (settings) settingFor(settings);
      return await runExclusive(signal, async () => {
        const current = running ?? (await open(settings ?? ANY_SETTINGS, signal)).current;
        const { tuner: found } = await orAborted(current.opened, signal);
        if (settings) settingFor(settings);
        return { ...factsOf(found), warning: dongle.warning };
      });
    },
    async measure(settings, reads, signal, notBeforeMs = clock.monotonicMs()) {
      settingFor(settings);
      checkReadCount(reads, settings.readMs);
      return await runExclusive(signal, async () => {
        const dwellMs = reads * settings.readMs;
        const untilMs = Math.max(clock.monotonicMs(), notBeforeMs) + dwellMs + MARGIN_MS;
        for (;;) {
          const { current, gainDb } = await open(settings, signal);
          const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(untilMs - clock.monotonicMs())));
          const either = AbortSignal.any([signal, timeout]);
          try {
            return { reads: await take(current, settings.readMs, reads, notBeforeMs, either), gainDb };
          } catch (error) {
            signal.throwIfAborted();
            if (timeout.aborted) throw tooFewLines();
            // Lost meanwhile: start again if there is enough time for all reads.
            if (clock.monotonicMs() + dwellMs > untilMs) throw error;
          }
        }
      });
    },
    async *stream(settings, signal) {
      const askedMs = clock.monotonicMs();
      settingFor(settings);
      const current = await runExclusive(signal, async () => {
        const opened = await open(settings, signal);
        streams.add(opened.current);
        return opened.current;
      });
      try {
        yield* readsOf(current, settings.readMs, askedMs, signal);
      } finally {
        streams.delete(current);
      }
    },
    goIdle() {
      void runExclusive(new AbortController().signal, release).catch((error: unknown) =>
        logger.warn({ err: error }, 'cannot become idle'),
      );
    },
    close: release,
  };

  async function take(
    current: Running,
    readMs: number,
    count: number,
    notBeforeMs: number,
    signal: AbortSignal,
  ): Promise<TimedRead[]> {
    const reads: TimedRead[] = [];
    for await (const read of readsOf(current, readMs, notBeforeMs, signal)) {
      reads.push(read);
      if (reads.length === count) break;
    }
    return reads;
  }

  function tooFewLines(): SkyScanError {
    return new SkyScanError('unavailable', `rtl_power of dongle ${dongle.serial}: too few lines in time`);
  }

  async function release(): Promise<void> {
    await end();
    if (!biasTee) return;
    biasTee = false;
    await dongle.biasTeeOff();
  }
}

function factsOf(tuner: Tuner): ReceiverFacts {
  return {
    tuner: tuner.name,
    gainsDb: tuner.gainsDb,
    bandsHz: tuner.bandsHz,
    sampleRateHz: SPAN_HZ,
  };
}

function sameSetting(a: PowerSetting, b: PowerSetting): boolean {
  return (
    a.span.lowHz === b.span.lowHz &&
    a.span.bins === b.span.bins &&
    a.span.channelLowHz === b.span.channelLowHz &&
    a.span.channelHighHz === b.span.channelHighHz &&
    a.gainDb === b.gainDb &&
    a.correctionPpm === b.correctionPpm &&
    a.biasTee === b.biasTee
  );
}
