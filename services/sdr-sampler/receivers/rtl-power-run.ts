import type { Clock } from '#shared/runtime/clock';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { emptyReport, hasNoDongle, isBlogV4, readReport, tuningFailure } from '../domain/device-report.ts';
import { createLineSplitter } from '#shared/runtime/lines';
import { spanArguments, type LinePower, type PowerSpan } from '../domain/power-span.ts';
import { createSweep } from '../domain/power-sweep.ts';
import { nearestGainDb } from '../domain/settings.ts';
import { startChild, type Child } from './child.ts';
import type { LocalDongle } from './local-dongle.ts';
import { knownTuner, TUNER_NAMES, tunerNamed, type Tuner, type TunerName } from './tuners.ts';

/** Settings of a process; other settings need another process. */
export interface PowerSetting {
  span: PowerSpan;
  gainDb: number;
  correctionPpm: number;
  biasTee: boolean;
}

/** The levels of about one second. */
export interface TimedLine extends LinePower {
  droppedSamples: number;
  /**
   * At or before its last sample, monotonic milliseconds: the next line may contain samples from
   * then on.
   */
  endedMs: number;
}

export interface PowerRunHandlers {
  /** The dongle is open. */
  onOpen(tuner: Tuner, gainDb: number): void;
  onLine(line: TimedLine): void;
  /** Called once after the process has ended, except after `end`. */
  onLost(error: SkyScanError): void;
}

/** One rtl_power process. */
export interface PowerRun {
  end(): Promise<void>;
}

const MAX_LINE = 64 * 1024;
const TICK_MS = 250;
const START_TIMEOUT_TICKS = 24;
// A line arrives every second.
const SILENT_TICKS = 8;
const DROPPED = 'Error: dropped samples.';
/** Samples of one read of rtl_power; each `dropped samples` message stands for about one read. */
const SAMPLES_PER_DROP = 8_192;
// A lost dongle causes thousands per second; rtl_power then averages the last block repeatedly.
const MAX_DROPS_PER_TICK = 20;
const MAX_DROPS_PER_LINE = 40;
const END_TIMEOUT_MS = 500;

/**
 * Runs rtl_power over one span, one line per second. rtl_power does not detect that its dongle is
 * gone, so repeated lines, floods of `dropped samples` and silence end it, with SIGKILL, because a
 * stalled one ignores other signals. `expected` overrides the reported tuner.
 */
export function startPowerRun(
  dongle: LocalDongle,
  setting: PowerSetting,
  expected: TunerName | undefined,
  handlers: PowerRunHandlers,
  clock: Clock,
  logger: Logger,
): PowerRun {
  let report = emptyReport();
  const lines = createLineSplitter(MAX_LINE, 'drop');
  let opened = false;
  /** The program has listed the dongles and is ending. */
  let listed = false;
  let hasLines = false;
  let unlocked = 0;
  let over = false;
  let ticks = 0;
  let dropsInTick = 0;
  let dropsInLine = 0;
  let lastProblem = '';
  const sweep = createSweep(setting.span);
  let silentTicks = START_TIMEOUT_TICKS;

  let child = start();
  const watchdog = setInterval(() => {
    dropsInTick = 0;
    if (++ticks >= silentTicks)
      lose(
        opened
          ? `has sent no usable line for ${(ticks * TICK_MS) / 1000} s${lastProblem}`
          : 'did not open the dongle in time',
      );
  }, TICK_MS);

  function start(): Child {
    const started = startChild('rtl_power', argumentsOf(setting, dongle.argument), {
      onStdout(text) {
        for (const line of lines.push(text)) take(line);
      },
      onStderrLine: listen,
      onExit(reason) {
        if (!listed && child === started) lose(report.failure ?? reason);
      },
    });
    return started;
  }

  /** If the program has opened a dongle, it is the wrong one. */
  async function startAgain(): Promise<void> {
    listed = true;
    await child.end(0);
    listed = false;
    report = emptyReport();
    if (!over) child = start();
  }

  function listen(line: string): void {
    if (over || listed) return;
    if (line.startsWith(DROPPED)) {
      dropsInLine++;
      if (++dropsInTick > MAX_DROPS_PER_TICK) lose('loses samples continuously: the dongle is gone');
      return;
    }
    const refused = tuningFailure(line);
    if (refused && !isOfTheStart(line)) {
      lose(refused);
      return;
    }
    readReport(report, line);
    const verdict = dongle.check(report);
    if (verdict === 'unknown yet' || opened) return;
    if (verdict === 'looked up') {
      void startAgain();
      return;
    }
    if (verdict !== 'right') {
      lose(verdict.wrong);
      return;
    }
    if (report.tuner === undefined || report.gainDb === undefined) return;
    const tuner = expected ? knownTuner(expected) : tunerNamed(report.tuner, isBlogV4(report));
    if (!tuner) {
      const names = TUNER_NAMES.join(', tuner=');
      lose(`has an unknown tuner, ${report.tuner.slice(0, 40)}; name it in RECEIVERS: tuner=${names}`);
      return;
    }
    open(tuner, report.gainDb);
  }

  /**
   * librtlsdr sets the rate before the frequency, and an R820T then reports once that it has not
   * locked to 0 Hz.
   */
  function isOfTheStart(line: string): boolean {
    return !hasLines && line.includes('PLL not locked') && unlocked++ === 0;
  }

  function open(tuner: Tuner, gainDb: number): void {
    opened = true;
    handlers.onOpen(tuner, gainDb);
  }

  function take(text: string): void {
    if (over) return;
    // A fork may report tuner and gain in another format; a line of levels means that both are set.
    if (!opened && expected && dongle.check(report) === 'right') {
      const tuner = knownTuner(expected);
      open(tuner, report.gainDb ?? nearestGainDb(setting.gainDb, tuner.gainsDb));
    }
    if (!opened) return;
    try {
      const swept = sweep.take(text);
      if (!swept) return;
      const drops = dropsInLine;
      dropsInLine = 0;
      if (swept === 'repeated') {
        lose('repeats the same levels: the dongle is gone');
        return;
      }
      if (drops > MAX_DROPS_PER_LINE) {
        lose(`lost samples ${drops} times within a second`);
        return;
      }
      hasLines = true;
      ticks = 0;
      silentTicks = SILENT_TICKS;
      lastProblem = '';
      const { endedUnixMs, ...power } = swept;
      const endedMs = clock.monotonicMs() - ageMs(endedUnixMs);
      handlers.onLine({ ...power, droppedSamples: drops * SAMPLES_PER_DROP, endedMs });
    } catch (error) {
      // Does not reset the watchdog: it ends the process unless a usable line follows.
      const problem = `: ${errorMessage(error)}`;
      if (problem !== lastProblem) logger.warn(errorMessage(error));
      lastProblem = problem;
    }
  }

  /**
   * Age of the line. rtl_power prints whole seconds and writes a line right after the second has
   * changed.
   */
  function ageMs(endedUnixMs: number): number {
    const age = clock.unixMs() - endedUnixMs;
    return age >= 0 && age < 1_000 ? age : 0;
  }

  function lose(reason: string): void {
    if (over) return;
    over = true;
    clearInterval(watchdog);
    // The dongle may have been unplugged: another one may get its index.
    if (opened || hasNoDongle(report)) dongle.forgetIndex();
    const error = new SkyScanError('unavailable', `rtl_power of dongle ${dongle.serial}: ${reason}`);
    void child.end(0).then(() => handlers.onLost(error));
  }

  return {
    async end() {
      over = true;
      clearInterval(watchdog);
      await child.end(END_TIMEOUT_MS);
    },
  };
}

function argumentsOf({ span, gainDb, correctionPpm, biasTee }: PowerSetting, device: string): string[] {
  return [
    ...[...spanArguments(span), '-i', '1', '-g', gainDb.toFixed(1), '-d', device],
    ...(correctionPpm === 0 ? [] : ['-p', String(correctionPpm)]),
    ...(biasTee ? ['-T'] : []),
    '-',
  ];
}
