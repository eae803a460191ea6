import { CUT_POINTS } from '#shared/pattern/pattern-cuts';
import { radToDeg } from '#shared/sky/units';
import { dot, type Vector } from '../finder/sphere.ts';
import { DB_PER_NEPER } from './figure.ts';
import type { PatternSurface, PatternValue } from './surface.ts';

/** A cut of a pattern at whole degrees. */
export interface CutPlane {
  /** The axis of the antenna and the direction of positive angles: unit vectors at right angles. */
  forward: Vector;
  along: Vector;
  /** dB, of k degrees from the axis; NaN: not known. */
  gainDb: readonly number[];
}

/** Resolutions of files, dB; the coarsest one that has all gains of a cut is its own. */
const RESOLUTIONS_DB = [1, 0.5, 0.1, 0.01, 0.001];
/** A value between two others is at least this part of the lower one. */
const MIN_SHARE = 0.25;
/** Distance of the values that give a slope, radians. */
const DELTA = 1e-3;

/**
 * A cut at whole degrees as a surface in its plane: power, interpolated (Catmull-Rom). Its values
 * have the error of their rounding, so that the steps of a file are neither nulls nor side lobes;
 * its figures have none.
 */
export function cutSurface({ forward, along, gainDb }: CutPlane): PatternSurface {
  const power = gainDb.map((gain) => 10 ** (gain / 10));
  const relativeSigma = roundingOf(gainDb) / Math.sqrt(12) / DB_PER_NEPER;
  const valueAt = (deg: number): number => {
    const whole = Math.floor(deg);
    const t = deg - whole;
    const near = [-1, 0, 1, 2].map((k) => power[(((whole + k) % CUT_POINTS) + CUT_POINTS) % CUT_POINTS]);
    const [a = NaN, b = NaN, c = NaN, d = NaN] = near;
    if (t < 1e-9) return b;
    // At the edge of what is known, the line between the last two.
    const [before, after] = [Number.isNaN(a) ? 2 * b - c : a, Number.isNaN(d) ? 2 * c - b : d];
    const value =
      b +
      (t / 2) * (c - before + t * (2 * before - 5 * b + 4 * c - after + t * (3 * (b - c) + after - before)));
    return Math.max(value, MIN_SHARE * Math.min(b, c));
  };
  const at = (direction: Vector): PatternValue | undefined => {
    const deg = radToDeg(Math.atan2(dot(direction, along), dot(direction, forward)));
    const value = valueAt(Math.abs(deg - Math.round(deg)) < 1e-6 ? Math.round(deg) : deg);
    return Number.isNaN(value) ? undefined : { value, sigma: relativeSigma * value, addTo: () => undefined };
  };
  return {
    count: 0,
    at,
    slope(circle, angle) {
      const [before, after] = [at(circle.at(angle - DELTA)), at(circle.at(angle + DELTA))];
      if (!before || !after) return undefined;
      return { value: (after.value - before.value) / (2 * DELTA), addTo: () => undefined };
    },
    sigmaOf: () => 0,
    sigmaFrom: () => 0,
  };
}

function roundingOf(gainDb: readonly number[]): number {
  const known = gainDb.filter(Number.isFinite);
  const fits = (step: number) =>
    known.every((gain) => Math.abs(gain / step - Math.round(gain / step)) < 1e-3);
  return RESOLUTIONS_DB.find(fits) ?? 0;
}
