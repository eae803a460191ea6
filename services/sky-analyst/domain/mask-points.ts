import { SkyScanError } from '#shared/base/errors';
import { CHANNEL_FLAGS, type ChannelBand } from '#shared/spectrum/channels';
import { valueOf } from '#shared/spectrum/point-spectrum';
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
    excluded: excludedChannels(band, fromHz, toHz),
    kurtosisStepDb: KURTOSIS_STEP_DB,
  });
  return {
    push(codes) {
      requireSizes(codes, channels);
      const masks = Array.from({ length: codes.transforms.length }, (_, point) =>
        mask.push(inputOf(codes, point, channels)),
      );
      return columnsOf(masks.flat());
    },
    finish: () => columnsOf(mask.finish()),
  };
}

/** 1 for each channel whose level the receiver distorts or whose centre was not requested. */
function excludedChannels(band: ChannelBand, fromHz: number, toHz: number): Uint8Array {
  const { firstChannelHz, channelHz, flags } = band;
  const distorted = CHANNEL_FLAGS.dc | CHANNEL_FLAGS.bandEdge;
  return flags.map((bits, k) => {
    const centreHz = firstChannelHz + k * channelHz;
    return (bits & distorted) !== 0 || centreHz < fromHz || centreHz > toHz ? 1 : 0;
  });
}

function requireSizes({ mean, kurtosis, occupancy, transforms }: PointCodes, channels: number): void {
  const size = transforms.length * channels;
  for (const [name, codes] of Object.entries({ mean, kurtosis, occupancy }))
    if (codes && codes.length !== size)
      throw new SkyScanError(
        'invalid',
        `${name} has ${codes.length} values; ${transforms.length} points of ${channels} channels have ${size}`,
      );
}

function inputOf(codes: PointCodes, point: number, channels: number): MaskInput {
  const values = (table: Float32Array, list: Int16Array | undefined) =>
    list && decoded(table, list.subarray(point * channels, (point + 1) * channels));
  return {
    power: values(POWER, codes.mean) as Float32Array,
    kurtosis: values(KURTOSIS, codes.kurtosis),
    occupancy: values(OCCUPANCY, codes.occupancy),
    // Points without a spectrum have no transforms and no levels.
    transforms: codes.transforms[point] || undefined,
  };
}

function decoded(table: Float32Array, codes: Int16Array): Float32Array {
  const values = new Float32Array(codes.length);
  for (let k = 0; k < codes.length; k++) values[k] = table[(codes[k] as number) + CODES / 2] as number;
  return values;
}

// A table for every code: a power per channel and point would take most of the time.
const CODES = 65_536;
const POWER = tableOf((code) => 10 ** (valueOf('mean', code) / 10));
const KURTOSIS = tableOf((code) => valueOf('kurtosis', code));
const OCCUPANCY = tableOf((code) => valueOf('occupancy', code) || 0);

function tableOf(value: (code: number) => number): Float32Array {
  return Float32Array.from({ length: CODES }, (_, index) => value(index - CODES / 2));
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
