import type { ChannelBand } from '#shared/spectrum/channels';
import { KURTOSIS, OCCUPANCY, POWER, requireSizes, valuesOfCodes } from './codes.ts';
import { excludedChannels } from './excluded-channels.ts';
import { createRfiMask, type MaskInput, type PointMask } from './rfi-mask.ts';

/** A band whose points are masked. */
export interface MaskedBand {
  band: ChannelBand;
  /** Measured frequencies, Hz. */
  fromHz: number;
  toHz: number;
}

/** Codes of consecutive points: all channels of the first, then of the second (PointSpectrum). */
export interface PointCodes {
  mean: Int16Array;
  /** Undefined: the receiver does not report it. */
  kurtosis: Int16Array | undefined;
  occupancy: Int16Array | undefined;
  /** Of each point; 0: unknown. */
  transforms: ArrayLike<number>;
}

/** Results of consecutive points. Levels are in the unit of the band; NaN: none. */
export interface MaskColumns {
  flaggedChannels: number[];
  flaggedTime: number[];
  meanDb: number[];
  meanCleanDb: number[];
}

/** The step of the codes of the kurtosis, dB. */
const KURTOSIS_STEP_DB = 0.01;

/** The mask of a band, from stored codes to levels. */
export interface PointMasks {
  /** Throws `invalid` if the lists do not have the size of the band. */
  push(points: PointCodes): MaskColumns;
  finish(): MaskColumns;
}

export function createPointMasks({ band, fromHz, toHz }: MaskedBand): PointMasks {
  const channels = band.flags.length;
  const mask = createRfiMask({
    channels,
    excluded: excludedChannels(band, { fromHz, toHz }),
    kurtosisStepDb: KURTOSIS_STEP_DB,
  });
  return {
    push(codes) {
      const { mean, kurtosis, occupancy, transforms } = codes;
      requireSizes({ mean, kurtosis, occupancy }, transforms.length, channels);
      const masks = Array.from({ length: codes.transforms.length }, (_, point) =>
        mask.push(inputOf(codes, point, channels)),
      );
      return columnsOf(masks.flat());
    },
    finish: () => columnsOf(mask.finish()),
  };
}

function inputOf(codes: PointCodes, point: number, channels: number): MaskInput {
  const values = (table: Float32Array, list: Int16Array | undefined) =>
    list && valuesOfCodes(table, list.subarray(point * channels, (point + 1) * channels));
  return {
    power: values(POWER, codes.mean) as Float32Array,
    kurtosis: values(KURTOSIS, codes.kurtosis),
    occupancy: values(OCCUPANCY, codes.occupancy),
    // Points without a spectrum have no transforms and no levels.
    transforms: codes.transforms[point] || undefined,
  };
}

function columnsOf(masks: PointMask[]): MaskColumns {
  const decibels = (power: number) => (power > 0 ? 10 * Math.log10(power) : NaN);
  return {
    flaggedChannels: masks.map(({ flaggedChannels }) => flaggedChannels),
    flaggedTime: masks.map(({ flaggedTime }) => flaggedTime),
    meanDb: masks.map(({ mean }) => decibels(mean)),
    meanCleanDb: masks.map(({ meanClean }) => decibels(meanClean)),
  };
}
