import { describe, expect, it } from 'vitest';
import { SkyMap } from '#sky-map/sky-map';
import { skyOf, turnedTo } from './reach.ts';

const LIMITS = { min_elevation: 5, max_elevation: 90, horizon: [], keep_out: [] };

describe('the sky around a rotor', () => {
  it.each([
    [5, 0],
    [0, 0],
    [-7, -8],
  ])('with a lowest elevation of %d deg goes from %d deg to the zenith', (min_elevation, bottomDeg) => {
    const { band, fullCircle } = new SkyMap(skyOf({ ...LIMITS, min_elevation }));
    expect([band, fullCircle]).toEqual([{ bottomDeg, topDeg: 90 }, true]);
  });
});

describe('a direction', () => {
  it.each([
    ['inside the travel, near', 10, -180, 450, 0, 10],
    ['inside the travel, a turn on', 10, -180, 450, 300, 370],
    ['west of north, below it', 350, -180, 450, 0, -10],
    ['that only one turn reaches', 200, 0, 360, 10, 200],
    ['that the travel does not reach', 200, -90, 90, 0, 200],
    ['in a travel far away', 0, 400, 800, 0, 720],
  ])('%s', (_name, direction, az_min, az_max, from, azimuth) => {
    expect(turnedTo(direction, { az_min, az_max }, from)).toBe(azimuth);
  });
});
