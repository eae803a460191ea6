import type { PointSpectrum as PointSpectrumMessage } from '#proto/spectrum';
import { SkyScanError } from '#shared/base/errors';
import { countedOf } from '#shared/base/plurals';
import {
  STATISTICS,
  bytesOfCodes,
  codesOfBytes,
  splitFlags,
  type PointSpectrum,
  type SpectrumCodes,
} from '#shared/spectrum/point-spectrum';

export function pointSpectrumToMessage(spectrum: PointSpectrum): PointSpectrumMessage {
  const { band, pointFlags, codes, floorDb, ...rest } = spectrum;
  const bytes = Object.fromEntries(
    STATISTICS.map((statistic) => {
      const known = codes[statistic];
      return [statistic, known ? Buffer.from(bytesOfCodes(known)) : Buffer.alloc(0)];
    }),
  ) as Record<keyof SpectrumCodes, Buffer>;
  const flags = Buffer.from(band.flags.map((bits) => bits | pointFlags));
  return {
    ...rest,
    ...bytes,
    floorDb: Number.isNaN(floorDb) ? undefined : floorDb,
    band: { ...band, flags },
  };
}

/** Throws `invalid` when lists have different lengths or a number is not finite. */
export function pointSpectrumFromMessage(message: PointSpectrumMessage): PointSpectrum {
  const { band, isCalibrated, transforms, independentTransforms, floorDb } = message;
  const channels = band?.flags.length ?? 0;
  if (!band || channels === 0 || !(band.channelHz > 0) || !Number.isFinite(band.firstChannelHz))
    throw new SkyScanError('invalid', 'a spectrum has no channels');
  const codes = Object.fromEntries(
    STATISTICS.map((statistic) => [statistic, codesFrom(statistic, message[statistic], channels)]),
  ) as SpectrumCodes;
  return {
    ...splitFlags(band),
    isCalibrated,
    transforms,
    independentTransforms,
    floorDb: floorDb ?? NaN,
    codes,
  };
}

function codesFrom(statistic: string, bytes: Uint8Array, channels: number): Int16Array | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes.length !== 2 * channels)
    throw new SkyScanError(
      'invalid',
      `${statistic} of a spectrum has ${countedOf(bytes.length / 2, channels, 'value')}`,
    );
  return codesOfBytes(bytes);
}
