import { describe, expect, test } from 'vitest';
import { bearingOf, randomLayout } from '../../../../test/support/bearing-layouts.ts';
import { seededRandom } from '../../../../test/support/samples.ts';
import { geodesicBetween, geodesicEnd } from '../../../shared/sky/geodesic.ts';
import { chiSquareAt } from './likelihood.ts';
import { solveBearings, type Place } from './solve-bearings.ts';

const SITE = { latitudeDeg: 50, longitudeDeg: 8 };
const EMITTER = geodesicEnd(SITE, 30, 100_000);
const OTHER = geodesicEnd(SITE, 100, 80_000);

function placeOf(...args: Parameters<typeof solveBearings>): Place {
  const result = solveBearings(...args);
  if (result.kind === 'no_place') throw new Error(result.message);
  return result;
}

describe('bearings that cross', () => {
  test('give the place within a metre, over 100 km', () => {
    const place = placeOf([bearingOf('a', SITE, EMITTER, 1), bearingOf('b', OTHER, EMITTER, 1)]);
    expect(geodesicBetween(place, EMITTER).distanceM).toBeLessThan(1);
    expect(place.area.kind).toBe('ellipse');
    expect(place.consistency).toBe(1);
  });

  test('also across the date line and near a pole', () => {
    for (const site of [
      { latitudeDeg: -17, longitudeDeg: 179.9 },
      { latitudeDeg: 88.9, longitudeDeg: 20 },
    ]) {
      const emitter = geodesicEnd(site, 60, 150_000);
      const bearings = [
        bearingOf('a', site, emitter, 1),
        bearingOf('b', geodesicEnd(site, 0, 90_000), emitter, 1),
        bearingOf('c', geodesicEnd(site, 180, 90_000), emitter, 1),
      ];
      expect(geodesicBetween(placeOf(bearings), emitter).distanceM).toBeLessThan(1);
    }
  });

  // Two bearings at right angles from 50 km: an error of 1 degree is 873 m there, 2.448 of them
  // are 2,136 m.
  test('at right angles have a round ellipse of the expected size', () => {
    const bearings = [0, 90].map((az) => bearingOf(String(az), geodesicEnd(EMITTER, az, 50_000), EMITTER, 1));
    const { area, crossingDeg } = placeOf(bearings);
    if (area.kind !== 'ellipse') throw new Error(area.kind);
    expect(crossingDeg).toBeCloseTo(90, 1);
    expect(area.semiMajorM / 2136).toBeCloseTo(1, 2);
    expect(area.semiMinorM / 2136).toBeCloseTo(1, 2);
  });

  test('at a small angle have an ellipse along the bearings', () => {
    const bearings = [-10, 10].map((az) =>
      bearingOf(String(az), geodesicEnd(EMITTER, 180 + 40 + az, 50_000), EMITTER, 0.3),
    );
    const { area } = placeOf(bearings);
    if (area.kind !== 'ellipse') throw new Error(area.kind);
    expect(area.azimuthDeg).toBeCloseTo(40, 0);
    expect(area.semiMajorM / area.semiMinorM).toBeCloseTo(1 / Math.tan((10 * Math.PI) / 180), 1);
  });

  test('below 15 degrees have a region, whose corners are equally likely', () => {
    const bearings = [0, 12].map((az) => bearingOf(String(az), geodesicEnd(EMITTER, az, 50_000), EMITTER, 1));
    const place = placeOf(bearings);
    if (place.area.kind !== 'region') throw new Error(place.area.kind);
    expect(place.crossingDeg).toBeCloseTo(12, 1);
    expect(place.area.isOpen).toBe(false);
    for (const corner of place.area.polygon)
      expect(chiSquareAt(bearings, corner) - place.chiSquare).toBeCloseTo(5.991, 2);
  });

  test('with errors as large as the angle have an open region', () => {
    const bearings = [0, 4].map((az) => bearingOf(String(az), geodesicEnd(EMITTER, az, 50_000), EMITTER, 2));
    const { area } = placeOf(bearings, { maxDistanceM: 400_000 });
    expect(area).toMatchObject({ kind: 'region', isOpen: true });
  });
});

test('three bearings of different emitters are inconsistent', () => {
  const sites = [0, 120, 240].map((az) => geodesicEnd(EMITTER, az, 40_000));
  const bearings = sites.map((site, k) => bearingOf(String(k), site, EMITTER, 1));
  expect(placeOf(bearings).consistency).toBeGreaterThan(0.99);
  const turned = bearings.map((bearing, k) =>
    k === 0 ? { ...bearing, azimuthDeg: bearing.azimuthDeg + 12 } : bearing,
  );
  expect(placeOf(turned).consistency).toBeLessThan(1e-6);
});

// 500 layouts: the standard deviation of the share is 1 %.
test('the 95 % areas contain the emitter, and consistency is uniform', () => {
  const random = seededRandom(5);
  const places = Array.from({ length: 500 }, () => randomLayout(random, [0.5, 1, 3])).flatMap((layout) => {
    const place = solveBearings(layout.bearings, { corners: 4 });
    return place.kind === 'place' ? [{ ...layout, place }] : [];
  });
  expect(places.length).toBeGreaterThan(480);
  const share = (is: (entry: (typeof places)[number]) => boolean) => places.filter(is).length / places.length;
  const inside = share(
    ({ bearings, emitter, place }) => chiSquareAt(bearings, emitter) - place.chiSquare <= 5.991,
  );
  expect(inside).toBeGreaterThan(0.92);
  expect(inside).toBeLessThan(0.98);
  const few = share(({ place, bearings }) => bearings.length > 2 && place.consistency < 0.2);
  expect(few / share(({ bearings }) => bearings.length > 2)).toBeCloseTo(0.2, 1);
});

describe('bearings that do not cross', () => {
  const east = geodesicEnd(SITE, 90, 30_000);
  test.each([
    ['diverge', -20, 20, 'behind'],
    ['are parallel', 0, 0, 'parallel'],
    ['point away from each other', 270, 90, 'parallel'],
  ])('when they %s give a reason', (_, first, second) => {
    const result = solveBearings([
      { siteId: 'west', ...SITE, azimuthDeg: first, sigmaDeg: 0.2 },
      { siteId: 'east', ...east, azimuthDeg: second, sigmaDeg: 0.2 },
    ]);
    expect(result).toMatchObject({ kind: 'no_place' });
    if (result.kind === 'no_place') expect(result.message).toMatch(/west, east/);
  });
});

test('impossible values are refused with value, limit and unit', () => {
  const bearing = bearingOf('a', SITE, EMITTER, 1);
  expect(() => solveBearings([bearing])).toThrow('at least 2 places');
  expect(() => solveBearings([bearing, { ...bearing, siteId: 'b' }])).toThrow('at least 2 places');
  expect(() => solveBearings([bearing, { ...bearing, latitudeDeg: 91 }])).toThrow(
    'latitude 91 deg is outside -90..90 deg',
  );
  expect(() => solveBearings([bearing, { ...bearing, ...OTHER, sigmaDeg: 0 }])).toThrow(
    'bearing error 0 deg',
  );
  expect(() => solveBearings([bearing, { ...bearing, ...OTHER, azimuthDeg: NaN }])).toThrow('azimuth NaN');
});
