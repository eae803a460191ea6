import { dbToLinear } from '#shared/sky/units';
import { pointSpectrumOf, type PointSpectrum } from '#shared/spectrum/point-spectrum';
import type { ReadSpectrum } from '#shared/spectrum/read-spectrum';
import type { Tuning } from '../../services/scan-orchestrator/engine/tunings.ts';

const SAMPLE_RATE_HZ = 2e6;
const TRANSFORMS = 10;

/** A tuning with a spectrum. */
type SpectrumTuning = Pick<Tuning, 'centerFrequencyHz' | 'dbmOffsetDb'> & { spectrum: { channels: number } };

function bandOf({ centerFrequencyHz, spectrum: { channels } }: SpectrumTuning) {
  return {
    firstChannelHz: centerFrequencyHz - SAMPLE_RATE_HZ / 2,
    channelHz: SAMPLE_RATE_HZ / channels,
    flags: new Uint8Array(channels),
  };
}

/** The spectrum of a dwell, with the same level in every channel. */
export function flatSpectrum(tuning: SpectrumTuning, levelDb: number): PointSpectrum {
  const all = (value: number) => new Array<number>(tuning.spectrum.channels).fill(value);
  return pointSpectrumOf({
    band: bandOf(tuning),
    isCalibrated: tuning.dbmOffsetDb !== undefined,
    transforms: TRANSFORMS,
    independentTransforms: TRANSFORMS,
    floorDb: levelDb,
    values: {
      mean: all(levelDb),
      median: all(levelDb),
      min: all(levelDb - 10),
      max: all(levelDb + 10),
      kurtosis: all(1),
      occupancy: all(0),
    },
  });
}

/** The sums of a read, with the same level in every channel and transform. */
export function flatRead(tuning: SpectrumTuning, levelDb: number): ReadSpectrum {
  const power = dbToLinear(levelDb);
  const all = (value: number) => new Float32Array(tuning.spectrum.channels).fill(value);
  return {
    band: bandOf(tuning),
    transforms: TRANSFORMS,
    independentTransforms: TRANSFORMS,
    powerSum: all(TRANSFORMS * power),
    extremes: { squareSum: all(TRANSFORMS * power ** 2), minPower: all(power), maxPower: all(power) },
  };
}
