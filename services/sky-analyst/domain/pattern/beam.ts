import { angleBetween, type Vector } from '../finder/sphere.ts';
import { between, greatCircle } from './great-circle.ts';
import type { PatternSurface, PatternValue, Sensitivity } from './surface.ts';

/** The main beam of a pattern; angles in radians. */
export interface Beam {
  surface: PatternSurface;
  /** The pattern beyond the beam; undefined: `surface`. */
  sides?: PatternSurface | undefined;
  /** Of the peak, as the antenna sees it: right, forward, up. */
  direction: Vector;
  peak: PatternValue;
  /** Axes of the plane that touches the sphere at the peak. */
  right: Vector;
  up: Vector;
  /** About the half-power width, the narrow way. */
  width: number;
}

/** A linear combination of values of the surface. */
export type Parts = readonly (readonly [Sensitivity, number])[];

/** How the peak moves with the power of the points: an angle along each axis. */
export interface PeakShift {
  right: Parts;
  up: Parts;
}

/** Along a cut, to find where it crosses a level. */
export const STEPS_PER_BEAM = 24;
/** Of its width: the distance of the values that give the curvature. */
const STEP = 1 / 6;

/** The whole pattern: one surface within the half-power width, the other beyond it. */
export function wholeSurface({ surface, sides, direction }: Beam, halfPowerWidth: number): PatternSurface {
  if (!sides) return surface;
  const isInBeam = (at: Vector) => angleBetween(at, direction) < halfPowerWidth / 2;
  return { ...sides, at: (at) => (isInBeam(at) ? surface : sides).at(at) };
}

/** The peak is where the slope is 0: it moves by the slope divided by the curvature. */
export function shiftOfPeak({ surface, direction, peak, right, up, width }: Beam): PeakShift {
  const step = STEP * width;
  const [x, y] = [greatCircle(direction, right), greatCircle(direction, up)];
  const value = (at: Vector) => surface.at(at)?.value ?? NaN;
  const second = (circle: typeof x) =>
    (value(circle.at(step)) + value(circle.at(-step)) - 2 * peak.value) / step ** 2;
  const corner = (a: number, b: number) =>
    value(greatCircle(direction, between(right, up, Math.atan2(b, a))).at(step));
  const [xx, yy] = [second(x), second(y)];
  const xy = (corner(1, 1) + corner(-1, -1) - corner(1, -1) - corner(-1, 1)) / (2 * step ** 2);
  const determinant = xx * yy - xy * xy;
  const slopes = [surface.slope(x, 0), surface.slope(y, 0)] as const;
  if (!slopes[0] || !slopes[1]) return { right: [], up: [] };
  return {
    right: [
      [slopes[0], -yy / determinant],
      [slopes[1], xy / determinant],
    ],
    up: [
      [slopes[0], xy / determinant],
      [slopes[1], -xx / determinant],
    ],
  };
}

export function scaled(parts: Parts, by: number): Parts {
  return parts.map(([part, factor]) => [part, factor * by] as const);
}
