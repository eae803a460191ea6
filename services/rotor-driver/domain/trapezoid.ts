import type { AxisMotion } from '#shared/sky/kinematics';
import { fitLeastSquares } from './least-squares.ts';
import { median, type Estimate } from './statistics.ts';

/** How far an axis has come: seconds and degrees since a common zero. */
export interface Progress {
  seconds: number;
  deg: number;
}

/** A move as a trapezoid of speed: speeds up, keeps its speed, slows down at the same rate. */
export interface TrapezoidFit {
  /** When it set off, and its standard error, seconds. */
  startS: number;
  startErrorS: number;
  speedDegPerS: Estimate;
  accelerationDegPerS2: Estimate;
  /** Whether it went at full speed for long enough to tell how much that is. */
  cruises: boolean;
}

/** Way after `seconds` of a move over `distanceDeg` (not negative), degrees. */
export function travelledDeg(seconds: number, distanceDeg: number, motion: AxisMotion): number {
  const { speedDegPerS, accelerationDegPerS2: a } = motion;
  if (seconds <= 0) return 0;
  const peak = Math.min(speedDegPerS, Math.sqrt(a * distanceDeg));
  const rampS = peak / a;
  const endS = peak > 0 ? rampS + distanceDeg / peak : 0;
  if (seconds >= endS) return distanceDeg;
  if (seconds < rampS) return 0.5 * a * seconds ** 2;
  if (seconds > endS - rampS) return distanceDeg - 0.5 * a * (endS - seconds) ** 2;
  return 0.5 * a * rampS ** 2 + peak * (seconds - rampS);
}

const STARTS = [0.2, 1, 5];
// Of the way: with less than the rest at full speed a slower one that is kept for longer looks the
// same.
const LONGEST_RAMPS = 0.8;
// Enough for any fit, of the middle and of either end; a slow rotator gives thousands.
const MOST_READINGS = 150;

/**
 * Speed, acceleration and start of a move from where the axis was when. `stepDeg`: the step of the
 * readback. At least five readings; `guess` need not be near.
 */
export function fitTrapezoid(
  whole: readonly Progress[],
  distanceDeg: number,
  stepDeg: number,
  guess: AxisMotion,
): TrapezoidFit | undefined {
  const way = thinned(whole, stepDeg);
  if (way.length < 5 || distanceDeg <= 0) return undefined;
  const speed = slopeInTheMiddle(way, distanceDeg) ?? guess.speedDegPerS;
  const startS = way.findLast(({ deg }) => deg <= Math.max(stepDeg, 0.02 * distanceDeg))?.seconds ?? 0;
  const motionOf = ([, lnSpeed = 0, lnAcceleration = 0]: readonly number[]): AxisMotion => ({
    speedDegPerS: Math.exp(lnSpeed),
    accelerationDegPerS2: Math.exp(lnAcceleration),
  });
  const residuals = (parameters: readonly number[]) => {
    const motion = motionOf(parameters);
    return way.map(
      ({ seconds, deg }) => travelledDeg(seconds - (parameters[0] ?? 0), distanceDeg, motion) - deg,
    );
  };
  const floorDeg = stepDeg * QUANTISATION;
  const fits = STARTS.map((factor) => {
    const acceleration = (factor * Math.max(speed, 1e-3) ** 2 * 2) / distanceDeg;
    return fitLeastSquares(residuals, [startS, Math.log(speed), Math.log(acceleration)], floorDeg);
  });
  const best = fits.reduce((a, b) => (b.cost < a.cost ? b : a));
  const { speedDegPerS, accelerationDegPerS2 } = motionOf(best.parameters);
  const stretch = repetition(way);
  const [startErrorS = Infinity, speedError = Infinity, accelerationError = Infinity] = best.errors.map(
    (error) => error * stretch,
  );
  return {
    startS: best.parameters[0] ?? 0,
    startErrorS,
    speedDegPerS: { value: speedDegPerS, error: speedError },
    accelerationDegPerS2: { value: accelerationDegPerS2, error: accelerationError },
    cruises: speedDegPerS ** 2 / accelerationDegPerS2 < LONGEST_RAMPS * distanceDeg,
  };
}

/** When a move set off whose speed and acceleration are known, seconds. */
export function fitStart(
  way: readonly Progress[],
  distanceDeg: number,
  stepDeg: number,
  motion: AxisMotion,
): number | undefined {
  if (way.length < 3 || distanceDeg <= 0) return undefined;
  const residuals = ([startS = 0]: readonly number[]) =>
    way.map(({ seconds, deg }) => travelledDeg(seconds - startS, distanceDeg, motion) - deg);
  const half = way.find(({ deg }) => deg >= distanceDeg / 2)?.seconds ?? 0;
  const guessS = half - distanceDeg / motion.speedDegPerS / 2;
  return fitLeastSquares(residuals, [guessS], stepDeg * QUANTISATION).parameters[0];
}

/** Fewer readings of where nothing changes: between the ends, at which the speed does. */
function thinned(way: readonly Progress[], stepDeg: number): readonly Progress[] {
  const moving = Math.max(
    0,
    way.findIndex(({ deg }) => deg > stepDeg),
  );
  const [first, last] = [moving - MOST_READINGS / 2, way.length - MOST_READINGS];
  const stride = Math.max(1, Math.ceil((last - first) / MOST_READINGS));
  return way.filter((_, i) => Math.abs(i - moving) < MOST_READINGS / 2 || i >= last || i % stride === 0);
}

/** Standard deviation of what a step rounds away, in steps. */
const QUANTISATION = 1 / Math.sqrt(12);

/**
 * Slope of the middle part, by the median over pairs that lie a third of it apart; undefined when
 * there are too few readings.
 */
function slopeInTheMiddle(way: readonly Progress[], distanceDeg: number): number | undefined {
  const middle = way.filter(({ deg }) => deg > 0.2 * distanceDeg && deg < 0.8 * distanceDeg);
  const lag = Math.max(1, Math.floor(middle.length / 3));
  const slopes = middle.slice(lag).flatMap(({ seconds, deg }, i) => {
    const before = middle[i];
    const slope = before ? (deg - before.deg) / (seconds - before.seconds) : NaN;
    return slope > 0 && Number.isFinite(slope) ? [slope] : [];
  });
  return median(slopes);
}

/**
 * Readings that say the same again are no new evidence: by how much errors are larger than they
 * seem.
 */
function repetition(way: readonly Progress[]): number {
  const different = new Set(way.map(({ deg }) => Math.round(deg * 1e4))).size;
  return Math.sqrt(way.length / Math.max(1, different));
}
