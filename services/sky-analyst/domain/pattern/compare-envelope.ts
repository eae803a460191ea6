import { dishGainDbi, envelopeDbi } from '#shared/pattern/envelope';
import type { AntennaPattern, EnvelopeFigures, PatternSettings, PlaneFigures } from './pattern.ts';

const SIGMAS = 2;

/**
 * Both cuts against the envelope of a dish of this size. The gain of the main lobe is the
 * directivity if it was measured, else that of the dish. Undefined: no size or wavelength is given.
 */
export function envelopeFigures(
  { diameterM, wavelengthM }: PatternSettings,
  planes: readonly PlaneFigures[],
  { value, isUpperBound }: AntennaPattern['directivityDbi'],
): EnvelopeFigures | undefined {
  if (diameterM === undefined || wavelengthM === undefined) return undefined;
  const dish = { diameterM, wavelengthM };
  const gainDbi = isUpperBound ? dishGainDbi(dish) : value;
  const excess = planes
    .flatMap(({ cut }) => cut)
    .filter(({ gainDb }) => Number.isFinite(gainDb))
    .map(({ angleDeg, gainDb, sigmaDb }) => ({
      angleDeg,
      value: gainDbi + gainDb - envelopeDbi(dish, gainDbi, Math.abs(angleDeg)),
      sigma: sigmaDb,
    }));
  const worst = excess.reduce<(typeof excess)[number] | undefined>(
    (best, each) => (best && best.value >= each.value ? best : each),
    undefined,
  );
  if (!worst) return undefined;
  const above = excess.filter((each) => each.value > SIGMAS * each.sigma).length;
  return {
    excessDb: { value: worst.value, sigma: worst.sigma },
    angleDeg: Math.abs(worst.angleDeg),
    exceeded: above / excess.length,
    gainDbi,
  };
}
