import { expect, test } from 'vitest';
import { errorEllipse } from './ellipse.ts';

function extentOf(elevation: number, covariance: [[number, number], [number, number]]) {
  const points = errorEllipse({ azimuth: 100, elevation, covariance });
  const azimuths = points.map(({ azimuthDeg }) => azimuthDeg);
  const elevations = points.map(({ elevationDeg }) => elevationDeg);
  return {
    right: Math.max(...azimuths) - 100,
    left: 100 - Math.min(...azimuths),
    up: Math.max(...elevations) - elevation,
    down: elevation - Math.min(...elevations),
  };
}

test('95 % are 2.45 standard deviations in each direction', () => {
  const { right, left, up, down } = extentOf(0, [
    [1, 0],
    [0, 0.25],
  ]);
  expect(right).toBeCloseTo(2.45, 1);
  expect(left).toBeCloseTo(2.45, 1);
  expect(up).toBeCloseTo(1.22, 1);
  expect(down).toBeCloseTo(1.22, 1);
});

test('the error to the right is a larger error of the azimuth at a high elevation', () => {
  const { right } = extentOf(60, [
    [0.01, 0],
    [0, 0.01],
  ]);
  expect(right).toBeCloseTo(0.245 / Math.cos(Math.PI / 3), 2);
});

test('correlated errors tilt the ellipse', () => {
  const points = errorEllipse({
    azimuth: 100,
    elevation: 0,
    covariance: [
      [1, 0.9],
      [0.9, 1],
    ],
  });
  const right = points.reduce((a, b) => (b.azimuthDeg > a.azimuthDeg ? b : a));
  expect(right.elevationDeg).toBeGreaterThan(2);
});

test('an error of 0 is a point', () => {
  const { right, up } = extentOf(30, [
    [0, 0],
    [0, 0],
  ]);
  expect(right + up).toBeCloseTo(0);
});
