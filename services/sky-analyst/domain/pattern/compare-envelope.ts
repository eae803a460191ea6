import { dishGainDbi, envelopeDbi } from '#shared/pattern/envelope';
import { maskDb } from './mask.ts';
import type {
  AntennaPattern,
  EnvelopeFigures,
  LimitFigures,
  PatternSettings,
  PlaneFigures,
} from './pattern.ts';

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
  const found = limitFigures(planes, (angleDeg) => envelopeDbi(dish, gainDbi, angleDeg) - gainDbi);
  return found && { ...found, gainDbi };
}

/** Both cuts against the mask of the owner. Undefined: no mask is given, or nothing is in it. */
export function maskFigures(
  { mask }: PatternSettings,
  planes: readonly PlaneFigures[],
): LimitFigures | undefined {
  return mask && limitFigures(planes, (angleDeg) => maskDb(mask, angleDeg));
}

/** @param limitDb Highest gain relative to the peak at an angle; undefined: any. */
function limitFigures(
  planes: readonly PlaneFigures[],
  limitDb: (angleDeg: number) => number | undefined,
): LimitFigures | undefined {
  const excess = planes
    .flatMap(({ cut }) => cut)
    .flatMap(({ angleDeg, gainDb, sigmaDb }) => {
      const limit = limitDb(Math.abs(angleDeg));
      return limit === undefined || !Number.isFinite(gainDb)
        ? []
        : [{ angleDeg: Math.abs(angleDeg), value: gainDb - limit, sigma: sigmaDb }];
    });
  const worst = excess.reduce<(typeof excess)[number] | undefined>(
    (best, each) => (best && best.value >= each.value ? best : each),
    undefined,
  );
  if (!worst) return undefined;
  const above = excess.filter((each) => each.value > SIGMAS * each.sigma).length;
  return {
    excessDb: { value: worst.value, sigma: worst.sigma },
    angleDeg: worst.angleDeg,
    exceeded: above / excess.length,
  };
}
