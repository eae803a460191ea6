import { describe, expect, test } from 'vitest';
import { separationDeg } from '#shared/sky/pointing';
import { beamGain } from './beam.ts';
import { createSky, gainDriftDb } from './sky.ts';
import { truthDbm } from './truth.ts';

const beam = { hpbwDeg: 6, sideLobeDb: -36 };
const seeds = [1, 2, 3, 7, 42, 4_294_967_295];

/** The published default grid, row by row. */
const grid = Array.from({ length: 24 * 180 }, (_, cell) => ({
  azimuthDeg: (cell % 180) * 2,
  elevationDeg: 18 + Math.floor(cell / 180) * 2,
}));

describe('the beam', () => {
  test.each([
    [0, 1],
    [3, 0.5],
    [6, 0.0625],
  ])('of 6 degrees, %d degrees off its axis, has a gain of %d', (offAxisDeg, gain) => {
    expect(beamGain(offAxisDeg, beam)).toBeCloseTo(gain, 3);
  });

  test('has a minimum gain at its side lobes', () => {
    expect(beamGain(180, beam)).toBeCloseTo(10 ** -3.6, 8);
  });
});

describe.each(seeds)('the sky of seed %d', (seed) => {
  const sky = createSky(seed);
  const map = grid.map((pointing) => truthDbm(sky, beam, pointing));
  const strongest = map.indexOf(Math.max(...map));

  test('depends on the seed only', () => {
    expect(createSky(seed)).toEqual(sky);
  });

  test('has the Sun as its strongest source by far', () => {
    const sun = sky.sources.find(({ name }) => name === 'Sun');
    expect(sun).toBeDefined();
    if (!sun) return;
    expect(separationDeg(grid[strongest] ?? grid[0] ?? sun.at, sun.at)).toBeLessThan(2);
    const elsewhere = map.filter((_, cell) => separationDeg(grid[cell] ?? sun.at, sun.at) > 10);
    expect(Math.max(...map)).toBeGreaterThan(Math.max(...elsewhere) + 5);
  });

  test('spans 20 to 25 dB, which 8 bits can represent at one gain', () => {
    const span = Math.max(...map) - Math.min(...map);
    expect(span).toBeGreaterThan(20);
    expect(span).toBeLessThan(25);
  });

  test('varies by more than the noise of a measurement nearly everywhere', () => {
    const slopes = grid.map(({ azimuthDeg, elevationDeg }, cell) => {
      const east = truthDbm(sky, beam, { azimuthDeg: azimuthDeg + 5, elevationDeg });
      const up = truthDbm(sky, beam, { azimuthDeg, elevationDeg: elevationDeg + 5 });
      return Math.hypot(east - (map[cell] ?? 0), up - (map[cell] ?? 0));
    });
    const flat = slopes.filter((slope) => slope < 0.1).length / slopes.length;
    expect(flat).toBeLessThan(0.1);
  });

  test('repeats after a whole turn in azimuth', () => {
    const at = { azimuthDeg: 33, elevationDeg: 40 };
    expect(truthDbm(sky, beam, { ...at, azimuthDeg: 33 - 360 })).toBeCloseTo(truthDbm(sky, beam, at), 9);
  });

  test('gain drifts by less than a tenth of a decibel, slowly', () => {
    for (let minute = 0; minute < 600; minute++) {
      const drift = gainDriftDb(sky, minute * 60_000);
      expect(Math.abs(drift)).toBeLessThan(0.1);
      expect(Math.abs(gainDriftDb(sky, (minute + 1) * 60_000) - drift)).toBeLessThan(0.02);
    }
  });
});

test('the geostationary belt is in the south, as high as at 48 degrees north', () => {
  const belt = createSky(1).sources.filter(({ name }) => name === 'satellite');
  expect(belt.length).toBeGreaterThan(10);
  for (const { at } of belt) {
    expect(at.azimuthDeg).toBeGreaterThan(110);
    expect(at.azimuthDeg).toBeLessThan(250);
    expect(at.elevationDeg).toBeLessThan(34.8);
  }
  expect(Math.max(...belt.map(({ at }) => at.elevationDeg))).toBeGreaterThan(33);
});
