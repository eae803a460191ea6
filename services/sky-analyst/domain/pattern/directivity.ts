import { DB_PER_NEPER } from './figure.ts';
import type { AntennaPattern } from './pattern.ts';
import type { SphereIntegral } from './sphere-integral.ts';
import type { PatternSurface, PatternValue } from './surface.ts';

/** Share of the sphere that a directivity needs. */
export const MIN_COVERAGE = 0.95;

/**
 * D = 4 pi / integral of the normalized pattern. What was not measured counts as the mean beyond
 * the main lobe, with all of that as its sigma; below the share that is needed it counts as
 * nothing, and the directivity is an upper bound.
 */
export function directivityOf(
  surface: PatternSurface,
  peak: PatternValue,
  { power, derivatives, coverage, meanOutside }: SphereIntegral,
): Pick<AntennaPattern, 'directivityDbi' | 'beamSolidAngleSr'> {
  const isBound = coverage < MIN_COVERAGE;
  const unseen = isBound ? 0 : 4 * Math.PI * (1 - coverage) * meanOutside;
  const total = power + unseen;
  const relative = derivatives.map((derivative) => derivative / total);
  peak.addTo(relative, -1 / peak.value);
  const sigma = Math.hypot(surface.sigmaOf(relative), unseen / total);
  const solidAngle = total / peak.value;
  return {
    directivityDbi: {
      value: 10 * Math.log10((4 * Math.PI) / solidAngle),
      sigma: DB_PER_NEPER * sigma,
      isUpperBound: isBound,
    },
    beamSolidAngleSr: { value: solidAngle, sigma: solidAngle * sigma, isLowerBound: isBound },
  };
}
