import type { Site } from '#shared/sky/site';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { angleBetween, vectorAt, vectorOf, type Vector } from '../finder/sphere.ts';
import type { Geometry } from './align-band.ts';

/**
 * Within this distance of the Sun, in beam widths, its main lobe or what a model of it leaves
 * changes the level by more than the noise: a Gaussian beam is 48 dB lower there.
 */
const REACH = 2;
/** Of the centre of the Sun when its limb rises, degrees. */
const RISEN_DEG = -0.3;
/** The Sun moves by a quarter of a degree in this time. */
const STEP_MS = 60_000;

/**
 * Cells that the Sun was near to when they were measured. It is elsewhere at the same time of
 * another day, so that they say nothing about what is usual.
 * @param timeMs Of each cell; NaN: not measured.
 */
export function cellsNearSun(
  { cellVectors, beamWidth }: Pick<Geometry, 'cellVectors' | 'beamWidth'>,
  timeMs: Float64Array,
  site: Site,
): number[] {
  const { sun } = createSunAndMoon(site);
  const seen = new Map<number, Vector | undefined>();
  const directionAt = (step: number): Vector | undefined => {
    if (!seen.has(step)) {
      const { azimuthDeg, elevationDeg } = sun(step * STEP_MS);
      seen.set(step, elevationDeg > RISEN_DEG ? vectorOf(azimuthDeg, elevationDeg) : undefined);
    }
    return seen.get(step);
  };
  return Array.from(timeMs.keys()).filter((cell) => {
    const time = timeMs[cell] as number;
    const direction = Number.isNaN(time) ? undefined : directionAt(Math.round(time / STEP_MS));
    return direction && angleBetween(vectorAt(cellVectors, cell), direction) < REACH * beamWidth;
  });
}
