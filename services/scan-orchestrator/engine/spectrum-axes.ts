import { SkyScanError } from '#shared/base/errors';
import type { PointSpectrum } from '#shared/spectrum/point-spectrum';

/** The channels of a band. */
export interface SpectrumAxis {
  firstChannelHz: number;
  channelHz: number;
  channels: number;
}

/**
 * The channels of the spectra of a point, one per band. All points of a session have the same
 * (`known`; undefined before the first one). Throws `hardware_fault` when they differ.
 */
export function checkedAxes(
  known: readonly SpectrumAxis[] | undefined,
  spectra: readonly Pick<PointSpectrum, 'band'>[],
): readonly SpectrumAxis[] {
  const axes = spectra.map(({ band: { firstChannelHz, channelHz, flags } }) => ({
    firstChannelHz,
    channelHz,
    channels: flags.length,
  }));
  for (const [band, axis] of axes.entries()) {
    const first = known?.[band] ?? axis;
    if (describe(axis) === describe(first)) continue;
    throw new SkyScanError(
      'hardware_fault',
      `band ${band} has ${describe(axis)} instead of ${describe(first)} as at the first point: ` +
        'the receiver or its sample rate has changed',
    );
  }
  return known ?? axes;
}

function describe({ firstChannelHz, channelHz, channels }: SpectrumAxis): string {
  return `${channels} channels of ${channelHz} Hz from ${firstChannelHz} Hz`;
}
