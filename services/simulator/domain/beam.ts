/** The power pattern of the antenna around its axis. */
export interface Beam {
  /** Half-power beam width, degrees. */
  hpbwDeg: number;
  /** Gain of the side lobes relative to the axis, dB (negative), the same in every direction. */
  sideLobeDb: number;
}

/**
 * Power gain relative to the axis at an angle off it, 0 to 1: G = exp(-4 ln 2 (theta / HPBW)^2),
 * the Gaussian beam of radio astronomy (Condon and Ransom, Essential Radio Astronomy, section 3.3),
 * never below the side lobes.
 */
export function beamGain(offAxisDeg: number, beam: Beam): number {
  const mainLobe = Math.exp(-4 * Math.LN2 * (offAxisDeg / beam.hpbwDeg) ** 2);
  const floor = 10 ** (beam.sideLobeDb / 10);
  return floor + (1 - floor) * mainLobe;
}
