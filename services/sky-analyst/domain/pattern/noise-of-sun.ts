import type { BeamFigures } from './beam-figures.ts';
import { dishGainDbi } from '#shared/pattern/envelope';
import type { Figure } from './figure.ts';
import type { AntennaPattern, PatternSettings } from './pattern.ts';
import { sunNoise, type SunNoise } from './sun-noise.ts';

/** From a scan over the Sun; undefined: no flux is given, or the background is not known. */
export function noiseOfSun(
  settings: PatternSettings,
  levels: { peak: Figure; background: AntennaPattern['background'] },
  { azimuth, elevation }: Pick<BeamFigures, 'azimuth' | 'elevation'>,
  directivity: AntennaPattern['directivityDbi'],
): SunNoise | undefined {
  const { fluxSfu, fluxSigmaSfu = 0, wavelengthM, sourceWidthDeg = 0 } = settings;
  const { peak, background } = levels;
  if (fluxSfu === undefined || wavelengthM === undefined || !background?.isFound) return undefined;
  const { level, sigma } = background;
  return sunNoise(
    {
      // All points of the peak have the background in common; that is in `background`.
      peak: { value: peak.value, sigma: Math.sqrt(Math.max(0, peak.sigma ** 2 - sigma ** 2)) },
      background: { value: level, sigma },
    },
    {
      fluxSfu: { value: fluxSfu, sigma: fluxSigmaSfu },
      wavelengthM,
      sourceWidthDeg,
      beamWidthDeg: meanWidth(azimuth.hpbwDeg, elevation.hpbwDeg),
      gainDbi: gainOf(settings, directivity),
    },
  );
}

/** The geometric mean: the solid angle of a beam is proportional to its square. */
function meanWidth(one: Figure | undefined, other: Figure | undefined): Figure | undefined {
  if (!one || !other) return one ?? other;
  const value = Math.sqrt(one.value * other.value);
  return { value, sigma: (value / 2) * Math.hypot(one.sigma / one.value, other.sigma / other.value) };
}

function gainOf(
  { gainDbi, diameterM, wavelengthM }: PatternSettings,
  directivity: AntennaPattern['directivityDbi'],
): Figure | undefined {
  if (gainDbi !== undefined) return { value: gainDbi, sigma: 0 };
  if (!directivity.isUpperBound) return directivity;
  if (diameterM === undefined || wavelengthM === undefined) return undefined;
  return { value: dishGainDbi({ diameterM, wavelengthM }), sigma: 0 };
}
