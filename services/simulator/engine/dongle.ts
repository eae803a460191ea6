import type { Pointing } from '#shared/sky/pointing';
import { createBaseband } from '../domain/baseband.ts';
import type { Beam } from '../domain/beam.ts';
import { gainDriftDb } from '../domain/gain-drift.ts';
import type { Tuned } from '../domain/signal.ts';
import type { Sky } from '../domain/sky.ts';
import { receivedPower, type ReceivedPower } from '../domain/truth.ts';
import { createSignalReceiver } from './tuned-signals.ts';

/**
 * dBFS = dBm + tuner gain + this. At a gain of 29.7 dB the sky spans 2.2 to 36 LSB rms, where 8
 * bits are linear, and `dbm_offset_db` is -67.
 */
const DBFS_AT_ZERO_GAIN = 37.3;
/** The automatic gain of the tuner. */
const AUTOMATIC_GAIN_DB = 40.2;
/** Samples per evaluation of the pointing: 0.5 ms at 2.048 MS/s, 0.003 degrees at 6 deg/s. */
const CHUNK_SAMPLES = 1_024;

/** A setting by a client of rtl_tcp; other commands are accepted and ignored. */
export type DongleCommand =
  | { kind: 'frequency'; hz: number }
  | { kind: 'rate'; hz: number }
  | { kind: 'gain_mode'; manual: boolean }
  | { kind: 'gain'; db: number }
  | { kind: 'gain_index'; index: number }
  | { kind: 'other'; code: number; value: number };

/** Gains of the R820T, dB (librtlsdr, rtlsdr_get_tuner_gains). */
export const R820T_GAINS_DB = [
  0, 0.9, 1.4, 2.7, 3.7, 7.7, 8.7, 12.5, 14.4, 15.7, 16.6, 19.7, 20.7, 22.9, 25.4, 28, 29.7, 32.8, 33.8, 36.4,
  37.2, 38.6, 40.2, 42.1, 43.4, 43.9, 44.5, 48, 49.6,
];

export interface DongleState extends Tuned {
  gainDb: number;
  manualGain: boolean;
}

/** A dongle connected to the antenna. */
export interface Dongle {
  readonly state: Readonly<DongleState>;
  /** dBm = dBFS + this, at the current gain. */
  readonly dbmOffsetDb: number;
  apply(command: DongleCommand): void;
  /** Fills `iq` with samples; the first one is at this monotonic time. */
  sample(iq: Uint8Array, firstMs: number): void;
}

/**
 * `truePointingAt`: called for every `CHUNK_SAMPLES` samples. `startUnixMs`: Unix time at zero of
 * the monotonic clock.
 */
export function createDongle(
  sky: Sky,
  beam: Beam,
  truePointingAt: (monotonicMs: number) => Pointing,
  startUnixMs: number,
  noiseSeed: number,
): Dongle {
  const baseband = createBaseband(noiseSeed);
  const signalsAt = createSignalReceiver(sky.sources, noiseSeed);
  const state: DongleState = {
    frequencyHz: 100_000_000,
    sampleRateHz: 2_048_000,
    gainDb: AUTOMATIC_GAIN_DB,
    manualGain: false,
  };
  let manualGainDb = 0;
  const isFixed = sky.sources.every(({ seen }) => typeof seen !== 'function');
  let cached: { pointing: Pointing; power: ReceivedPower } | undefined;

  function powerAt(monotonicMs: number, unixMs: number): ReceivedPower {
    const pointing = truePointingAt(monotonicMs);
    const { azimuthDeg, elevationDeg } = pointing;
    // The rotator rests most of the time, so the sum over all sources is cached.
    const isSame =
      isFixed && cached?.pointing.azimuthDeg === azimuthDeg && cached.pointing.elevationDeg === elevationDeg;
    if (!cached || !isSame) cached = { pointing, power: receivedPower(sky, beam, pointing, unixMs) };
    return cached.power;
  }

  function setGain(): void {
    state.gainDb = state.manualGain ? manualGainDb : AUTOMATIC_GAIN_DB;
  }

  return {
    state,
    get dbmOffsetDb() {
      return -(state.gainDb + DBFS_AT_ZERO_GAIN);
    },
    apply(command) {
      switch (command.kind) {
        case 'frequency':
          state.frequencyHz = command.hz;
          return;
        case 'rate':
          // The ranges of the RTL2832, which ignores other rates.
          if (isPossibleRate(command.hz)) state.sampleRateHz = command.hz;
          return;
        case 'gain_mode':
          state.manualGain = command.manual;
          setGain();
          return;
        case 'gain':
          manualGainDb = nearestGain(command.db);
          setGain();
          return;
        case 'gain_index':
          manualGainDb = R820T_GAINS_DB[command.index] ?? manualGainDb;
          setGain();
          return;
        case 'other':
          return;
      }
    },
    sample(iq, firstMs) {
      const msPerChunk = (CHUNK_SAMPLES / state.sampleRateHz) * 1000;
      const gainDb = state.gainDb + DBFS_AT_ZERO_GAIN + gainDriftDb(sky.drift, firstMs);
      let atMs = firstMs;
      for (let start = 0; start < iq.length; start += 2 * CHUNK_SAMPLES, atMs += msPerChunk) {
        const bytes = Math.min(2 * CHUNK_SAMPLES, iq.length - start);
        const chunk = new Uint8ClampedArray(iq.buffer, iq.byteOffset + start, bytes);
        const middleMs = atMs + msPerChunk / 2;
        const unixMs = startUnixMs + middleMs;
        const { noiseMw, sourcesMw } = powerAt(middleMs, unixMs);
        baseband.fill(chunk, noiseMw, signalsAt(state, sourcesMw, unixMs), gainDb);
      }
    },
  };
}

function isPossibleRate(hz: number): boolean {
  return (hz > 225_000 && hz <= 300_000) || (hz > 900_000 && hz <= 3_200_000);
}

function nearestGain(db: number): number {
  return R820T_GAINS_DB.reduce((best, gain) => (Math.abs(gain - db) < Math.abs(best - db) ? gain : best));
}
