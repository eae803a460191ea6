import { describe, expect, test } from 'vitest';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { gainDriftDb } from './gain-drift.ts';
import { createSky, type Sky } from './sky.ts';
import { seenAt } from './source.ts';
import { truthDbm } from './truth.ts';

const beam = { hpbwDeg: 6, sideLobeDb: -36 };
const tuned = { frequencyHz: 1.42e9, sampleRateHz: 2_048_000 };
const truthOf = (sky: Sky, pointing: Pointing) =>
  truthDbm(sky, beam, pointing, tuned, { fromMs: 0, toMs: 0 });
const pointingsOf = (sky: Sky, kind: string) =>
  sky.sources.filter((source) => source.kind === kind).flatMap((source) => seenAt(source, 0)?.pointing ?? []);
const seeds = [1, 2, 3, 7, 42, 4_294_967_295];

/** The published default grid, row by row. */
const grid = Array.from({ length: 24 * 180 }, (_, cell) => ({
  azimuthDeg: (cell % 180) * 2,
  elevationDeg: 18 + Math.floor(cell / 180) * 2,
}));

describe.each(seeds)('the sky of seed %d', (seed) => {
  const sky = createSky(seed);
  const map = grid.map((pointing) => truthOf(sky, pointing));
  const strongest = map.indexOf(Math.max(...map));

  test('is the same for a mount that points there beyond the zenith', () => {
    for (const { azimuthDeg, elevationDeg } of grid.slice(0, 1_000)) {
      const dbm = truthOf(sky, { azimuthDeg: azimuthDeg + 180, elevationDeg: 180 - elevationDeg });
      expect(dbm).toBeCloseTo(truthOf(sky, { azimuthDeg, elevationDeg }), 9);
    }
  });

  test('depends on the seed only', () => {
    expect(createSky(seed)).toEqual(sky);
  });

  test('has the same other sources with a Sun that moves', () => {
    const moving = createSky(seed, undefined, undefined, { latitudeDeg: 48, longitudeDeg: 11, heightM: 0 });
    expect({ ...moving, sources: moving.sources.slice(1) }).toEqual({
      ...sky,
      sources: sky.sources.slice(1),
    });
    const [sun] = moving.sources;
    if (!sun) throw new Error('it has no Sun');
    const noon = seenAt(sun, Date.UTC(2026, 5, 21, 11, 18));
    expect([sun.name, noon?.levelDbm]).toEqual(['Sun', -75]);
    expect(noon?.pointing.elevationDeg).toBeCloseTo(65.4, 0);
    expect(seenAt(sun, Date.UTC(2026, 5, 21, 23))).toBeUndefined();
  });

  test('has the Sun as its strongest source by far', () => {
    const [sun] = pointingsOf(sky, 'sun');
    if (!sun) throw new Error('it has no Sun');
    expect(separationDeg(grid[strongest] ?? sun, sun)).toBeLessThan(2);
    const elsewhere = map.filter((_, cell) => separationDeg(grid[cell] ?? sun, sun) > 10);
    expect(Math.max(...map)).toBeGreaterThan(Math.max(...elsewhere) + 5);
  });

  test('spans 20 to 25 dB, which 8 bits can represent at one gain', () => {
    const span = Math.max(...map) - Math.min(...map);
    expect(span).toBeGreaterThan(20);
    expect(span).toBeLessThan(25);
  });

  test('varies by more than the noise of a measurement nearly everywhere', () => {
    const slopes = grid.map(({ azimuthDeg, elevationDeg }, cell) => {
      const east = truthOf(sky, { azimuthDeg: azimuthDeg + 5, elevationDeg });
      const up = truthOf(sky, { azimuthDeg, elevationDeg: elevationDeg + 5 });
      return Math.hypot(east - (map[cell] ?? 0), up - (map[cell] ?? 0));
    });
    const flat = slopes.filter((slope) => slope < 0.1).length / slopes.length;
    expect(flat).toBeLessThan(0.1);
  });

  test('repeats after a whole turn in azimuth', () => {
    const at = { azimuthDeg: 33, elevationDeg: 40 };
    expect(truthOf(sky, { ...at, azimuthDeg: 33 - 360 })).toBeCloseTo(truthOf(sky, at), 9);
  });

  test('gain drifts by less than a tenth of a decibel, slowly', () => {
    for (let minute = 0; minute < 600; minute++) {
      const drift = gainDriftDb(sky.drift, minute * 60_000);
      expect(Math.abs(drift)).toBeLessThan(0.1);
      expect(Math.abs(gainDriftDb(sky.drift, (minute + 1) * 60_000) - drift)).toBeLessThan(0.05);
    }
  });
});

test('the geostationary belt is in the south, as high as at 48 degrees north', () => {
  const belt = pointingsOf(createSky(1), 'satellite');
  expect(belt.length).toBeGreaterThan(10);
  for (const at of belt) {
    expect(at.azimuthDeg).toBeGreaterThan(110);
    expect(at.azimuthDeg).toBeLessThan(250);
    expect(at.elevationDeg).toBeLessThan(34.8);
  }
  expect(Math.max(...belt.map((at) => at.elevationDeg))).toBeGreaterThan(33);
});
