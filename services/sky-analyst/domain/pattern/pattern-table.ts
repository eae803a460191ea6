import { degToRad, radToDeg } from '#shared/sky/units';
import { tangentPlaneAt, type Vector } from '../finder/sphere.ts';
import { gainAt } from './cut-points.ts';
import { between, greatCircle } from './great-circle.ts';
import type { PatternTable } from './pattern.ts';
import type { PatternSurface, PatternValue } from './surface.ts';

const ROLL_STEP_DEG = 10;
/**
 * In the beam, and beyond. Between angles a gain in dB is linear; that of a Gaussian beam,
 * -12.04 (theta / width)^2, is at most 0.008 dB off that with 20 angles in a width.
 */
const ANGLES_PER_WIDTH = { beam: 20, sides: 8 };
/** Of the beam, in widths. */
const BEAM_REACH = 1.2;
/** There is at most this number of wide steps. */
const MIN_SIDE_STEP_DEG = 1;
const DECIMALS = 3;

/**
 * The pattern by the angle from its axis and the direction around it: 0 is to the right, 90 up.
 * @param meanOutside Power beyond the main lobe, for what was not measured; 0: not known.
 */
export function patternTable(
  surface: PatternSurface,
  axis: Vector,
  peak: PatternValue,
  widthRad: number,
  meanOutside: number,
): PatternTable {
  const { right, up } = tangentPlaneAt(axis);
  const offAxisDeg = anglesFor(radToDeg(widthRad));
  const rollDeg = Array.from({ length: 360 / ROLL_STEP_DEG }, (_, k) => k * ROLL_STEP_DEG);
  const gainDb = rollDeg.map((roll) => {
    const circle = greatCircle(axis, between(right, up, degToRad(roll)));
    return offAxisDeg.map((angle) =>
      angle === 0 ? 0 : gainAt(surface, circle.at(degToRad(angle)), peak).gainDb,
    );
  });
  const measured = gainDb.flat().filter((gain) => Number.isFinite(gain));
  return {
    offAxisDeg,
    rollDeg,
    gainDb,
    floorDb:
      meanOutside > 0
        ? 10 * Math.log10(meanOutside / peak.value)
        : measured.reduce((lowest, gain) => Math.min(lowest, gain), 0),
  };
}

function anglesFor(widthDeg: number): number[] {
  const fine = widthDeg / ANGLES_PER_WIDTH.beam;
  const coarse = Math.max(fine, widthDeg / ANGLES_PER_WIDTH.sides, MIN_SIDE_STEP_DEG);
  const angles: number[] = [];
  for (let angle = 0; angle < 180; angle += angle < BEAM_REACH * widthDeg ? fine : coarse)
    angles.push(Number(angle.toFixed(DECIMALS)));
  return [...angles, 180];
}
