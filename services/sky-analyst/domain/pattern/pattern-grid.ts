import { degToRad, radToDeg } from '#shared/sky/units';
import { tangentPlaneAt, type Vector } from '../finder/sphere.ts';
import { gainAt } from './cut-points.ts';
import { between, greatCircle } from './great-circle.ts';
import type { PatternGrid } from './pattern.ts';
import type { PatternSurface, PatternValue } from './surface.ts';

/** Odd, so that the beam axis is in the middle of a cell. */
const SIZE = 61;
/** Half of the grid at most, in beam widths: there are four cells in each. */
const REACH_BEAMS = 8;
/** The grid reaches as far as the scan, which is looked for in these directions and steps. */
const SPOKES = 24;
const STEPS = 40;

/** The pattern around its axis, in a zenithal equidistant projection. */
export function patternGrid(
  surface: PatternSurface,
  axis: Vector,
  peak: PatternValue,
  widthRad: number,
): PatternGrid {
  const { right, up } = tangentPlaneAt(axis);
  const at = (angle: number, from: number) => greatCircle(axis, between(right, up, from)).at(angle);
  const most = Math.min(Math.PI, REACH_BEAMS * widthRad);
  const isMeasured = (angle: number) =>
    Array.from({ length: SPOKES }, (_, spoke) => at(angle, (2 * Math.PI * spoke) / SPOKES)).some(
      (direction) => surface.at(direction) !== undefined,
    );
  let step = STEPS;
  while (step > 1 && !isMeasured((most * step) / STEPS)) step--;
  const reach = (most * step) / STEPS;
  const reachDeg = radToDeg(reach);
  const stepDeg = (2 * reachDeg) / (SIZE - 1);
  const offset = (index: number) => index * stepDeg - reachDeg;
  const points = Array.from({ length: SIZE * SIZE }, (_, k) => {
    const [x, y] = [offset(k % SIZE), offset(Math.floor(k / SIZE))];
    const angleDeg = Math.hypot(x, y);
    // In the corners of a map of the whole sphere, directions would repeat.
    if (angleDeg > 180) return undefined;
    return gainAt(surface, at(degToRad(angleDeg), Math.atan2(y, x)), peak);
  });
  return {
    reachDeg,
    size: SIZE,
    gainDb: points.map((point) => point?.gainDb ?? NaN),
    sigmaDb: points.map((point) => point?.sigmaDb ?? NaN),
  };
}
