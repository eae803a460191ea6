import type { Clock } from '#shared/runtime/clock';
import { SkyScanError, errorKind } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { backoffMs, orAborted, sleep } from '#shared/runtime/waiting';
import type { ReadSettings } from '../domain/settings.ts';
import type { LocalDongle } from './local-dongle.ts';
import { startPowerProcess, type PowerProcess } from './power-process.ts';
import { isSamePowerSetting, powerSettingFor, type PowerSetting } from './power-setting.ts';
import type { Tuner, TunerName } from './tuners.ts';

export interface PowerProcessesOptions {
  /** Configured error of the crystal, parts per million. */
  correctionPpm: number;
  /** Overrides the reported tuner. */
  tuner?: TunerName | undefined;
}

export interface OpenProcess {
  process: PowerProcess;
  gainDb: number;
}

const OPEN_TIMEOUT_MS = 3_000;
const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 1_000;

/** The rtl_power processes of a dongle: one runs as long as the settings stay the same. */
export class PowerProcesses {
  readonly #dongle: LocalDongle;
  readonly #options: PowerProcessesOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #streaming = new Set<PowerProcess>();
  #running: PowerProcess | undefined;
  /** Of the last process that has opened the dongle. */
  #tuner: Tuner | undefined;
  #isBiasTeeOn = false;
  #lastError = '';

  constructor(dongle: LocalDongle, options: PowerProcessesOptions, clock: Clock, logger: Logger) {
    this.#dongle = dongle;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
  }

  get running(): PowerProcess | undefined {
    return this.#running;
  }

  /** Throws `invalid` or `out_of_range` if rtl_power cannot measure with these settings. */
  check(settings: ReadSettings): void {
    this.#settingFor(settings);
  }

  /** Returns a process with these settings once it has opened the dongle, with retries. */
  async open(settings: ReadSettings, signal: AbortSignal): Promise<OpenProcess> {
    const untilMs = this.#clock.monotonicMs() + OPEN_TIMEOUT_MS;
    for (let attempt = 0; ; attempt++)
      try {
        const process = await this.#processFor(this.#settingFor(settings));
        const { gainDb } = await orAborted(process.opened, signal);
        // Now that the tuner is known, the span may have to be on the other side of the channel.
        if (this.#settingFor(settings).span.lowHz !== process.setting.span.lowHz) continue;
        return { process, gainDb };
      } catch (error) {
        signal.throwIfAborted();
        const retryMs = backoffMs(attempt, FIRST_RETRY_MS, MAX_RETRY_MS);
        if (errorKind(error) !== 'unavailable' || this.#clock.monotonicMs() + retryMs > untilMs) throw error;
        await sleep(retryMs, signal);
      }
  }

  /** Keeps the settings of a process until the returned function is called. */
  keep(process: PowerProcess): () => void {
    this.#streaming.add(process);
    return () => this.#streaming.delete(process);
  }

  /** Ends the process and turns the bias tee off. */
  async release(): Promise<void> {
    await this.#end();
    if (!this.#isBiasTeeOn) return;
    this.#isBiasTeeOn = false;
    await this.#dongle.biasTeeOff();
  }

  #settingFor(settings: ReadSettings): PowerSetting {
    return powerSettingFor(settings, this.#tuner, this.#options.correctionPpm);
  }

  /** Returns the process with this setting; ends one with another. */
  async #processFor(setting: PowerSetting): Promise<PowerProcess> {
    const running = this.#running;
    if (running && isSamePowerSetting(running.setting, setting)) return running;
    if (running && this.#streaming.has(running))
      throw new SkyScanError('busy', 'the receiver streams with other settings for another client');
    if (running) await this.#end();
    return this.#start(setting);
  }

  #start(setting: PowerSetting): PowerProcess {
    const options = { dongle: this.#dongle, setting, tuner: this.#options.tuner };
    const onLost = (error: SkyScanError) => this.#lose(started, error);
    const started = startPowerProcess(options, onLost, this.#clock, this.#logger);
    this.#running = started;
    this.#isBiasTeeOn ||= setting.biasTee;
    void started.opened.then(
      ({ tuner }) => (this.#tuner = tuner),
      () => undefined,
    );
    return started;
  }

  async #end(): Promise<void> {
    const ending = this.#running;
    this.#running = undefined;
    await ending?.end();
  }

  #lose(lost: PowerProcess, error: SkyScanError): void {
    if (error.message !== this.#lastError) this.#logger.warn(error.message);
    this.#lastError = error.message;
    if (this.#running === lost) this.#running = undefined;
  }
}
