import type { ReceiverSettings as ReceiverSettingsMessage } from '#proto/common';
import type { ReadSpectrum as ReadSpectrumMessage, Spectrum as SpectrumMessage } from '#proto/sdr_sampler';
import type { SpectrumSettings as SpectrumSettingsMessage } from '#proto/spectrum';
import type { ReceiverSettings } from '#shared/rotor/rotor-config';
import { receiverFromMessage } from '#shared/rotor/rotor-messages';
import { channelLevelDb, channelLevelsDb } from '#shared/spectrum/channel-level';
import { flagsOf } from '#shared/spectrum/channels';
import { spectrumOf, type SpectrumRead } from '#shared/spectrum/spectrum';
import type { ReadSettings } from '../domain/settings.ts';
import { spectrumSettings } from '../domain/spectrum-channels.ts';
import type { ReadLevels } from '../domain/reads.ts';

/** The settings of a request. Throws `invalid` or `out_of_range` with the field and its value. */
export function settingsFromRequest(request: {
  settings?: ReceiverSettingsMessage | undefined;
  spectrum?: SpectrumSettingsMessage | undefined;
}): ReceiverSettings & ReadSettings {
  const settings = receiverFromMessage(request.settings);
  if (!request.spectrum) return settings;
  return { ...settings, spectrum: spectrumSettings(request.spectrum.channels) };
}

/** The spectrum of a dwell; undefined if its reads have none. */
export function spectrumToMessage(
  reads: readonly ReadLevels[],
  dbmOffsetDb: number | undefined,
): SpectrumMessage | undefined {
  const [first, ...others] = reads.filter(hasSpectrum);
  if (!first) return undefined;
  const { band, transforms, independentTransforms, floor, mean, median, occupancy, transformStatistics } =
    spectrumOf([first, ...others]);
  const levels = (powers: Float32Array | Float64Array) =>
    bytesOf(new Float32Array(channelLevelsDb(powers, dbmOffsetDb)));
  return {
    band: { ...band, flags: Buffer.from(band.flags) },
    transforms,
    independentTransforms,
    floorDb: channelLevelDb(floor, dbmOffsetDb),
    meanDb: levels(mean),
    medianDb: levels(median),
    minDb: levels(transformStatistics?.min ?? new Float32Array()),
    maxDb: levels(transformStatistics?.max ?? new Float32Array()),
    kurtosis: bytesOf(new Float32Array(transformStatistics?.kurtosis ?? [])),
    occupancy: bytesOf(new Float32Array(occupancy)),
  };
}

/** The sums of one read; undefined if it has no spectrum. */
export function readSpectrumToMessage(
  { spectrum, clippedFraction }: ReadLevels,
  dbmOffsetDb: number | undefined,
): ReadSpectrumMessage | undefined {
  if (!spectrum) return undefined;
  const { band, transforms, independentTransforms, powerSum, extremes } = spectrum;
  const bytes = (values: Float32Array | undefined) => bytesOf(values ?? new Float32Array());
  return {
    band: { ...band, flags: Buffer.from(flagsOf(band, [clippedFraction])) },
    fullScaleDb: dbmOffsetDb ?? 0,
    transforms,
    independentTransforms,
    powerSum: bytes(powerSum),
    squareSum: bytes(extremes?.squareSum),
    minPower: bytes(extremes?.minPower),
    maxPower: bytes(extremes?.maxPower),
  };
}

function hasSpectrum(read: ReadLevels): read is ReadLevels & SpectrumRead {
  return read.spectrum !== undefined;
}

/** The memory of the floats: every machine that Node supports here is little endian. */
function bytesOf(floats: Float32Array): Buffer {
  return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
}
