import { SUN_REACH } from '#contract/anomaly-values';
import type { Site } from '#shared/sky/site';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { angleBetween, vectorAt, vectorOf, type Vector } from '../finder/sphere.ts';

/** Of the centre of the Sun when its limb rises, degrees. */
const RISEN_DEG = -0.3;
/** The Sun moves by a quarter of a degree in this time. */
const STEP_MS = 60_000;

/** Whether a direction was near the Sun at a Unix time in milliseconds; NaN: no. */
export type IsNearSun = (direction: Vector, unixMs: number) => boolean;

export function createIsNearSun(site: Site, beamWidth: number): IsNearSun {
  const { sun } = createSunAndMoon(site);
  const seen = new Map<number, Vector | undefined>();
  const sunAt = (step: number): Vector | undefined => {
    if (!seen.has(step)) {
      const { azimuthDeg, elevationDeg } = sun(step * STEP_MS);
      seen.set(step, elevationDeg > RISEN_DEG ? vectorOf(azimuthDeg, elevationDeg) : undefined);
    }
    return seen.get(step);
  };
  return (direction, unixMs) => {
    const at = Number.isNaN(unixMs) ? undefined : sunAt(Math.round(unixMs / STEP_MS));
    return at !== undefined && angleBetween(direction, at) < SUN_REACH * beamWidth;
  };
}

/**
 * Cells that the Sun was near to when they were measured. It is elsewhere at the same time of
 * another day, so that they say nothing about what is usual.
 * @param timeMs Of each cell; NaN: not measured.
 */
export function cellsNearSun(
  cellVectors: Float64Array,
  timeMs: Float64Array,
  isNearSun: IsNearSun,
): number[] {
  return Array.from(timeMs.keys()).filter((cell) =>
    isNearSun(vectorAt(cellVectors, cell), timeMs[cell] as number),
  );
}
