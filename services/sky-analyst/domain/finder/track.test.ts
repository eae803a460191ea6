import { describe, expect, test } from 'vitest';
import { rectangleGrid, syntheticSky, type TrueSource } from '../../../../test/support/synthetic-sky.ts';
import type { Pointing } from '../../../shared/sky/pointing.ts';
import { chiSquareOf, meanOffset, offsetDeg, type Sighting } from '../identification/offsets.ts';
import { findSources } from './find-sources.ts';

const BEAM = 12;
const CENTRE = { azimuthDeg: 150, elevationDeg: 40 };
/** 4 rows cross the beam, each in 6 s. */
const SMALL = rectangleGrid(CENTRE, 15, 15, 3);
const LARGE = rectangleGrid(CENTRE, 21, 21, 3);

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

interface Scan {
  seed: number;
  relativeSigma: number;
  points?: typeof SMALL;
  beamWidthDeg?: number;
}

function sightingsOf(
  source: Partial<TrueSource>,
  { seed, relativeSigma, points = SMALL, beamWidthDeg = BEAM }: Scan,
): Sighting[] {
  const sky = syntheticSky({
    points,
    sources: [{ ...CENTRE, amplitude: 1, ...source }],
    beamWidthDeg,
    relativeSigma,
    secondsPerPoint: 0.4,
    seed,
  });
  const noise = { bandwidthHz: 1e6, integrationS: 1 / (1e6 * relativeSigma ** 2), gainError: 0 };
  const [found] = findSources(sky, { noise, beamWidthDeg }).sources;
  if (!found) throw new Error('no source was found');
  return found.sightings;
}

function truthAt(change: Partial<TrueSource>, unixMs: number): Pointing {
  const { azimuthDeg, elevationDeg, azimuthSpeed = 0, elevationSpeed = 0 } = { ...CENTRE, ...change };
  return {
    azimuthDeg: azimuthDeg + (azimuthSpeed * unixMs) / 1_000,
    elevationDeg: elevationDeg + (elevationSpeed * unixMs) / 1_000,
  };
}

/** Chi square of the sightings around one direction, and around the true track. */
function scattersOf(sightings: readonly Sighting[], change: Partial<TrueSource>) {
  const still = sightings.map(({ pointing, covariance }) => ({
    offset: offsetDeg(CENTRE, pointing),
    covariance,
  }));
  const square = sightings.reduce(
    (sum, { unixMs, pointing, covariance }) =>
      sum + chiSquareOf(offsetDeg(truthAt(change, unixMs), pointing), covariance),
    0,
  );
  return { still: meanOffset(still).scatter, square };
}

describe('the two sightings of a source', () => {
  test.each<[string, Partial<TrueSource>]>([
    ['stays', {}],
    ['moves along the rows', { azimuthDeg: 147, azimuthSpeed: 0.07 }],
    ['moves with the rows', { elevationDeg: 38.5, elevationSpeed: 0.04 }],
    ['moves against the rows', { elevationDeg: 44, elevationSpeed: -0.1 }],
  ])('are on the track of one that %s, within their errors', (_, change) => {
    const squares = SEEDS.map((seed) => {
      const sightings = sightingsOf(change, { seed, relativeSigma: 0.03 });
      expect(sightings).toHaveLength(2);
      return scattersOf(sightings, change).square;
    });
    const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length;
    // 4 without the margin for differences between the beam and its model.
    expect(mean).toBeGreaterThan(0.5);
    expect(mean).toBeLessThan(6);
  });

  test('show the motion of a moving source, and none of one that stays', () => {
    const moving = { elevationDeg: 44, elevationSpeed: -0.1 };
    for (const seed of SEEDS.slice(0, 3)) {
      const of = { seed, relativeSigma: 0.01, points: LARGE };
      const [first, second] = sightingsOf(moving, of);
      expect(scattersOf(first && second ? [first, second] : [], moving).still).toBeGreaterThan(40);
      const speed =
        ((second?.pointing.elevationDeg ?? NaN) - (first?.pointing.elevationDeg ?? NaN)) /
        (((second?.unixMs ?? NaN) - (first?.unixMs ?? NaN)) / 1_000);
      expect(speed).toBeCloseTo(moving.elevationSpeed, 1);
      expect(scattersOf(sightingsOf({}, of), {}).still).toBeLessThan(5);
    }
  });

  test('are missing of a wide source, whose shape hides its motion', () => {
    const points = rectangleGrid(CENTRE, 21, 21, BEAM / 8);
    const of = { seed: 1, relativeSigma: 0.01, points, beamWidthDeg: BEAM / 2 };
    expect(sightingsOf({ widthDeg: (1.5 * BEAM) / 2 }, of)).toEqual([]);
    expect(sightingsOf({ widthDeg: BEAM / 2 }, of)).toHaveLength(2);
  });
});
