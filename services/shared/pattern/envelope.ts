/** A dish for which ITU-R F.699-7 gives the envelope of the side lobes. */
export interface Dish {
  diameterM: number;
  wavelengthM: number;
}

/** Above this wavelength, below 1 GHz, the envelope has other side lobes (recommends 2.3). */
const LONG_WAVE_M = 0.299792458;
const LARGE = 100;

/** Gain of the main lobe, dBi: 20 log D/lambda + 7.7 (ITU-R F.699-7, recommends 3). */
export function dishGainDbi({ diameterM, wavelengthM }: Dish): number {
  return 20 * Math.log10(diameterM / wavelengthM) + 7.7;
}

/**
 * The envelope of ITU-R F.699-7, recommends 2, at an angle from the axis, 0 to 180 degrees; dBi.
 * @param gainDbi Of the main lobe.
 */
export function envelopeDbi({ diameterM, wavelengthM }: Dish, gainDbi: number, angleDeg: number): number {
  const ratio = diameterM / wavelengthM;
  const log = 10 * Math.log10(ratio);
  const plateau = 2 + 1.5 * log;
  const mainLobeDeg = (20 / ratio) * Math.sqrt(Math.max(0, gainDbi - plateau));
  const slope = -25 * Math.log10(Math.max(angleDeg, 1e-9));
  if (angleDeg < mainLobeDeg) return gainDbi - 2.5e-3 * (ratio * angleDeg) ** 2;
  if (wavelengthM >= LONG_WAVE_M) {
    if (angleDeg < 100 / ratio) return plateau;
    return angleDeg < 144.5 * ratio ** -0.2 ? 52 - log + slope : -2 - log / 2;
  }
  if (ratio > LARGE) {
    if (angleDeg < 15.85 * ratio ** -0.6) return plateau;
    return angleDeg < 48 ? 32 + slope : -10;
  }
  if (angleDeg < 100 / ratio) return plateau;
  return angleDeg < 48 ? 52 - log + slope : 10 - log;
}
