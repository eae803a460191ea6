import { SkyScanError } from '#shared/base/errors';
import { axisOf, describeAxis, type ChannelAxis } from '#shared/spectrum/channels';
import type { PointSpectrum } from '#shared/spectrum/point-spectrum';

/**
 * The channels of the spectra of a point, one per band. All points of a session have the same
 * (`known`; undefined before the first one). Throws `hardware_fault` when they differ.
 */
export function checkedAxes(
  known: readonly ChannelAxis[] | undefined,
  spectra: readonly Pick<PointSpectrum, 'band'>[],
): readonly ChannelAxis[] {
  const axes = spectra.map(({ band }) => axisOf(band));
  for (const [band, axis] of axes.entries()) {
    const first = known?.[band] ?? axis;
    if (describeAxis(axis) === describeAxis(first)) continue;
    throw new SkyScanError(
      'hardware_fault',
      `band ${band} has ${describeAxis(axis)} instead of ${describeAxis(first)} as at the first point: ` +
        'the receiver or its sample rate has changed',
    );
  }
  return known ?? axes;
}
