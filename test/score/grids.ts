import { separationDeg, type Pointing } from '#shared/sky/pointing';
import type { Source } from '../../services/sky-analyst/domain/finder/describe-sources.ts';
import type { NoiseSettings } from '../../services/sky-analyst/domain/finder/sky-map.ts';
import { circleGrid, rectangleGrid } from '../support/synthetic-sky.ts';

export const BEAM_DEG = 6;
/** Receiver noise of 0.0022 and errors of the gain of 0.005. */
export const NOISE: NoiseSettings = { bandwidthHz: 2e6, integrationS: 0.1 };
export const SIGMA = Math.sqrt(1 / (2e6 * 0.1) + 0.005 ** 2);

/** 180 x 24 = 4,320 points over the whole sky. */
export const ALL_SKY = circleGrid(180, 24, 2, 3.5);
/** Steps of a third of the beam width, near the horizon. */
export const SECTOR = rectangleGrid({ azimuthDeg: 0, elevationDeg: 25 }, 61, 24, 2);

type Grid = readonly (Pointing & { row: number })[];

/** Places between the points, at least `apartDeg` from each other. */
export function randomPlaces(
  random: () => number,
  count: number,
  box: { azimuthDeg: [number, number]; elevationDeg: [number, number] },
  apartDeg: number,
): Pointing[] {
  const places: Pointing[] = [];
  const within = ([low, high]: [number, number]) => low + (high - low) * random();
  for (let trial = 0; places.length < count && trial < 10_000; trial++) {
    const place = { azimuthDeg: within(box.azimuthDeg), elevationDeg: within(box.elevationDeg) };
    if (places.every((other) => separationDeg(other, place) >= apartDeg)) places.push(place);
  }
  return places;
}

/** Ratio of the ideal matched filter per amplitude of a source, without its own noise. */
export function idealRatio(grid: Grid, place: Pointing, sigma = SIGMA): number {
  let sum = 0;
  for (const point of grid) sum += gainAt(point, place) ** 2;
  return Math.sqrt(sum) / sigma;
}

export function gainAt(point: Pointing, place: Pointing): number {
  return 2 ** -((2 * separationDeg(point, place)) ** 2 / BEAM_DEG ** 2);
}

/** The nearest of the sources within a radius. */
export function nearestTo(
  place: Pointing,
  sources: readonly Source[],
  radiusDeg: number,
): Source | undefined {
  const distances = sources.map((source) => ({ source, distance: separationDeg(place, source) }));
  return distances.filter(({ distance }) => distance <= radiusDeg).sort((a, b) => a.distance - b.distance)[0]
    ?.source;
}
