import { tangentPlaneAt, type Vector } from '../finder/sphere.ts';
import { scaled, shiftOfPeak, STEPS_PER_BEAM, type Beam, type PeakShift } from './beam.ts';
import { halfPower } from './cut.ts';
import { between, greatCircle } from './great-circle.ts';
import type { PatternSurface, PatternValue } from './surface.ts';

/**
 * The top is flat if a sixth of a beam away it is not this many standard deviations lower, or not
 * 0.2 dB, which can be drift: a Gaussian beam falls by 0.33 dB.
 */
const FLAT_SIGMAS = 6;
const FLAT_RATIO = 10 ** -0.02;
const FLAT_AT = 1 / 6;
/** The middle of a beam is its axis unless it is this much lower than the peak: 0.05 dB. */
const MIDDLE_RATIO = 10 ** -0.005;
const ROUNDS = 4;

/** The same pattern with different reaches. */
export interface BeamSurfaces {
  surface: PatternSurface;
  sides: PatternSurface;
  /** In which the peak was found. */
  wide: PatternSurface;
}

/**
 * The axis of a beam: its peak, or where the top is flat to within noise and drift, the middle
 * between the half-power points of both planes.
 */
export function beamAxis(
  surfaces: BeamSurfaces,
  top: { direction: Vector; peak: PatternValue },
  width: number,
): { beam: Beam; shift: PeakShift } | undefined {
  const { wide } = surfaces;
  const atPeak = beamAt(surfaces, top.direction, width);
  if (!atPeak) return undefined;
  const found = isFlat(wide, top, width) ? middleOf(surfaces, atPeak, width) : undefined;
  const isAsHigh = (value: number) => value > Math.min(MIDDLE_RATIO * top.peak.value, lowestFlat(top.peak));
  if (found && isAsHigh(wide.at(found.beam.direction)?.value ?? 0)) return found;
  return { beam: atPeak, shift: shiftOfPeak({ ...atPeak, surface: wide, peak: top.peak }) };
}

/** The middle between the half-power points of both planes; undefined: they are not measured. */
function middleOf(
  surfaces: BeamSurfaces,
  atPeak: Beam,
  width: number,
): { beam: Beam; shift: PeakShift } | undefined {
  let beam = atPeak;
  let shift: PeakShift | undefined;
  for (let n = 0; n < ROUNDS; n++) {
    const [x, y] = [middle(beam, beam.right), middle(beam, beam.up)];
    if (!x || !y) return undefined;
    shift = { right: x.shift, up: y.shift };
    const [along, distance] = [Math.hypot(x.angle, y.angle), 1e-6 * width];
    if (along < distance) break;
    const axis = between(beam.right, beam.up, Math.atan2(y.angle, x.angle));
    const next = beamAt(surfaces, greatCircle(beam.direction, axis).at(along), width);
    if (!next) break;
    beam = next;
  }
  return shift && { beam, shift };
}

function beamAt({ surface, sides }: BeamSurfaces, direction: Vector, width: number): Beam | undefined {
  const peak = surface.at(direction);
  const { right, up } = tangentPlaneAt(direction);
  return peak && { surface, sides, direction, peak, right, up, width };
}

function isFlat(
  wide: PatternSurface,
  { direction, peak }: { direction: Vector; peak: PatternValue },
  width: number,
): boolean {
  const { right, up } = tangentPlaneAt(direction);
  return [right, up].some((along) => {
    const circle = greatCircle(direction, along);
    const sides = [-1, 1].map((sign) => wide.at(circle.at(sign * FLAT_AT * width))?.value ?? 0);
    const beside = ((sides[0] ?? 0) + (sides[1] ?? 0)) / 2;
    return beside > Math.min(FLAT_RATIO * peak.value, lowestFlat(peak));
  });
}

/** What noise can be. */
function lowestFlat({ value, sigma }: PatternValue): number {
  return value - FLAT_SIGMAS * sigma;
}

/** The middle between the half-power points along an axis, relative to the beam. */
function middle({ surface, direction, peak, width }: Beam, along: Vector) {
  const circle = greatCircle(direction, along);
  const common = { surface, circle, peak, peakShift: [], step: width / STEPS_PER_BEAM };
  const [before, after] = [halfPower({ ...common, sign: -1 }), halfPower({ ...common, sign: 1 })];
  if (!before || !after) return undefined;
  return {
    angle: (after.angle - before.angle) / 2,
    shift: [...scaled(after.shift, 0.5), ...scaled(before.shift, -0.5)],
  };
}
