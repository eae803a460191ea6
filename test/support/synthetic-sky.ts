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

/** A point of a map. `sweptDeg`: the antenna moves by this azimuth while it is measured. */
export type SkyPoint = Pointing & { row: number; sweptDeg?: number; seconds?: number };

export interface SkyPlan {
  /** `seconds`: time of the point; by default one after the other. */
  points: readonly SkyPoint[];
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
 * The same rectangle on the fly: every other row is swept back, points are as long as the step and
 * do not lie above each other, and the rotor takes a while to the next row.
 */
export function sweptGrid(
  centre: Pointing,
  columns: number,
  rows: number,
  stepDeg: number,
  time: { secondsPerPoint: number; turnSeconds: number },
): SkyPoint[] {
  return rectangleGrid(centre, columns, rows, stepDeg).map((point, k) => ({
    ...point,
    azimuthDeg: point.azimuthDeg + (point.row % 2 === 0 ? 0.2 : -0.15) * stepDeg,
    sweptDeg: stepDeg,
    seconds: k * time.secondsPerPoint + point.row * time.turnSeconds,
  }));
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
  const secondsAt = ({ seconds }: SkyPoint, k: number) => seconds ?? k * secondsPerPoint;
  const column = (of: (point: SkyPlan['points'][number], k: number) => number) =>
    Float64Array.from(points, of);
  return {
    azimuthDeg: column(({ azimuthDeg }) => azimuthDeg),
    elevationDeg: column(({ elevationDeg }) => elevationDeg),
    timeMs: column((point, k) => secondsAt(point, k) * 1_000),
    row: Int32Array.from(points, ({ row }) => row),
    level: column((point, k) => {
      const seconds = secondsAt(point, k);
      let power = plan.background?.(point) ?? 1;
      for (const source of sources)
        power += source.amplitude * meanGain(source, point, beamWidthDeg, seconds);
      const gainOfReceiver = plan.driftDb ? 10 ** (gainDriftDb(drift, seconds * 1_000) / 10) : 1;
      return power * gainOfReceiver * (1 + relativeSigma * deviate());
    }),
  };
}

/** Positions within a point that is measured in motion. */
const SWEPT = [-0.4, -0.2, 0, 0.2, 0.4];

function meanGain(source: TrueSource, point: SkyPoint, beamWidthDeg: number, seconds: number): number {
  const { azimuthDeg, elevationDeg, sweptDeg } = point;
  if (!sweptDeg) return gain(source, point, beamWidthDeg, seconds);
  const gains = SWEPT.map((part) =>
    gain(source, { azimuthDeg: azimuthDeg + part * sweptDeg, elevationDeg }, beamWidthDeg, seconds),
  );
  return gains.reduce((sum, each) => sum + each, 0) / gains.length;
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
