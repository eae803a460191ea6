import { describe, expect, test } from 'vitest';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { circleGrid, syntheticSky, type SkyPoint } from '../../../../test/support/synthetic-sky.ts';
import { structuredSky } from '../../../../test/support/structured-sky.ts';
import { findSources } from './find-sources.ts';

// The sky of the simulator: the ground at the horizon, a warm town, the Milky Way.

const BEAM_DEG = 10;
const NOISE = { bandwidthHz: 1.8e6, integrationS: 0.35 };
const SOURCES = [
  { azimuthDeg: 61.7, elevationDeg: 17.1 },
  { azimuthDeg: 221.9, elevationDeg: 11.8 },
  { azimuthDeg: 301.4, elevationDeg: 19.4 },
];

function search(seed: number, points: readonly SkyPoint[], sources: readonly Pointing[], relativeDb = 5) {
  const level = structuredSky(seed);
  return findSources(
    syntheticSky({
      points,
      sources: sources.map((at) => ({ ...at, amplitude: (10 ** (relativeDb / 10) - 1) * level(at) })),
      beamWidthDeg: BEAM_DEG,
      relativeSigma: 1 / Math.sqrt(NOISE.bandwidthHz * NOISE.integrationS),
      secondsPerPoint: 2,
      driftDb: 0.02,
      background: level,
      seed,
    }),
    { noise: NOISE, beamWidthDeg: BEAM_DEG },
  ).sources;
}

describe('a sky with structure', () => {
  const grid = circleGrid(90, 8, 5, 4);

  test.each([11, 12])('has its sources and no others, seed %i', (seed) => {
    const found = search(seed, grid, SOURCES);
    for (const source of SOURCES) {
      const nearest = Math.min(...found.map((each) => separationDeg(each, source)));
      expect(nearest).toBeLessThan(0.03 * BEAM_DEG);
    }
    expect(found).toHaveLength(SOURCES.length);
  });

  test.each([
    [0, 0],
    [5, 0.5],
    [20, 0.5],
    // The sky below its wings is extrapolated.
    [40, 1.5],
  ])('a source of %i dB', (relativeDb, errorDb) => {
    const [only] = SOURCES;
    const found = search(21, grid, relativeDb === 0 ? [] : SOURCES.slice(0, 1), relativeDb).filter(
      ({ flags }) => !flags.includes('sidelobe'),
    );
    expect(found).toHaveLength(relativeDb === 0 ? 0 : 1);
    if (found[0] && only) {
      expect(separationDeg(found[0], only)).toBeLessThan(0.03 * BEAM_DEG);
      expect(Math.abs(found[0].peakDb - relativeDb)).toBeLessThan(errorDb);
    }
  });

  test('seen in a single row', () => {
    const found = search(31, circleGrid(120, 1, 15, 3), SOURCES.slice(0, 1));
    expect(found).toHaveLength(1);
    expect(Math.abs((found[0]?.azimuthDeg ?? NaN) - (SOURCES[0]?.azimuthDeg ?? NaN))).toBeLessThan(0.5);
  });
});
