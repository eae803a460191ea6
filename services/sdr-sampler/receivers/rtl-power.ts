import type { Clock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { orAborted } from '#shared/runtime/waiting';
import { SPAN_HZ } from '../domain/power-span.ts';
import { checkReadCount, type ReadSettings } from '../domain/settings.ts';
import { createBoundedMutex } from '../engine/bounded-mutex.ts';
import type { TimedRead } from '../engine/collect.ts';
import type { ReceiverFacts } from '../engine/receiver.ts';
import type { Sampler } from '../engine/sampler.ts';
import type { LocalDongle } from './local-dongle.ts';
import { LINE_MS, type PowerProcess } from './power-process.ts';
import { PowerProcesses, type PowerProcessesOptions } from './power-processes.ts';
import type { Tuner } from './tuners.ts';

// Time to open a dongle, for a discarded line, a late line and one restart.
const MARGIN_MS = 7_000;
/** For `describe` before the first tuning. */
const ANY_SETTINGS: ReadSettings = { centerFrequencyHz: 1e8, bandwidthHz: 1e6, gainDb: 0, readMs: LINE_MS };

/** Measures with rtl_power: reads of whole seconds. */
export function createRtlPowerSampler(
  dongle: LocalDongle,
  options: PowerProcessesOptions,
  clock: Clock,
  logger: Logger,
): Sampler {
  const runExclusive = createBoundedMutex();
  const processes = new PowerProcesses(dongle, options, clock, logger);

  return {
    // The start of its one-second intervals is not under control.
    timesReads: false,
    recordsIq: false,
    async describe(settings, signal) {
      if (settings) processes.check(settings);
      return await runExclusive(signal, async () => {
        const process = processes.running ?? (await processes.open(settings ?? ANY_SETTINGS, signal)).process;
        const { tuner } = await orAborted(process.opened, signal);
        if (settings) processes.check(settings);
        return { ...factsOf(tuner), warning: dongle.warning };
      });
    },
    async measure(settings, reads, signal, notBeforeMs = clock.monotonicMs()) {
      processes.check(settings);
      checkReadCount(reads, settings);
      return await runExclusive(signal, async () => {
        const dwellMs = reads * settings.readMs;
        const untilMs = Math.max(clock.monotonicMs(), notBeforeMs) + dwellMs + MARGIN_MS;
        for (;;) {
          const { process, gainDb } = await processes.open(settings, signal);
          const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(untilMs - clock.monotonicMs())));
          const either = AbortSignal.any([signal, timeout]);
          try {
            return { reads: await take(process, settings, reads, notBeforeMs, either), gainDb };
          } catch (error) {
            signal.throwIfAborted();
            if (timeout.aborted)
              throw new SkyScanError(
                'unavailable',
                `rtl_power of dongle ${dongle.serial}: too few lines in time`,
              );
            // Lost meanwhile: start again if there is enough time for all reads.
            if (clock.monotonicMs() + dwellMs > untilMs) throw error;
          }
        }
      });
    },
    async *stream(settings, signal) {
      const askedMs = clock.monotonicMs();
      processes.check(settings);
      const [process, stopKeeping] = await runExclusive(signal, async () => {
        const opened = await processes.open(settings, signal);
        return [opened.process, processes.keep(opened.process)] as const;
      });
      try {
        yield* process.reads(settings, askedMs, signal);
      } finally {
        stopKeeping();
      }
    },
    record: () =>
      Promise.reject(
        new SkyScanError(
          'unsupported',
          `rtl_power of dongle ${dongle.serial} delivers levels only, no samples`,
        ),
      ),
    goIdle() {
      void runExclusive(new AbortController().signal, () => processes.release()).catch((error: unknown) =>
        logger.warn({ err: error }, 'cannot become idle'),
      );
    },
    close: () => processes.release(),
  };
}

async function take(
  process: PowerProcess,
  settings: ReadSettings,
  count: number,
  notBeforeMs: number,
  signal: AbortSignal,
): Promise<TimedRead[]> {
  const reads: TimedRead[] = [];
  for await (const read of process.reads(settings, notBeforeMs, signal)) {
    reads.push(read);
    if (reads.length === count) break;
  }
  return reads;
}

function factsOf(tuner: Tuner): ReceiverFacts {
  return {
    tuner: tuner.name,
    gainsDb: tuner.gainsDb,
    bandsHz: tuner.bandsHz,
    sampleRateHz: SPAN_HZ,
  };
}
