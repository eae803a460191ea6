import { radToDeg } from '#shared/sky/units';
import { DB_PER_NEPER, type Figure } from './figure.ts';
import type { GreatCircle } from './great-circle.ts';
import type { PatternSurface, PatternValue, Sensitivity } from './surface.ts';

/** A side of a cut: from the peak of the pattern along a great circle. Angles in radians. */
export interface CutSide {
  surface: PatternSurface;
  circle: GreatCircle;
  /** 1 or -1: the direction along the circle. */
  sign: 1 | -1;
  peak: PatternValue;
  /** How the peak moves along the circle. */
  peakShift: readonly (readonly [Sensitivity, number])[];
  /** About a twentieth of the beam. */
  step: number;
}

/** Where the pattern falls to half of its peak. */
export interface HalfPower {
  /** From the peak. */
  angle: number;
  /** How the place moves on the sky, outwards. */
  shift: readonly (readonly [Sensitivity, number])[];
}

/** An extreme value of a cut beyond its main lobe. Degrees from the peak, dB relative to it. */
export interface Extreme {
  levelDb: Figure;
  angleDeg: Figure;
}

export interface SideFigures {
  halfPower: HalfPower | undefined;
  /** The first minimum from which the pattern rises by more than 3 sigma and 0.2 dB. */
  firstNull: Extreme | undefined;
  /** The highest level after it from which the pattern falls by more than 3 sigma and 0.2 dB. */
  sideLobe: Extreme | undefined;
}

/**
 * A side lobe or null must differ from its surroundings by this many standard deviations and by
 * 0.2 dB: drift that near points have in common makes smaller ripples.
 */
const PROMINENCE = 3;
const MIN_RATIO = 10 ** 0.02;
/** Beyond the back, to find the lobe that is there. */
const MAX_ANGLE = 1.5 * Math.PI;
/** To a ten-thousandth of a step. */
const BISECTIONS = 14;
const CURVATURE_STEPS = 2.5;

interface Sample {
  angle: number;
  value: PatternValue;
}

/** The figures of one side of a cut; what is beyond a gap of the measurement is unknown. */
export function sideFigures(whole: CutSide & { beyond: PatternSurface }): SideFigures {
  const half = halfPower(whole);
  if (!half) return { halfPower: undefined, firstNull: undefined, sideLobe: undefined };
  const side = { ...whole, surface: whole.beyond };
  const { step } = side;
  let [lowest, highest] = [undefined, undefined] as [Sample | undefined, Sample | undefined];
  let firstNull: Sample | undefined;
  for (let n = Math.ceil(half.angle / step); n * step < MAX_ANGLE; n++) {
    const value = valueAt(side, n * step);
    if (!value) break;
    const sample = { angle: n * step, value };
    if (!firstNull) {
      if (!lowest || value.value < lowest.value.value) lowest = sample;
      else if (rises(lowest.value, value)) firstNull = lowest;
      if (!firstNull) continue;
    }
    if (!highest || value.value > highest.value.value) highest = sample;
    else if (rises(value, highest.value))
      return {
        halfPower: half,
        firstNull: extreme(side, firstNull, -1),
        sideLobe: extreme(side, highest, 1),
      };
  }
  return { halfPower: half, firstNull: firstNull && extreme(side, firstNull, -1), sideLobe: undefined };
}

/** Only where the pattern falls to half; undefined: not measured. */
export function halfPower(side: CutSide): HalfPower | undefined {
  let previous: Sample = { angle: 0, value: side.peak };
  for (let n = 1; n * side.step < Math.PI; n++) {
    const value = valueAt(side, n * side.step);
    if (!value) return undefined;
    const sample = { angle: n * side.step, value };
    if (value.value < side.peak.value / 2) return halfPowerBetween(side, previous, sample);
    previous = sample;
  }
  return undefined;
}

function rises(from: PatternValue, to: PatternValue): boolean {
  return (
    to.value - from.value > PROMINENCE * Math.hypot(from.sigma, to.sigma) && to.value > MIN_RATIO * from.value
  );
}

function valueAt({ surface, circle, sign }: CutSide, angle: number): PatternValue | undefined {
  return surface.at(circle.at(sign * angle));
}

function halfPowerBetween(side: CutSide, inner: Sample, outer: Sample): HalfPower | undefined {
  const { peak } = side;
  const half = peak.value / 2;
  let [low, high] = [inner.angle, outer.angle];
  let at: PatternValue | undefined = outer.value;
  for (let n = 0; n < BISECTIONS; n++) {
    const middle = (low + high) / 2;
    at = valueAt(side, middle);
    if (!at) return undefined;
    if (at.value > half) low = middle;
    else high = middle;
  }
  const angle = (low + high) / 2;
  const slope = side.sign * (side.surface.slope(side.circle, side.sign * angle)?.value ?? NaN);
  if (!(slope < 0)) return undefined;
  return {
    angle,
    shift: [
      [at, -1 / slope],
      [peak, 1 / (2 * slope)],
    ],
  };
}

/** An extreme value between samples, by a parabola; `kind` 1: a maximum. */
function extreme(side: CutSide, sample: Sample, kind: 1 | -1): Extreme {
  const { peak, surface, circle, sign, peakShift } = side;
  let { angle, value } = sample;
  let size = side.step;
  for (let n = 0; n < 6; n++, size /= 2) {
    const [before, after] = [valueAt(side, angle - size), valueAt(side, angle + size)];
    if (!before || !after) break;
    const bend = before.value + after.value - 2 * value.value;
    if (kind * bend >= 0) break;
    const shift = Math.max(-size, Math.min(size, ((before.value - after.value) / (2 * bend)) * size));
    const next = valueAt(side, angle + shift);
    if (!next || kind * (next.value - value.value) < 0) continue;
    angle += shift;
    value = next;
  }
  // As in the cuts: what is below the noise is one sigma of it.
  const level = Math.max(value.value, value.sigma);
  const relative = surface.sigmaFrom([
    [value, 1 / level],
    [peak, -1 / peak.value],
  ]);
  const slope = surface.slope(circle, sign * angle);
  const curvature = curvatureAt(side, angle, value);
  const shift: (readonly [Sensitivity, number])[] = [
    ...(slope ? [[slope, -sign / curvature] as const] : []),
    ...peakShift.map(([part, factor]) => [part, -sign * factor] as const),
  ];
  return {
    levelDb: { value: 10 * Math.log10(level / peak.value), sigma: DB_PER_NEPER * relative },
    angleDeg: {
      value: radToDeg(angle),
      sigma: radToDeg(curvature * kind < 0 ? surface.sigmaFrom(shift) : side.step),
    },
  };
}

/** Over some steps: that of nearer values is mostly noise. */
function curvatureAt(side: CutSide, angle: number, at: PatternValue): number {
  const distance = CURVATURE_STEPS * side.step;
  const [before, after] = [valueAt(side, angle - distance), valueAt(side, angle + distance)];
  return before && after ? (before.value + after.value - 2 * at.value) / distance ** 2 : 0;
}
