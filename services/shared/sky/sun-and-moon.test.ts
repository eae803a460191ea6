import { describe, expect, test } from 'vitest';
import { createSunAndMoon } from './sun-and-moon.ts';

const GREENWICH = { latitudeDeg: 51.4779, longitudeDeg: 0 };

describe('Sun and Moon', () => {
  // Noon of the summer solstice: the Sun's elevation is 90 deg - latitude + obliquity of the
  // ecliptic.
  test('at noon of the solstice the Sun is in the south at the expected elevation', () => {
    const { azimuthDeg, elevationDeg } = createSunAndMoon(GREENWICH).sun(Date.UTC(2026, 5, 21, 12, 1, 50));
    expect(azimuthDeg).toBeCloseTo(180, 0);
    expect(elevationDeg).toBeCloseTo(90 - GREENWICH.latitudeDeg + 23.44, 1);
  });

  test('noon is earlier east of Greenwich', () => {
    const east = createSunAndMoon({ ...GREENWICH, longitudeDeg: 90 });
    expect(east.sun(Date.UTC(2026, 5, 21, 6, 1, 50)).azimuthDeg).toBeCloseTo(180, 0);
  });

  test('at midnight the Sun is below the horizon', () => {
    expect(createSunAndMoon(GREENWICH).sun(Date.UTC(2026, 11, 21)).elevationDeg).toBeLessThan(-50);
  });

  // The total eclipse of 2026-08-12, greatest near Iceland at 65.2 N 25.2 W at 17:46 UTC: both at
  // the same pointing.
  test('in a total eclipse Sun and Moon coincide', () => {
    const { sun, moon } = createSunAndMoon({ latitudeDeg: 65.2, longitudeDeg: -25.2 });
    const atMs = Date.UTC(2026, 7, 12, 17, 46);
    expect(Math.abs(sun(atMs).azimuthDeg - moon(atMs).azimuthDeg)).toBeLessThan(0.1);
    expect(Math.abs(sun(atMs).elevationDeg - moon(atMs).elevationDeg)).toBeLessThan(0.1);
  });
});
