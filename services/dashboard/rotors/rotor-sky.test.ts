import { describe, expect, it } from 'vitest';
import { SkyMap } from '#sky-map/sky-map';
import { wholeSkyGrid, nearestAzimuth } from './rotor-sky.ts';

const LIMITS = { min_elevation: 5, max_elevation: 90, horizon: [], keep_out: [] };

describe('the sky of a rotor', () => {
  it.each([
    [5, 0],
    [0, 0],
    [-7, -8],
  ])('with a lowest elevation of %d deg extends from %d deg to the zenith', (min_elevation, bottomDeg) => {
    const { band, fullCircle } = new SkyMap(wholeSkyGrid({ ...LIMITS, min_elevation }));
    expect([band, fullCircle]).toEqual([{ bottomDeg, topDeg: 90 }, true]);
  });
});

describe('the nearest azimuth of a direction', () => {
  it.each([
    ['inside the travel', 10, -180, 450, 0, 10],
    ['one turn on, when that is nearer', 10, -180, 450, 300, 370],
    ['west of north as a negative azimuth', 350, -180, 450, 0, -10],
    ['within a travel of one turn', 200, 0, 360, 10, 200],
    ['outside the travel', 200, -90, 90, 0, 200],
    ['in a travel beyond 360 deg', 0, 400, 800, 0, 720],
  ])('%s', (_name, direction, az_min, az_max, from, azimuth) => {
    expect(nearestAzimuth(direction, { az_min, az_max }, from)).toBe(azimuth);
  });
});
