import type { Clock } from '#shared/runtime/clock';
import type { Receiver, SampleListener, Tuning } from '../../services/sdr-sampler/engine/receiver.ts';
import { seededRandom } from './samples.ts';

/** Signals at the antenna of a fake receiver; levels in dBFS, frequencies absolute. */
export interface FakeSignals {
  carriers: { hz: number; dbfs: number }[];
  /** Noise level in the whole sampled band. */
  noiseDbfs: number;
  /** The tuner's DC offset, LSB. */
  dcLsb: { i: number; q: number };
}

/**
 * A receiver in memory: it generates samples as fast as they are consumed, and its clock counts
 * them.
 */
export interface FakeReceiver extends Receiver {
  clock: Clock;
  signals: FakeSignals;
  /** All settings in order, without repetitions. */
  tunings: Tuning[];
  /** Arguments of `refresh`, in order. */
  refreshes: (number | undefined)[];
}

const RATE_HZ = 2_048_000;
const BLOCK_SAMPLES = 20_480;
const SETTLING_MS = 50;
const MS_PER_SAMPLE = 1000 / RATE_HZ;
const NOISE_SAMPLES = 1 << 18;
/** Complex Gaussian noise, I and Q interleaved; sigma of each is 1. */
const NOISE = noise(seededRandom(11));

export function createFakeReceiver(
  signals: FakeSignals,
  bandsHz: [number, number][] = [[24e6, 1.766e9]],
): FakeReceiver {
  const random = seededRandom(7);
  const listeners = new Set<SampleListener>();
  const tunings: Tuning[] = [];
  const refreshes: (number | undefined)[] = [];
  let next = 0;
  let settledMs = 0;
  let pumping = false;
  const nowMs = () => next * MS_PER_SAMPLE;

  function block(): Uint8Array {
    const iq = new Uint8Array(2 * BLOCK_SAMPLES);
    const tunedHz = tunings.at(-1)?.centerFrequencyHz ?? 0;
    const heard = receiver.signals.carriers.filter(({ hz }) => Math.abs(hz - tunedHz) < RATE_HZ / 2);
    const sigma = (127.5 * 10 ** (receiver.signals.noiseDbfs / 20)) / Math.SQRT2;
    const tones = heard.map(({ hz, dbfs }) => ({
      amplitude: 127.5 * 10 ** (dbfs / 20),
      step: (2 * Math.PI * (hz - tunedHz)) / RATE_HZ,
    }));
    const from = Math.floor(random() * (NOISE_SAMPLES - BLOCK_SAMPLES));
    for (let k = 0; k < BLOCK_SAMPLES; k++) {
      let i = receiver.signals.dcLsb.i + sigma * (NOISE[2 * (from + k)] as number);
      let q = receiver.signals.dcLsb.q + sigma * (NOISE[2 * (from + k) + 1] as number);
      for (const { amplitude, step } of tones) {
        i += amplitude * Math.cos(step * (next + k));
        q += amplitude * Math.sin(step * (next + k));
      }
      iq[2 * k] = code(i);
      iq[2 * k + 1] = code(q);
    }
    return iq;
  }

  function pump(): void {
    if (listeners.size === 0) {
      pumping = false;
      return;
    }
    const firstIndex = next;
    const iq = block();
    next += BLOCK_SAMPLES;
    for (const listener of listeners)
      listener.onSamples({ iq, firstIndex, firstMs: firstIndex * MS_PER_SAMPLE });
    setImmediate(pump);
  }

  const receiver: FakeReceiver = {
    signals,
    tunings,
    refreshes,
    clock: { monotonicMs: nowMs, unixMs: nowMs },
    ready: () =>
      Promise.resolve({ tuner: 'R820T', gainsDb: [0, 29.7, 49.6], bandsHz, sampleRateHz: RATE_HZ }),
    tune(tuning) {
      if (JSON.stringify(tunings.at(-1)) !== JSON.stringify(tuning)) {
        tunings.push(tuning);
        settledMs = nowMs() + SETTLING_MS;
      }
      return Promise.resolve();
    },
    refresh: (unlessSentAfterMs) => void refreshes.push(unlessSentAfterMs),
    goIdle: () => undefined,
    get settledMs() {
      return settledMs;
    },
    late: false,
    latenessMs: 0,
    inDoubt: false,
    untimed: undefined,
    recheck: () => undefined,
    gapsAreLosses: () => Promise.resolve(true),
    listen(listener) {
      listeners.add(listener);
      if (!pumping) setImmediate(pump);
      pumping = true;
      return () => listeners.delete(listener);
    },
    close: () => Promise.resolve(),
  };
  return receiver;
}

function noise(random: () => number): Float32Array {
  const table = new Float32Array(2 * NOISE_SAMPLES);
  for (let k = 0; k < table.length; k += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    table[k] = radius * Math.cos(angle);
    table[k + 1] = radius * Math.sin(angle);
  }
  return table;
}

function code(lsb: number): number {
  return Math.min(255, Math.max(0, Math.round(127.5 + lsb)));
}
