import type { Clock } from '#shared/runtime/clock';
import type { Tuning } from '../engine/receiver.ts';
import { encodeCommand } from './rtl-tcp-codec.ts';
import { CONNECTED_SETTLING_MS, SETTLING_MS, type Settling } from './settling.ts';

/** Sends settings to rtl_tcp and records when they take effect. */
export interface SettingsSender {
  sampleRate(): void;
  /** Sends every setting except the bias tee. */
  everything(tuning: Tuning): void;
  /** Sends frequency, correction and gain. */
  tuning(tuning: Tuning): void;
  gain(db: number): void;
  /**
   * Sends the bias tee if it is wanted or was switched on, or `always`: servers older than 2018
   * interpret this command as a bandwidth.
   */
  biasTee(tuning: Tuning, always?: boolean): void;
  /** When `everything` or `tuning` was last sent, monotonic milliseconds. */
  readonly sentMs: number;
  /** The command to send before closing; undefined if this process has not switched it on. */
  readonly biasTeeOffCommand: Buffer | undefined;
}

export function createSettingsSender(
  send: (bytes: Buffer) => void,
  sampleRateHz: number,
  settling: Settling,
  clock: Clock,
): SettingsSender {
  let sentMs = -Infinity;
  let biasTeeOn = false;

  function sendSettings(bytes: Buffer, settlingMs: number): void {
    sentMs = clock.monotonicMs();
    send(bytes);
    settling.sent(settlingMs);
  }

  return {
    sampleRate: () => send(encodeCommand({ kind: 'rate', hz: sampleRateHz })),
    everything: (tuning) => sendSettings(everySetting(tuning, sampleRateHz), CONNECTED_SETTLING_MS),
    tuning: (tuning) => sendSettings(frequencyThenGain(tuning), SETTLING_MS),
    gain: (db) => send(encodeCommand({ kind: 'gain', db })),
    biasTee({ biasTee: on }, always = false) {
      if (always || on || biasTeeOn) send(encodeCommand({ kind: 'bias_tee', on }));
      biasTeeOn = on;
    },
    get sentMs() {
      return sentMs;
    },
    get biasTeeOffCommand() {
      return biasTeeOn ? encodeCommand({ kind: 'bias_tee', on: false }) : undefined;
    },
  };
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
