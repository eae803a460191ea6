import type { MaskInterferenceRequest } from '#proto/sky_analyst';
import { SkyScanError } from '#shared/base/errors';
import { codesOfBytes } from '#shared/spectrum/point-spectrum';
import type { MaskedBand, PointCodes } from '../domain/mask-points.ts';

/** The first message of a call. Throws `invalid`. */
export function settingsFrom(request: MaskInterferenceRequest | undefined): MaskedBand {
  const settings = request?.content?.$case === 'settings' ? request.content.value : undefined;
  const band = settings?.band;
  if (!settings || !band) throw new SkyScanError('invalid', 'the first message must have `settings.band`');
  return { band, fromHz: settings.fromHz, toHz: settings.toHz };
}

/** The points of the other messages. Throws `invalid`. */
export async function* pointsOf(
  requests: AsyncIterator<MaskInterferenceRequest>,
): AsyncGenerator<PointCodes, void> {
  for (let next = await requests.next(); !next.done; next = await requests.next()) {
    const { content } = next.value;
    if (content?.$case !== 'points')
      throw new SkyScanError('invalid', 'each further message must have `points`');
    const { mean, kurtosis, occupancy, transforms } = content.value;
    const known = (bytes: Uint8Array) => (bytes.length === 0 ? undefined : codesOfBytes(bytes));
    yield {
      mean: codesOfBytes(mean),
      kurtosis: known(kurtosis),
      occupancy: known(occupancy),
      transforms,
    };
  }
}
