/** Half-power widths of a beam along great circles through its axis. */
export interface BeamWidths {
  /** In the plane of the horizon. */
  azimuthDeg: number;
  elevationDeg: number;
}

/** No beam is wider. */
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
