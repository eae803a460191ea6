import type { Clock } from '#shared/runtime/clock';
import { sameTuning, type Tuning } from '../engine/receiver.ts';
import { encodeCommand } from './rtl-tcp-codec.ts';
import { CONNECTED_SETTLING_MS, RETUNED_SETTLING_MS, SETTLING_MS, type Settling } from './settling.ts';

export interface SettingsOptions {
  send: (bytes: Buffer) => void;
  sampleRateHz: number;
  /** The server is a child process: no other client can change its settings. */
  ownServer: boolean;
  settling: Settling;
  clock: Clock;
}

/** After this long without a request, another client or session may have changed any setting. */
const VALID_MS = 10_000;

/** The settings of an rtl_tcp server: sends them and records when they take effect. */
export class RtlTcpSettings {
  readonly #options: SettingsOptions;
  #tuning: Tuning | undefined;
  /** When a request last used the tuning. */
  #usedMs = -Infinity;
  /** When the tuning was last sent. */
  #sentMs = -Infinity;
  #isBiasTeeOn = false;

  constructor(options: SettingsOptions) {
    this.#options = options;
  }

  get tuning(): Tuning | undefined {
    return this.#tuning;
  }

  /** Another client may have changed any setting, or none was sent yet. */
  get inDoubt(): boolean {
    return !this.#tuning || (!this.#options.ownServer && this.#isOld(this.#options.clock.monotonicMs()));
  }

  /** The command to send before closing; undefined if this process has not switched it on. */
  get biasTeeOffCommand(): Buffer | undefined {
    return this.#isBiasTeeOn ? encodeCommand({ kind: 'bias_tee', on: false }) : undefined;
  }

  /** A new connection: sends every setting. */
  connected(): void {
    const { send, sampleRateHz, ownServer } = this.#options;
    send(encodeCommand({ kind: 'rate', hz: sampleRateHz }));
    if (!this.#tuning) return;
    this.#sendBiasTee(this.#tuning.biasTee, ownServer);
    this.#sendEverything(this.#tuning);
  }

  /** Sends a tuning, unless it was sent; if the settings are in doubt, sends all of them. */
  tune(wanted: Tuning, inDoubt: boolean): void {
    const { ownServer, clock } = this.#options;
    this.#usedMs = clock.monotonicMs();
    if (this.#tuning && sameTuning(this.#tuning, wanted) && !inDoubt) return;
    this.#sendBiasTee(wanted.biasTee, ownServer && !this.#tuning);
    this.#tuning = { ...wanted };
    if (inDoubt) this.#sendEverything(this.#tuning);
    else this.#sendTuning(this.#tuning, RETUNED_SETTLING_MS);
  }

  /** Sends the settings again, unless the tuning was sent after this monotonic time. */
  refresh(unlessSentAfterMs: number): void {
    if (!this.#tuning || this.#sentMs > unlessSentAfterMs) return;
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#isOld(nowMs)) this.#sendEverything(this.#tuning);
    else this.#sendTuning(this.#tuning);
    this.#usedMs = nowMs;
  }

  /** Sends the tuning after steps of the gain. */
  restore(): void {
    if (this.#tuning) this.#sendTuning(this.#tuning);
  }

  /** Sends a gain until `restore`. */
  stepGain(db: number): void {
    this.#options.send(encodeCommand({ kind: 'gain', db }));
  }

  /** Turns the bias tee off until the next `tune`. */
  turnBiasTeeOff(): void {
    if (!this.#tuning?.biasTee) return;
    this.#tuning = { ...this.#tuning, biasTee: false };
    this.#sendBiasTee(false, false);
  }

  #isOld(nowMs: number): boolean {
    return nowMs - this.#usedMs > VALID_MS;
  }

  /** Sends every setting except the bias tee. */
  #sendEverything(tuning: Tuning): void {
    this.#send(everySetting(tuning, this.#options.sampleRateHz), CONNECTED_SETTLING_MS);
  }

  /** Sends frequency, correction and gain. */
  #sendTuning(tuning: Tuning, settlingMs = SETTLING_MS): void {
    this.#send(frequencyThenGain(tuning), settlingMs);
  }

  #send(bytes: Buffer, settlingMs: number): void {
    const { send, settling, clock } = this.#options;
    this.#sentMs = clock.monotonicMs();
    send(bytes);
    settling.sent(settlingMs);
  }

  /**
   * Sends the bias tee if it is wanted or was switched on, or `always`: servers older than 2018
   * interpret this command as a bandwidth.
   */
  #sendBiasTee(on: boolean, always: boolean): void {
    if (always || on || this.#isBiasTeeOn) this.#options.send(encodeCommand({ kind: 'bias_tee', on }));
    this.#isBiasTeeOn = on;
  }
}

/**
 * All settings except the bias tee. The order matters: direct sampling resets the tuner, and some
 * drivers reset the gain with the frequency. Another client may have changed any of them.
 */
function everySetting(tuning: Tuning, sampleRateHz: number): Buffer {
  return Buffer.concat([
    encodeCommand({ kind: 'test_mode_off' }),
    encodeCommand({ kind: 'direct_sampling_off' }),
    encodeCommand({ kind: 'offset_tuning_off' }),
    encodeCommand({ kind: 'rate', hz: sampleRateHz }),
    encodeCommand({ kind: 'agc_off' }),
    frequencyThenGain(tuning),
  ]);
}

/** The settings that depend on the tuning, the gain last. */
function frequencyThenGain({ correctionPpm, centerFrequencyHz, gainDb }: Tuning): Buffer {
  return Buffer.concat([
    encodeCommand({ kind: 'correction', ppm: correctionPpm }),
    encodeCommand({ kind: 'frequency', hz: centerFrequencyHz }),
    encodeCommand({ kind: 'manual_gain' }),
    encodeCommand({ kind: 'gain', db: gainDb }),
  ]);
}
