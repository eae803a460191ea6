import type { Clock } from '#shared/runtime/clock';
import { errorMessage, type SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { createLineSplitter } from '#shared/runtime/lines';
import { isBlogV4, tuningFailure, type DeviceReport } from '../domain/device-report.ts';
import { createDropCounter, MAX_DROPS_PER_LINE, SAMPLES_PER_DROP } from '../domain/dropped-samples.ts';
import { LineSilence, TICK_MS } from '../domain/line-silence.ts';
import { PowerSweep, type SweptPower } from '../domain/power-sweep.ts';
import { nearestGainDb } from '../domain/settings.ts';
import { DongleProgram } from './dongle-program.ts';
import type { LocalDongle } from './local-dongle.ts';
import { powerArguments, type PowerSetting } from './power-setting.ts';
import { knownTuner, TUNER_NAMES, tunerNamed, type Tuner, type TunerName } from './tuners.ts';

/** The levels of about one second. */
export interface TimedLine extends Omit<SweptPower, 'endedUnixMs'> {
  droppedSamples: number;
  /**
   * At or before its last sample, monotonic milliseconds: the next line may contain samples from
   * then on.
   */
  endedMs: number;
}

export interface PowerRunOptions {
  dongle: LocalDongle;
  setting: PowerSetting;
  /** Overrides the reported tuner. */
  tuner: TunerName | undefined;
}

export interface PowerRunHandlers {
  /** The dongle is open. */
  onOpen(tuner: Tuner, gainDb: number): void;
  onLine(line: TimedLine): void;
  /** Called once after the process has ended, except after `end`. */
  onLost(error: SkyScanError): void;
}

const MAX_LINE = 64 * 1024;
const DROPPED = 'Error: dropped samples.';
const END_TIMEOUT_MS = 500;

/**
 * Runs rtl_power over one span, one line per second. rtl_power does not detect that its dongle is
 * gone, so repeated lines, floods of `dropped samples` and silence end it, with SIGKILL, because a
 * stalled one ignores other signals.
 */
export class PowerRun {
  readonly #options: PowerRunOptions;
  readonly #handlers: PowerRunHandlers;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #program: DongleProgram;
  readonly #sweep: PowerSweep;
  readonly #lines = createLineSplitter(MAX_LINE, 'drop');
  readonly #drops = createDropCounter();
  readonly #silence = new LineSilence();
  readonly #watchdog = setInterval(() => this.#tick(), TICK_MS);
  #isOpen = false;
  /**
   * librtlsdr sets the rate before the frequency, and an R820T then reports once that it has not
   * locked to 0 Hz.
   */
  #expectsUnlocked = true;
  #isOver = false;

  constructor(options: PowerRunOptions, handlers: PowerRunHandlers, clock: Clock, logger: Logger) {
    this.#options = options;
    this.#handlers = handlers;
    this.#clock = clock;
    this.#logger = logger;
    this.#sweep = new PowerSweep(options.setting.span);
    this.#program = new DongleProgram('rtl_power', options.dongle, {
      onStdout: (text) => {
        for (const line of this.#lines.push(text)) this.#take(line);
      },
      onLine: (line) => this.#isReport(line),
      onDongle: (report) => this.#checkTuner(report),
      onFailure: (reason) => this.#lose(reason),
    });
    this.#program.start((device) => powerArguments(options.setting, device));
  }

  async end(): Promise<void> {
    this.#release();
    await this.#program.end(END_TIMEOUT_MS);
  }

  #tick(): void {
    this.#drops.tick();
    if (this.#silence.tick())
      this.#lose(this.#isOpen ? this.#silence.description : 'did not open the dongle in time');
  }

  /** Ends the process when the line reports a fault. */
  #isReport(line: string): boolean {
    if (line.startsWith(DROPPED)) {
      if (this.#drops.dropped()) this.#lose('loses samples continuously: the dongle is gone');
      return false;
    }
    const fault = tuningFailure(line);
    if (fault === undefined || this.#isExpected(line)) return true;
    this.#lose(fault);
    return false;
  }

  #isExpected(line: string): boolean {
    if (!this.#expectsUnlocked || !line.includes('PLL not locked')) return false;
    this.#expectsUnlocked = false;
    return true;
  }

  /** The dongle is open when its tuner and the gain are known. */
  #checkTuner(report: DeviceReport): void {
    if (this.#isOpen || report.tuner === undefined || report.gainDb === undefined) return;
    const { tuner: expected } = this.#options;
    const tuner = expected ? knownTuner(expected) : tunerNamed(report.tuner, isBlogV4(report));
    if (tuner) {
      this.#open(tuner, report.gainDb);
      return;
    }
    const names = TUNER_NAMES.join(', tuner=');
    this.#lose(`has an unknown tuner, ${report.tuner.slice(0, 40)}; name it in RECEIVERS: tuner=${names}`);
  }

  /**
   * A fork may report tuner and gain in another format; a line of levels means that both are set.
   */
  #openWithLine(): void {
    const { dongle, setting, tuner: expected } = this.#options;
    const { report } = this.#program;
    if (!expected || dongle.check(report) !== 'right') return;
    const tuner = knownTuner(expected);
    this.#open(tuner, report.gainDb ?? nearestGainDb(setting.gainDb, tuner.gainsDb));
  }

  #open(tuner: Tuner, gainDb: number): void {
    this.#isOpen = true;
    this.#handlers.onOpen(tuner, gainDb);
  }

  #take(text: string): void {
    if (this.#isOver) return;
    if (!this.#isOpen) this.#openWithLine();
    if (!this.#isOpen) return;
    const swept = this.#sweptBy(text);
    if (!swept) return;
    const drops = this.#drops.takeLine();
    if (swept === 'repeated') this.#lose('repeats the same levels: the dongle is gone');
    else if (drops > MAX_DROPS_PER_LINE) this.#lose(`lost samples ${drops} times within a second`);
    else this.#deliver(swept, drops);
  }

  #sweptBy(text: string): SweptPower | 'repeated' | undefined {
    try {
      return this.#sweep.take(text);
    } catch (error) {
      // The silence lasts until a usable line follows.
      const problem = errorMessage(error);
      if (this.#silence.unusable(problem)) this.#logger.warn(problem);
      return undefined;
    }
  }

  #deliver({ endedUnixMs, ...power }: SweptPower, drops: number): void {
    this.#expectsUnlocked = false;
    this.#silence.usable();
    const endedMs = this.#clock.monotonicMs() - ageMs(endedUnixMs, this.#clock.unixMs());
    this.#handlers.onLine({ ...power, droppedSamples: drops * SAMPLES_PER_DROP, endedMs });
  }

  #release(): void {
    this.#isOver = true;
    clearInterval(this.#watchdog);
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.#release();
    void this.#program.kill(reason, this.#isOpen).then((error) => this.#handlers.onLost(error));
  }
}

/**
 * Age of a line. rtl_power prints whole seconds and writes a line right after the second has
 * changed.
 */
function ageMs(endedUnixMs: number, nowUnixMs: number): number {
  const age = nowUnixMs - endedUnixMs;
  return age >= 0 && age < 1_000 ? age : 0;
}
