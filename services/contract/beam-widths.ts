import { atFrequencyDeg, type BeamWidths } from '#shared/sky/beam-width';
import type { Rotor } from './rest/rotors.ts';

/**
 * Half-power widths of the antenna of a rotor at the frequency of its receiver; a typed width is
 * that of a round beam at every frequency. Undefined: unknown.
 */
export function beamWidthsOf({
  beam,
  beam_width_deg: typedDeg,
  center_frequency_hz: frequencyHz,
}: Pick<Rotor, 'beam_width_deg' | 'center_frequency_hz'> & Partial<Pick<Rotor, 'beam'>>):
  BeamWidths | undefined {
  if (!beam) return typedDeg === null ? undefined : { azimuthDeg: typedDeg, elevationDeg: typedDeg };
  return {
    azimuthDeg: atFrequencyDeg(beam.azimuth_deg, beam.frequency_hz, frequencyHz),
    elevationDeg: atFrequencyDeg(beam.elevation_deg, beam.frequency_hz, frequencyHz),
  };
}
