import { CHANNEL_FLAGS, type ChannelBand } from './channels.ts';

/**
 * What a spectrum says about each channel, in the order of storage. Levels are in dBm or dBFS;
 * kurtosis is 1 for noise; occupancy is a share of the reads, 0 to 1.
 */
export const STATISTICS = ['mean', 'median', 'min', 'max', 'kurtosis', 'occupancy'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** A value per channel and statistic, as `codeOf` makes it; undefined: not known. */
export type SpectrumCodes = Record<Statistic, Int16Array | undefined>;

/** The spectrum of one band at one point, as in gRPC, the journal and the database. */
export interface PointSpectrum {
  /** With the flags that are the same at all points. */
  band: ChannelBand;
  /** Levels are dBm; else dBFS. */
  isCalibrated: boolean;
  transforms: number;
  /** The number without overlap whose mean has the same variance. */
  independentTransforms: number;
  /** Level of a channel without signals; NaN: not known. */
  floorDb: number;
  /** Bits of `CHANNEL_FLAGS` that all channels have at this point. */
  pointFlags: number;
  codes: SpectrumCodes;
}

/** Number of channels of a spectrum that MQTT carries. */
export const STRONGEST_CHANNELS = 10;

/** The code of an unknown value. */
export const UNKNOWN = -32_768;

interface Scale {
  toCode: (value: number) => number;
  toValue: (code: number) => number;
}

const LEVEL: Scale = { toCode: (db) => 100 * db, toValue: (code) => code / 100 };
// Its logarithm has the same relative precision, 0.12 %, for noise and for short pulses.
const KURTOSIS: Scale = {
  toCode: (ratio) => 1000 * Math.log10(ratio),
  toValue: (code) => 10 ** (code / 1000),
};
const SHARE: Scale = { toCode: (share) => 10_000 * share, toValue: (code) => code / 10_000 };

const SCALES: Record<Statistic, Scale> = {
  mean: LEVEL,
  median: LEVEL,
  min: LEVEL,
  max: LEVEL,
  kurtosis: KURTOSIS,
  occupancy: SHARE,
};

/**
 * The code of a value: 0.01 dB for levels, 0.01 dB of the kurtosis as a ratio, 1/10,000 for the
 * occupancy. Limited to +-32,767; NaN becomes `UNKNOWN`.
 */
export function codeOf(statistic: Statistic, value: number): number {
  return limited(SCALES[statistic].toCode(value));
}

function limited(code: number): number {
  return Number.isNaN(code) ? UNKNOWN : Math.max(-32_767, Math.min(32_767, Math.round(code)));
}

/** The value of a code; NaN if it is unknown. */
export function valueOf(statistic: Statistic, code: number): number {
  return code === UNKNOWN ? NaN : SCALES[statistic].toValue(code);
}

/** The statistics of a spectrum before they are coded; undefined: not known. */
export interface SpectrumValues extends Omit<PointSpectrum, 'pointFlags' | 'codes'> {
  /** With all flags. */
  band: ChannelBand;
  values: Record<Statistic, ArrayLike<number> | undefined>;
}

/** The band with the flags that are the same at all points, and those of this point. */
export function splitFlags(band: ChannelBand): Pick<PointSpectrum, 'band' | 'pointFlags'> {
  const fixed = CHANNEL_FLAGS.dc | CHANNEL_FLAGS.bandEdge;
  return {
    band: { ...band, flags: band.flags.map((bits) => bits & fixed) },
    pointFlags: band.flags.reduce((all, bits) => all & bits, CHANNEL_FLAGS.clipped),
  };
}

export function pointSpectrumOf({ values, band, ...rest }: SpectrumValues): PointSpectrum {
  const codes = STATISTICS.map((statistic) => {
    const list = values[statistic];
    return [statistic, list && codesOf(statistic, list)];
  });
  return {
    ...rest,
    ...splitFlags(band),
    codes: Object.fromEntries(codes) as SpectrumCodes,
  };
}

function codesOf(statistic: Statistic, values: ArrayLike<number>): Int16Array {
  const codes = new Int16Array(values.length);
  for (let k = 0; k < codes.length; k++) codes[k] = codeOf(statistic, values[k] as number);
  return codes;
}

/** Codes as bytes, two per channel, little endian. */
export function bytesOfCodes(codes: Int16Array): Uint8Array {
  const bytes = new Uint8Array(2 * codes.length);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < codes.length; k++) view.setInt16(2 * k, codes[k] as number, true);
  return bytes;
}

export function codesOfBytes(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const codes = new Int16Array(bytes.byteLength >> 1);
  // Int16Array.from would take ten times as long.
  for (let k = 0; k < codes.length; k++) codes[k] = view.getInt16(2 * k, true);
  return codes;
}
