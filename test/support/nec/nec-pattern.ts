import type { Vector } from '../../../services/sky-analyst/domain/finder/sphere.ts';
import { tangentPlaneAt } from '../../../services/sky-analyst/domain/finder/sphere.ts';
import { greatCircle } from '../../../services/sky-analyst/domain/pattern/great-circle.ts';
import type { NecAntenna } from './antennas.ts';
import { powerAt, runNec2c } from './nec2c.ts';

/** The true pattern of an antenna and what NEC says about it. */
export interface NecPattern {
  /** Power in a direction: right, forward, up of the antenna; 1 at the peak. */
  gainAt: (direction: Vector) => number;
  directivityDbi: number;
  azimuth: NecPlane;
  elevation: NecPlane;
  /** Undefined: nothing is radiated backwards. */
  frontToBackDb: number | undefined;
  /** Of the peak, as the antenna sees it. */
  peak: Vector;
}

/** Of one plane through the peak; degrees from the peak, dB relative to it. */
export interface NecPlane {
  hpbwDeg: number;
  /** Power at an angle to the right or upwards; 1 at the peak. */
  gainAt: (angleDeg: number) => number;
  before: NecSide;
  after: NecSide;
}

export interface NecSide {
  firstNullDeg: number | undefined;
  sideLobe: { angleDeg: number; levelDb: number } | undefined;
}

const STEP_DEG = 0.05;
/** Deeper dents than this are nulls. */
const MIN_PROMINENCE = 10 ** 0.02;
const RAD = Math.PI / 180;

/** Runs nec2c and measures its table along great circles, in steps of 0.05 degrees. */
export function necPattern(antenna: NecAntenna): NecPattern {
  const table = runNec2c(antenna);
  const raw = (direction: Vector) => {
    // Axes of NEC. Its phi turns from x to y, against a compass: y is to the left of x.
    const [right, forward, up] = direction;
    const [x, y, z] = antenna.forward === 'x' ? [forward, -right, up] : [up, -right, forward];
    const phi = Math.atan2(y, x) / RAD;
    return powerAt(table, Math.acos(Math.max(-1, Math.min(1, z))) / RAD, phi);
  };
  const { direction: peak, value } = highest(raw, [0, 1, 0]);
  const gainAt = (direction: Vector) => raw(direction) / value;
  const { right, up } = tangentPlaneAt(peak);
  const back = gainAt([-peak[0], -peak[1], -peak[2]]);
  return {
    gainAt,
    peak,
    directivityDbi: table.directivityDbi,
    azimuth: planeOf(gainAt, peak, right),
    elevation: planeOf(gainAt, peak, up),
    frontToBackDb: back > 1e-4 ? -10 * Math.log10(back) : undefined,
  };
}

function highest(gainAt: (direction: Vector) => number, start: Vector) {
  let [direction, value] = [start, gainAt(start)];
  for (let step = 8 * RAD; step > 1e-5; step /= 2)
    for (let isHigher = true; isHigher;) {
      isHigher = false;
      const { right, up } = tangentPlaneAt(direction);
      for (const along of [right, up])
        for (const sign of [1, -1]) {
          const next = greatCircle(direction, along).at(sign * step);
          if (gainAt(next) <= value * (1 + 1e-9)) continue;
          [direction, value, isHigher] = [next, gainAt(next), true];
        }
    }
  return { direction, value };
}

function planeOf(gainAt: (direction: Vector) => number, peak: Vector, along: Vector): NecPlane {
  const circle = greatCircle(peak, along);
  const side = (sign: number) =>
    Array.from({ length: 5_400 }, (_, k) => gainAt(circle.at(sign * k * STEP_DEG * RAD)));
  const [before, after] = [side(-1), side(1)];
  return {
    hpbwDeg: halfPowerDeg(before) + halfPowerDeg(after),
    gainAt: (angleDeg) => gainAt(circle.at(angleDeg * RAD)),
    before: sideOf(before),
    after: sideOf(after),
  };
}

function halfPowerDeg(gains: readonly number[]): number {
  const next = gains.findIndex((gain) => gain < 0.5);
  const [a = NaN, b = NaN] = [gains[next - 1], gains[next]];
  return STEP_DEG * (next - 1 + (a - 0.5) / (a - b));
}

/** The first minimum and the maximum after it, each more than 0.2 dB from what follows. */
function sideOf(gains: readonly number[]): NecSide {
  let [lowest, highest] = [0, -1];
  for (let k = 1; k < gains.length; k++) {
    const gain = gains[k] ?? 0;
    if (highest < 0) {
      if (gain < (gains[lowest] ?? 0)) lowest = k;
      else if (gain > MIN_PROMINENCE * (gains[lowest] ?? 0) && gain > 1e-4) highest = k;
    } else if (gain > (gains[highest] ?? 0)) highest = k;
    else if (gain * MIN_PROMINENCE < (gains[highest] ?? 0))
      return {
        firstNullDeg: lowest * STEP_DEG,
        sideLobe: { angleDeg: highest * STEP_DEG, levelDb: 10 * Math.log10(gains[highest] ?? 0) },
      };
  }
  return { firstNullDeg: undefined, sideLobe: undefined };
}
