import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { AxisMotion, RotorMotion } from '#shared/sky/kinematics';

/**
 * The range in which one axis is tested while the other one rests, in whole degrees.
 */
export interface TestRange {
  lowDeg: number;
  highDeg: number;
  /** The position of the other axis. */
  otherDeg: number;
}

/** What the choice of a test range depends on. */
interface PlanContext {
  from: Pointing;
  limits: TravelLimits;
  motion: RotorMotion;
  /** Whether every pointing between the two is allowed. */
  isFree: (a: Pointing, b: Pointing) => boolean;
}

/** An axis with less free travel than this is not tested. */
export const MIN_RANGE_DEG = 5;
const MAX_LONG_MOVE_DEG = 180;
const MIN_LONG_MOVE_DEG = 20;
const CRUISE_S = 8;
const HOP_DEG = 3;
const PROBE_DEG = 5;

/** The length of a long move: eight seconds at full speed, and both ramps. */
export function longDeg({ speedDegPerS, accelerationDegPerS2 }: AxisMotion): number {
  const desiredDeg = CRUISE_S * speedDegPerS + (2 * speedDegPerS ** 2) / accelerationDegPerS2;
  return Math.ceil(Math.min(MAX_LONG_MOVE_DEG, Math.max(MIN_LONG_MOVE_DEG, desiredDeg)));
}

/**
 * The test range of the azimuth, at the elevation nearest to the current one with enough free
 * travel, or else at the one with the most.
 */
export function azimuthRange({ from, limits, motion, isFree }: PlanContext): TestRange | undefined {
  return widestRange(
    candidates(from.elevationDeg, limits.elMinDeg, limits.elMaxDeg),
    { atDeg: from.azimuthDeg, minDeg: limits.azMinDeg, maxDeg: limits.azMaxDeg },
    longDeg(motion.azimuth),
    (elevationDeg) => (a, b) => isFree({ azimuthDeg: a, elevationDeg }, { azimuthDeg: b, elevationDeg }),
  );
}

/**
 * The test range of the elevation, at the azimuth nearest to the current one with enough free
 * travel, or else at the one with the most.
 */
export function elevationRange({ from, limits, motion, isFree }: PlanContext): TestRange | undefined {
  return widestRange(
    candidates(from.azimuthDeg, limits.azMinDeg, limits.azMaxDeg),
    { atDeg: from.elevationDeg, minDeg: limits.elMinDeg, maxDeg: limits.elMaxDeg },
    longDeg(motion.elevation),
    (azimuthDeg) => (a, b) => isFree({ azimuthDeg, elevationDeg: a }, { azimuthDeg, elevationDeg: b }),
  );
}

/** The setpoint of the first, short move, which gives an estimate of speed and acceleration. */
export function probeTarget({ lowDeg, highDeg }: TestRange): number {
  return Math.min(highDeg, lowDeg + PROBE_DEG);
}

/**
 * The setpoints of the test moves after the probe, from `lowDeg`: long moves in both directions,
 * then hops, some in the direction of the previous move and some against it.
 */
export function testTargets(
  { lowDeg, highDeg }: TestRange,
  motion: AxisMotion,
  toleranceDeg: number,
): number[] {
  const far = Math.min(highDeg, lowDeg + longDeg(motion));
  // A controller may ignore moves shorter than its dead band.
  const hop = Math.min(Math.ceil(Math.max(HOP_DEG, 3 * toleranceDeg)), Math.floor((highDeg - lowDeg) / 2));
  const [one, two] = [lowDeg + hop, lowDeg + 2 * hop];
  return [far, lowDeg, far, lowDeg, one, two, one, lowDeg, one, two];
}

interface AxisTravel {
  atDeg: number;
  minDeg: number;
  maxDeg: number;
}

const APART_DEG = 5;

/** Whole degrees inside the limits, 5 degrees apart, nearest first. */
function candidates(atDeg: number, minDeg: number, maxDeg: number): number[] {
  const [low, high] = [Math.ceil(minDeg), Math.floor(maxDeg)];
  const nearest = Math.min(high, Math.max(low, Math.round(atDeg)));
  const all: number[] = [];
  for (let deg = nearest; deg <= high; deg += APART_DEG) all.push(deg);
  for (let deg = nearest - APART_DEG; deg >= low; deg -= APART_DEG) all.push(deg);
  const inside = all.filter((deg) => deg >= low && deg <= high);
  return inside.sort((a, b) => Math.abs(a - nearest) - Math.abs(b - nearest));
}

function widestRange(
  others: readonly number[],
  travel: AxisTravel,
  wantedDeg: number,
  freeAt: (otherDeg: number) => (aDeg: number, bDeg: number) => boolean,
): TestRange | undefined {
  let best: TestRange | undefined;
  for (const otherDeg of others) {
    const range = nearestRange(travel, wantedDeg, otherDeg, freeAt(otherDeg));
    if (range && (!best || widthOf(range) > widthOf(best))) best = range;
    if (best && widthOf(best) >= wantedDeg) break;
  }
  return best && widthOf(best) >= MIN_RANGE_DEG ? best : undefined;
}

/** The free range of the wanted width nearest to the axis, or the widest one. */
function nearestRange(
  { atDeg, minDeg, maxDeg }: AxisTravel,
  wantedDeg: number,
  otherDeg: number,
  isFree: (aDeg: number, bDeg: number) => boolean,
): TestRange | undefined {
  const stretches: { low: number; high: number }[] = [];
  let open: { low: number; high: number } | undefined;
  for (let deg = Math.ceil(minDeg); deg <= Math.floor(maxDeg); deg++) {
    if (open && isFree(open.high, deg)) open.high = deg;
    else if (isFree(deg, deg)) stretches.push((open = { low: deg, high: deg }));
    else open = undefined;
  }
  const enough = stretches.filter(({ low, high }) => high - low >= wantedDeg);
  const away = ({ low, high }: { low: number; high: number }) => Math.max(0, low - atDeg, atDeg - high);
  const chosen =
    enough.length > 0
      ? enough.reduce((a, b) => (away(b) < away(a) ? b : a))
      : stretches.reduce<(typeof stretches)[number] | undefined>(
          (a, b) => (!a || b.high - b.low > a.high - a.low ? b : a),
          undefined,
        );
  if (!chosen) return undefined;
  const width = Math.min(wantedDeg, chosen.high - chosen.low);
  const lowDeg = Math.min(Math.max(chosen.low, Math.round(atDeg - width / 2)), chosen.high - width);
  return { lowDeg, highDeg: chosen.high, otherDeg };
}

function widthOf({ lowDeg, highDeg }: TestRange): number {
  return highDeg - lowDeg;
}
