import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { createGainDrift, gainDriftDb } from '../../services/simulator/domain/gain-drift.ts';
import { createRandom, gaussianPair, type Random } from '../../services/simulator/domain/random.ts';
import type { SkyMap } from '../../services/sky-analyst/domain/finder/sky-map.ts';

/** A source of a synthetic map. */
export interface TrueSource extends Pointing {
  /** Relative to the power of the receiver and the sky, which is 1. */
  amplitude: number;
  /** Half-power width of its image; that of the beam by default. */
  widthDeg?: number;
  /** Degrees per second. */
  azimuthSpeed?: number;
  elevationSpeed?: number;
}

export interface SkyPlan {
  points: readonly (Pointing & { row: number })[];
  sources?: readonly TrueSource[];
  beamWidthDeg: number;
  /** Standard deviation of the noise of a level, relative to the level. */
  relativeSigma: number;
  secondsPerPoint?: number;
  /** Root mean square of the 1/f drift of the gain. */
  driftDb?: number;
  /** Power of the sky and the ground, 1 by default. */
  background?: (pointing: Pointing) => number;
  seed: number;
}

/** Rows of a full circle, every other one reversed. */
export function circleGrid(columns: number, rows: number, firstElevationDeg: number, stepDeg: number) {
  return Array.from({ length: columns * rows }, (_, k) => {
    const row = Math.floor(k / columns);
    const column = row % 2 === 0 ? k % columns : columns - 1 - (k % columns);
    return { azimuthDeg: (360 * column) / columns, elevationDeg: firstElevationDeg + row * stepDeg, row };
  });
}

/** A rectangle around a direction, in steps of equal elevation and azimuth. */
export function rectangleGrid(centre: Pointing, columns: number, rows: number, stepDeg: number) {
  return Array.from({ length: columns * rows }, (_, k) => {
    const row = Math.floor(k / columns);
    const column = row % 2 === 0 ? k % columns : columns - 1 - (k % columns);
    return {
      azimuthDeg: centre.azimuthDeg + (column - (columns - 1) / 2) * stepDeg,
      elevationDeg: centre.elevationDeg + (row - (rows - 1) / 2) * stepDeg,
      row,
    };
  });
}

/**
 * What a receiver measures: (background + sources in a Gaussian beam) x gain x (1 + noise), the
 * beam by the great-circle distance.
 */
export function syntheticSky(plan: SkyPlan): SkyMap {
  const { points, sources = [], beamWidthDeg, relativeSigma, secondsPerPoint = 1 } = plan;
  const random = createRandom(plan.seed);
  const drift = createGainDrift(random, plan.driftDb ?? 0);
  const deviate = normalDeviates(random);
  const column = (of: (point: SkyPlan['points'][number], k: number) => number) =>
    Float64Array.from(points, of);
  return {
    azimuthDeg: column(({ azimuthDeg }) => azimuthDeg),
    elevationDeg: column(({ elevationDeg }) => elevationDeg),
    timeMs: column((_, k) => k * secondsPerPoint * 1_000),
    row: Int32Array.from(points, ({ row }) => row),
    level: column((point, k) => {
      const seconds = k * secondsPerPoint;
      let power = plan.background?.(point) ?? 1;
      for (const source of sources) power += source.amplitude * gain(source, point, beamWidthDeg, seconds);
      const gainOfReceiver = plan.driftDb ? 10 ** (gainDriftDb(drift, seconds * 1_000) / 10) : 1;
      return power * gainOfReceiver * (1 + relativeSigma * deviate());
    }),
  };
}

export function normalDeviates(random: Random): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const [first, second] = gaussianPair(random);
    spare = second;
    return first;
  };
}

function gain(source: TrueSource, point: Pointing, beamWidthDeg: number, seconds: number): number {
  const { azimuthSpeed = 0, elevationSpeed = 0, widthDeg = beamWidthDeg } = source;
  const at = {
    azimuthDeg: source.azimuthDeg + azimuthSpeed * seconds,
    elevationDeg: source.elevationDeg + elevationSpeed * seconds,
  };
  // Half of the power at half of the width.
  return 2 ** -((2 * separationDeg(at, point)) ** 2 / widthDeg ** 2);
}
