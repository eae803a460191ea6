import { expect, test } from 'vitest';
import { geodesicBetween, geodesicEnd } from './geodesic.ts';

// A quarter of the meridian of WGS 84 is 10,001,965.729 m long.
test('the pole is a quarter of a meridian from the equator', () => {
  const found = geodesicBetween({ latitudeDeg: 0, longitudeDeg: 7 }, { latitudeDeg: 90, longitudeDeg: 7 });
  expect(found.distanceM).toBeCloseTo(10_001_965.729, 2);
  expect(found.azimuthDeg).toBeCloseTo(0, 9);
});

test('the end of a geodesic is where it leads', () => {
  const from = { latitudeDeg: 50, longitudeDeg: 179.9 };
  const to = geodesicEnd(from, 75, 100_000);
  expect(to.longitudeDeg).toBeLessThan(0);
  const back = geodesicBetween(from, to);
  expect(back.distanceM).toBeCloseTo(100_000, 5);
  expect(back.azimuthDeg).toBeCloseTo(75, 9);
  // Meridians converge.
  expect(back.arrivalDeg).toBeGreaterThan(75.9);
});

test('a change of the azimuth moves the end sideways by the reduced length', () => {
  const from = { latitudeDeg: 50, longitudeDeg: 8 };
  const end = geodesicEnd(from, 40, 300_000);
  const beside = geodesicEnd(from, 40.001, 300_000);
  const { reducedM } = geodesicBetween(from, end);
  expect(geodesicBetween(end, beside).distanceM).toBeCloseTo((reducedM * 0.001 * Math.PI) / 180, 3);
});
