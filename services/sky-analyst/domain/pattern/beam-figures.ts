import { degToRad, radToDeg } from '#shared/sky/units';
import type { Vector } from '../finder/sphere.ts';
import { scaled, STEPS_PER_BEAM, wholeSurface, type Beam, type Parts, type PeakShift } from './beam.ts';
import { beamEllipse, type BeamEllipse, type CorrectWidth, type Diameter } from './beam-ellipse.ts';
import { cutPoints } from './cut-points.ts';
import { halfPower, sideFigures, type CutSide } from './cut.ts';
import { DB_PER_NEPER, type Figure } from './figure.ts';
import { between, greatCircle } from './great-circle.ts';
import type { PlaneFigures } from './pattern.ts';
import type { PatternValue } from './surface.ts';

const DIAMETERS = 12;
/**
 * A disc of diameter d widens a Gaussian beam like a Gaussian of 0.589 d, which has its second
 * moment: 2 sqrt(2 ln 2) d / 4 = sqrt(ln 2 / 2) d (Baars 1973, as in the manual of the SMT,
 * aro.as.arizona.edu). The width is 0.4 % wrong for a disc of 0.6 beam widths, 2.3 % for 0.9.
 */
export const DISC_TO_GAUSSIAN = 0.589;

export interface BeamFigures {
  azimuth: PlaneFigures;
  elevation: PlaneFigures;
  ellipse: BeamEllipse | undefined;
  /** Measured half-power width, radians. */
  narrowest: number | undefined;
}

/** Widths, nulls, side lobes and cuts. */
export function beamFigures(beam: Beam, shift: PeakShift, sourceWidthDeg: number): BeamFigures {
  const { right, up } = beam;
  const correct = (width: number) => correctedWidth(width, degToRad(sourceWidthDeg));
  const azimuth = planeFigures(beam, right, shift.right, correct);
  const elevation = planeFigures(beam, up, shift.up, correct);
  const widths = [azimuth, elevation].flatMap(({ measured }) => (measured === undefined ? [] : [measured]));
  return {
    azimuth: azimuth.figures,
    elevation: elevation.figures,
    ellipse: ellipseOf(beam, correct),
    narrowest: widths.length > 0 ? Math.min(...widths) : undefined,
  };
}

/** theta^2 = theta_measured^2 - (0.589 d)^2; undefined: the source is as wide as the beam. */
export function correctedWidth(width: number, source: number): ReturnType<CorrectWidth> {
  const square = width ** 2 - (DISC_TO_GAUSSIAN * source) ** 2;
  if (!(square > 0)) return undefined;
  return { width: Math.sqrt(square), derivative: width / Math.sqrt(square) };
}

/** The figures of the cut along a unit vector. */
export function planeFigures(
  beam: Beam,
  along: Vector,
  peakShift: Parts,
  correct: CorrectWidth,
): { figures: PlaneFigures; measured: number | undefined } {
  const { surface, direction, peak } = beam;
  const circle = greatCircle(direction, along);
  const common = {
    surface,
    beyond: beam.sides ?? surface,
    circle,
    peak,
    peakShift,
    step: beam.width / STEPS_PER_BEAM,
  };
  const [before, after] = [sideFigures({ ...common, sign: -1 }), sideFigures({ ...common, sign: 1 })];
  const sides = { before: extremes(before), after: extremes(after) };
  const measured =
    before.halfPower && after.halfPower ? before.halfPower.angle + after.halfPower.angle : undefined;
  const corrected = measured === undefined ? undefined : correct(measured);
  const parts = [...(before.halfPower?.shift ?? []), ...(after.halfPower?.shift ?? [])];
  return {
    measured,
    figures: {
      hpbwDeg: corrected && {
        value: radToDeg(corrected.width),
        sigma: radToDeg(corrected.derivative * surface.sigmaFrom(parts)),
      },
      ...sides,
      cut: cutPoints(wholeSurface(beam, measured ?? 0), circle, peak, measured),
    },
  };
}

function extremes({ firstNull, sideLobe }: ReturnType<typeof sideFigures>) {
  return { firstNull, sideLobe };
}

function ellipseOf(
  { surface, direction, peak, right, up, width }: Beam,
  correct: CorrectWidth,
): BeamEllipse | undefined {
  const diameters: Diameter[] = [];
  for (let n = 0; n < DIAMETERS; n++) {
    const positionAngle = (Math.PI * n) / DIAMETERS;
    const circle = greatCircle(direction, between(right, up, positionAngle));
    const side = (sign: 1 | -1): CutSide => ({
      surface,
      circle,
      sign,
      peak,
      peakShift: [],
      step: width / STEPS_PER_BEAM,
    });
    const [one, other] = [halfPower(side(1)), halfPower(side(-1))];
    if (!one || !other) return undefined;
    diameters.push({
      positionAngle,
      width: one.angle + other.angle,
      shift: [...one.shift, ...other.shift],
    });
  }
  return beamEllipse(diameters, surface, correct);
}

/** The peak relative to the level behind it, and to the highest one within 30 degrees of that. */
export function frontToBack(
  beam: Beam,
  shift: PeakShift,
  worst: PatternValue | undefined,
): { opposite: Figure | undefined; worst: Figure | undefined } {
  const { surface, sides = surface, direction, peak, right, up } = beam;
  const back = sides.at([-direction[0], -direction[1], -direction[2]]);
  // The direction behind moves with the peak, the other way.
  const moved = [...movedBehind(beam, right, shift.right), ...movedBehind(beam, up, shift.up)];
  const ratio = (level: PatternValue | undefined, parts: Parts): Figure | undefined => {
    if (!level || !(level.value > 0)) return undefined;
    const sigma = surface.sigmaFrom([
      [peak, 1 / peak.value],
      [level, -1 / level.value],
      ...scaled(parts, -1 / level.value),
    ]);
    return { value: 10 * Math.log10(peak.value / level.value), sigma: DB_PER_NEPER * sigma };
  };
  return { opposite: ratio(back, moved), worst: ratio(worst, []) };
}

/** How the level behind changes when the axis moves along a unit vector. */
function movedBehind({ surface, sides = surface, direction }: Beam, along: Vector, shift: Parts): Parts {
  const slope = sides.slope(greatCircle(direction, along), Math.PI)?.value ?? 0;
  return scaled(shift, slope);
}
