import { expect, test } from 'vitest';
import { celestialPointings, equatorialDirections } from './celestial.ts';
import { separationDeg } from './pointing.ts';

const SITE = { latitudeDeg: 50, longitudeDeg: 8 };
const NOW = Date.UTC(2026, 10, 29, 20);

test('the pole is in the north at the latitude of the site', () => {
  const { azimuthDeg, elevationDeg } = celestialPointings('equatorial', SITE, NOW)(0, 90);
  expect(Math.abs(azimuthDeg - 360 * Math.round(azimuthDeg / 360))).toBeLessThan(0.3);
  expect(elevationDeg).toBeCloseTo(50, 0);
});

// Blaauw et al. 1960, for J2000: the centre at 17h45m37.2s -28d56m10s, the pole at 192.859 27.128.
test('the galactic frame has its centre and pole where they are', () => {
  const site = { latitudeDeg: -30, longitudeDeg: 0 };
  const galactic = celestialPointings('galactic', site, NOW);
  const equatorial = celestialPointings('equatorial', site, NOW);
  for (const [l, b, ra, dec] of [
    [0, 0, 266.405, -28.936],
    [0, 90, 192.859, 27.128],
  ] as const)
    expect(separationDeg(galactic(l, b), equatorial(ra, dec))).toBeLessThan(0.01);
});

test('a pointing has the right ascension and declination that lead to it', () => {
  const toPointing = celestialPointings('equatorial', SITE, NOW);
  const toSky = equatorialDirections(SITE, NOW);
  for (const pointing of [
    { azimuthDeg: 10, elevationDeg: 3 },
    { azimuthDeg: 200, elevationDeg: 45 },
    { azimuthDeg: 359, elevationDeg: 89 },
  ]) {
    const { longitudeDeg, latitudeDeg } = toSky(pointing);
    expect(separationDeg(toPointing(longitudeDeg, latitudeDeg), pointing)).toBeLessThan(1e-4);
  }
});
