import { createBroadcast } from '#shared/runtime/broadcast';
import type { Clock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { TimedRead } from '../engine/collect.ts';
import { deferred } from '../engine/deferred.ts';
import type { ReadSettings } from '../domain/settings.ts';
import { readOfLines } from './line-reads.ts';
import type { PowerSetting } from './power-setting.ts';
import { PowerRun, type PowerRunOptions, type TimedLine } from './rtl-power-run.ts';
import type { Tuner } from './tuners.ts';

/** A running rtl_power. */
export interface PowerProcess {
  /** With the actual gain once the dongle is open: a request for the original one is the same. */
  readonly setting: PowerSetting;
  /** Resolves once the dongle is open; rejects when the process is lost before. */
  readonly opened: Promise<OpenDongle>;
  /** Reads from lines that start after `notBeforeMs`. Throws when the process is lost. */
  reads(settings: ReadSettings, notBeforeMs: number, signal: AbortSignal): AsyncGenerator<TimedRead>;
  end(): Promise<void>;
}

export interface OpenDongle {
  tuner: Tuner;
  gainDb: number;
}

const LINES_KEPT = 1_000;
export const LINE_MS = 1_000;

export function startPowerProcess(
  options: PowerRunOptions,
  onLost: (error: SkyScanError) => void,
  clock: Clock,
  logger: Logger,
): PowerProcess {
  const opening = deferred<OpenDongle>();
  opening.promise.catch(() => undefined);
  /** Closed when the process is lost. */
  const lines = createBroadcast<TimedLine>(LINES_KEPT);
  let { setting } = options;
  let lost: SkyScanError | undefined;
  const run = new PowerRun(
    options,
    {
      onOpen(tuner, gainDb) {
        logger.info({ tuner: tuner.name, gainDb }, 'receiver streams');
        setting = { ...setting, gainDb };
        opening.resolve({ tuner, gainDb });
      },
      onLine: (line) => lines.publish(line),
      onLost(error) {
        lost = error;
        onLost(error);
        opening.reject(error);
        lines.close();
      },
    },
    clock,
    logger,
  );

  return {
    get setting() {
      return setting;
    },
    opened: opening.promise,
    async *reads({ readMs, spectrum }, notBeforeMs, signal) {
      const wanted = readMs / LINE_MS;
      let taken: TimedLine[] = [];
      let straddles = true;
      for await (const line of lines.subscribe(signal)) {
        // The first line after that started before it, or contains the settling of the tuner.
        if (straddles) straddles = line.endedMs < notBeforeMs;
        else taken.push(line);
        const [first, ...others] = taken;
        if (!first || taken.length < wanted) continue;
        yield readOfLines([first, ...others], LINE_MS, spectrum !== undefined);
        taken = [];
      }
      signal.throwIfAborted();
      const { serial } = options.dongle;
      throw lost ?? new SkyScanError('unavailable', `rtl_power of dongle ${serial} was ended`);
    },
    async end() {
      await run.end();
      lines.close();
    },
  };
}
