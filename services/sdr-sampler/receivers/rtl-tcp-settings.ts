import type { Tuning } from '../engine/receiver.ts';
import { encodeCommand } from './rtl-tcp-codec.ts';

/**
 * Every setting but the bias tee, in an order in which none undoes another: direct sampling resets
 * the tuner, and some drivers reset the gain with the frequency. Another client may have left any
 * of them.
 */
export function everySetting(tuning: Tuning, sampleRateHz: number): Buffer {
  return Buffer.concat([
    encodeCommand({ kind: 'test_mode_off' }),
    encodeCommand({ kind: 'direct_sampling_off' }),
    encodeCommand({ kind: 'offset_tuning_off' }),
    encodeCommand({ kind: 'rate', hz: sampleRateHz }),
    encodeCommand({ kind: 'agc_off' }),
    frequencyThenGain(tuning),
  ]);
}

/** What differs from one tuning to another, the gain last. */
export function frequencyThenGain({ correctionPpm, centerFrequencyHz, gainDb }: Tuning): Buffer {
  return Buffer.concat([
    encodeCommand({ kind: 'correction', ppm: correctionPpm }),
    encodeCommand({ kind: 'frequency', hz: centerFrequencyHz }),
    encodeCommand({ kind: 'manual_gain' }),
    encodeCommand({ kind: 'gain', db: gainDb }),
  ]);
}
