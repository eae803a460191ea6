/** The part of the spectrum that a tuning measures. */
export interface FrequencyBand {
  centerFrequencyHz: number;
  bandwidthHz: number;
}

export const MAX_BANDS = 16;

/** Two bands that share frequencies, by their indices in the order of frequency. */
export function overlap(bands: readonly FrequencyBand[]): [lower: number, upper: number] | undefined {
  const lowHz = ({ centerFrequencyHz, bandwidthHz }: FrequencyBand) => centerFrequencyHz - bandwidthHz / 2;
  const sorted = bands.map((band, index) => ({ band, index })).sort((a, b) => lowHz(a.band) - lowHz(b.band));
  for (const [k, { band, index }] of sorted.entries()) {
    const next = sorted[k + 1];
    // Bands may touch; their ends are rounded.
    if (next && lowHz(next.band) < lowHz(band) + band.bandwidthHz * (1 - 1e-9)) return [index, next.index];
  }
  return undefined;
}
