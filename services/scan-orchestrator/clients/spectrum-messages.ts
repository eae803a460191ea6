import type { ReadSpectrum as ReadSpectrumMessage, Spectrum as SpectrumMessage } from '#proto/sdr_sampler';
import { SkyScanError } from '#shared/base/errors';
import { pointSpectrumOf, type PointSpectrum } from '#shared/spectrum/point-spectrum';
import type { ReadSpectrum } from '#shared/spectrum/read-spectrum';
import type { SpectrumBand } from '#proto/spectrum';
import type { ChannelBand } from '#shared/spectrum/channels';

/** The spectrum of a dwell as it is stored. Throws `unavailable` when it is incomplete. */
export function spectrumFromMessage(
  message: SpectrumMessage | undefined,
  isCalibrated: boolean,
): PointSpectrum {
  const band = bandFrom(message?.band);
  if (!message || !band) throw incomplete();
  const { transforms, independentTransforms, floorDb } = message;
  const list = (bytes: Uint8Array) => floatsOf(bytes, band.flags.length);
  return pointSpectrumOf({
    band,
    isCalibrated,
    transforms,
    independentTransforms,
    floorDb,
    values: {
      mean: list(message.meanDb),
      median: list(message.medianDb),
      min: list(message.minDb),
      max: list(message.maxDb),
      kurtosis: list(message.kurtosis),
      occupancy: list(message.occupancy),
    },
  });
}

/** The sums of a read. Throws `unavailable` when they are incomplete. */
export function readSpectrumFromMessage(message: ReadSpectrumMessage | undefined): ReadSpectrum {
  const band = bandFrom(message?.band);
  if (!message || !band) throw incomplete();
  const { transforms, independentTransforms } = message;
  const list = (bytes: Uint8Array) => floatsOf(bytes, band.flags.length);
  const powerSum = list(message.powerSum);
  if (!powerSum) throw incomplete();
  const [squareSum, minPower, maxPower] = [message.squareSum, message.minPower, message.maxPower].map(list);
  const extremes = squareSum && minPower && maxPower ? { squareSum, minPower, maxPower } : undefined;
  return { band, transforms, independentTransforms, powerSum, extremes };
}

function bandFrom(band: SpectrumBand | undefined): ChannelBand | undefined {
  return band && band.flags.length > 0 ? { ...band, flags: Uint8Array.from(band.flags) } : undefined;
}

/** 32-bit floats, little endian, one per channel; undefined: not reported. */
function floatsOf(bytes: Uint8Array, channels: number): Float32Array | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes.length !== 4 * channels) throw incomplete();
  // A copy, because the bytes of a message may start anywhere.
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function incomplete(): SkyScanError {
  return new SkyScanError('unavailable', 'the receiver returned no complete spectrum', {
    details: { peer: 'receiver' },
  });
}
