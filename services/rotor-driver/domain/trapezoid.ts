import type { AxisMotion } from '#shared/sky/kinematics';
import { fitLeastSquares } from './least-squares.ts';
import { median, type Estimate } from './statistics.ts';

/** How far an axis has travelled: seconds and degrees from a common zero. */
export interface Progress {
  seconds: number;
  deg: number;
}

/** A move with a trapezoidal velocity profile: acceleration and deceleration are equal. */
export interface TrapezoidFit {
  /** The start of the motion and its standard error, seconds. */
  startS: number;
  startErrorS: number;
  speedDegPerS: Estimate;
  accelerationDegPerS2: Estimate;
  /** The axis kept full speed for long enough to measure it. */
  cruises: boolean;
}

/** The distance after `seconds` of a move over `distanceDeg` (not negative), degrees. */
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
// Share of the move. With longer ramps, a lower speed kept for longer fits equally well.
const MAX_RAMP_SHARE = 0.8;
// For the middle and for each end. A slow rotator gives thousands of readings.
const MAX_READINGS = 150;

/**
 * Fits speed, acceleration and start to the readings of a move; undefined for fewer than five.
 * `stepDeg`: the step of the readback. `guess` may be far off.
 */
export function fitTrapezoid(
  readings: readonly Progress[],
  distanceDeg: number,
  stepDeg: number,
  guess: AxisMotion,
): TrapezoidFit | undefined {
  const progress = thinned(readings, stepDeg);
  if (progress.length < 5 || distanceDeg <= 0) return undefined;
  const speed = slopeInTheMiddle(progress, distanceDeg) ?? guess.speedDegPerS;
  const startS = progress.findLast(({ deg }) => deg <= Math.max(stepDeg, 0.02 * distanceDeg))?.seconds ?? 0;
  const motionOf = ([, lnSpeed = 0, lnAcceleration = 0]: readonly number[]): AxisMotion => ({
    speedDegPerS: Math.exp(lnSpeed),
    accelerationDegPerS2: Math.exp(lnAcceleration),
  });
  const residuals = (parameters: readonly number[]) => {
    const motion = motionOf(parameters);
    return progress.map(
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
  const stretch = repetition(progress);
  const [startErrorS = Infinity, speedError = Infinity, accelerationError = Infinity] = best.errors.map(
    (error) => error * stretch,
  );
  return {
    startS: best.parameters[0] ?? 0,
    startErrorS,
    speedDegPerS: { value: speedDegPerS, error: speedError },
    accelerationDegPerS2: { value: accelerationDegPerS2, error: accelerationError },
    cruises: speedDegPerS ** 2 / accelerationDegPerS2 < MAX_RAMP_SHARE * distanceDeg,
  };
}

/** The start of a move of known speed and acceleration, seconds. */
export function fitStart(
  progress: readonly Progress[],
  distanceDeg: number,
  stepDeg: number,
  motion: AxisMotion,
): number | undefined {
  if (progress.length < 3 || distanceDeg <= 0) return undefined;
  const residuals = ([startS = 0]: readonly number[]) =>
    progress.map(({ seconds, deg }) => travelledDeg(seconds - startS, distanceDeg, motion) - deg);
  const half = progress.find(({ deg }) => deg >= distanceDeg / 2)?.seconds ?? 0;
  const guessS = half - distanceDeg / motion.speedDegPerS / 2;
  return fitLeastSquares(residuals, [guessS], stepDeg * QUANTISATION).parameters[0];
}

/** Thins out the middle of the move, where the speed is constant. */
function thinned(progress: readonly Progress[], stepDeg: number): readonly Progress[] {
  const moving = Math.max(
    0,
    progress.findIndex(({ deg }) => deg > stepDeg),
  );
  const [first, last] = [moving - MAX_READINGS / 2, progress.length - MAX_READINGS];
  const stride = Math.max(1, Math.ceil((last - first) / MAX_READINGS));
  return progress.filter((_, i) => Math.abs(i - moving) < MAX_READINGS / 2 || i >= last || i % stride === 0);
}

/** Standard deviation of the quantisation error, in steps. */
const QUANTISATION = 1 / Math.sqrt(12);

/**
 * Slope of the middle part: the median over pairs that are a third of it apart; undefined for too
 * few readings.
 */
function slopeInTheMiddle(progress: readonly Progress[], distanceDeg: number): number | undefined {
  const middle = progress.filter(({ deg }) => deg > 0.2 * distanceDeg && deg < 0.8 * distanceDeg);
  const lag = Math.max(1, Math.floor(middle.length / 3));
  const slopes = middle.slice(lag).flatMap(({ seconds, deg }, i) => {
    const before = middle[i];
    const slope = before ? (deg - before.deg) / (seconds - before.seconds) : NaN;
    return slope > 0 && Number.isFinite(slope) ? [slope] : [];
  });
  return median(slopes);
}

/** The factor by which repeated readings make the standard errors too small. */
function repetition(progress: readonly Progress[]): number {
  const different = new Set(progress.map(({ deg }) => Math.round(deg * 1e4))).size;
  return Math.sqrt(progress.length / Math.max(1, different));
}
