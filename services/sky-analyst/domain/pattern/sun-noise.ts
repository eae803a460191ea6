import { DB_PER_NEPER, type Figure } from './figure.ts';

/** What the Sun and the cold sky say about a receiving station. */
export interface SunNoise {
  /** Power with the beam on the Sun over that beside it. */
  yFactor: Figure;
  /** dB(1/K). */
  gOverTDb: Figure;
  /** Of antenna and receiver on the cold sky; undefined: the gain is not known. */
  systemTemperatureK: Figure | undefined;
}

export interface SunLevels {
  /** Linear power at the peak, without background; sigma without that of the background. */
  peak: Figure;
  background: Figure;
}

export interface SunPlan {
  /** Of both polarizations: 1 sfu is 1e-22 W/m2/Hz. */
  fluxSfu: Figure;
  wavelengthM: number;
  sourceWidthDeg: number;
  /** Half-power widths without the width of the Sun. Undefined: not known. */
  beamWidthDeg: Figure | undefined;
  /** Of the antenna; undefined: not known. */
  gainDbi: Figure | undefined;
}

const SFU = 1e-22;
const BOLTZMANN = 1.380649e-23;
/**
 * Of a disc in a beam: the flux that it loses, 1 + 0.38 (d / theta)^2. A uniform disc in a Gaussian
 * beam loses x / (1 - exp(-x)) with x = ln 2 (d / theta)^2, which differs by 0.6 % at most for
 * discs up to the beam width.
 */
const DISC = 0.38;

/**
 * The Y factor method with the Sun as the hot load. An antenna of gain G takes k T = F G lambda^2 /
 * (8 pi L) from a flux F of both polarizations; with T (Y - 1)^-1 of the cold sky,
 * G/T = 8 pi k (Y - 1) L / (lambda^2 F), where L = 1 + 0.38 (d / theta)^2 corrects for a Sun of
 * diameter d that is not a point in a beam of theta (Guidice and Castelli 1971, IEEE Transactions
 * AES-7, 226; Kraus, Radio Astronomy, 1986, chapters 3 and 7). */
export function sunNoise(
  { peak, background }: SunLevels,
  { fluxSfu, wavelengthM, sourceWidthDeg, beamWidthDeg, gainDbi }: SunPlan,
): SunNoise | undefined {
  if (!(background.value > 0) || !(peak.value > 0)) return undefined;
  // Y - 1 is the peak without background over the background, which has its own part in both.
  const excess = peak.value / background.value;
  const sigma = Math.hypot(
    peak.sigma / background.value,
    ((1 + excess) * background.sigma) / background.value,
  );
  const ratio = beamWidthDeg === undefined ? 0 : sourceWidthDeg / beamWidthDeg.value;
  const spread = 1 + DISC * ratio ** 2;
  const spreadSigma = beamWidthDeg ? (2 * (spread - 1) * beamWidthDeg.sigma) / beamWidthDeg.value : 0;
  const relative = Math.hypot(sigma / excess, spreadSigma / spread, fluxSfu.sigma / fluxSfu.value);
  const perKelvin = (8 * Math.PI * BOLTZMANN * excess * spread) / (wavelengthM ** 2 * fluxSfu.value * SFU);
  const temperature = gainDbi && 10 ** (gainDbi.value / 10) / perKelvin;
  return {
    yFactor: { value: 1 + excess, sigma },
    gOverTDb: { value: 10 * Math.log10(perKelvin), sigma: DB_PER_NEPER * relative },
    systemTemperatureK:
      temperature === undefined
        ? undefined
        : {
            value: temperature,
            sigma: temperature * Math.hypot(relative, (gainDbi?.sigma ?? 0) / DB_PER_NEPER),
          },
  };
}
