import type { Rotor } from './rest/rotors.ts';

/** Of `beam_width_deg` of a rotor. */
const MAX_WIDTH_DEG = 180;
const DECIMALS = 3;

/**
 * A width or angle of a beam at another frequency than that of its measurement. For an aperture
 * they are proportional to the wavelength: theta = k lambda / D (Kraus and Marhefka, Antennas).
 */
export function atFrequencyDeg(deg: number, measuredHz: number, frequencyHz: number): number {
  if (measuredHz === frequencyHz) return deg;
  return Math.min(MAX_WIDTH_DEG, Number(((deg * measuredHz) / frequencyHz).toFixed(DECIMALS)));
}

/**
 * Half-power widths of the antenna of a rotor at the frequency of its receiver; a typed width is
 * that of a round beam at every frequency. Undefined: unknown.
 */
export function beamWidthsOf({
  beam,
  beam_width_deg: typedDeg,
  center_frequency_hz: frequencyHz,
}: Pick<Rotor, 'beam_width_deg' | 'center_frequency_hz'> & Partial<Pick<Rotor, 'beam'>>):
  { azimuthDeg: number; elevationDeg: number } | undefined {
  if (!beam) return typedDeg === null ? undefined : { azimuthDeg: typedDeg, elevationDeg: typedDeg };
  return {
    azimuthDeg: atFrequencyDeg(beam.azimuth_deg, beam.frequency_hz, frequencyHz),
    elevationDeg: atFrequencyDeg(beam.elevation_deg, beam.frequency_hz, frequencyHz),
  };
}
