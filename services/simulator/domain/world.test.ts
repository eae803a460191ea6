import { describe, expect, test } from 'vitest';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { seenAt, type Seen } from './source.ts';
import { gaussianGainDbi, sourcesOf, type World } from './world.ts';

const SITE = { latitudeDeg: 48, longitudeDeg: 11, heightM: 10 };
const NOON = Date.UTC(2026, 5, 21, 11, 15);
const signals = [{ centerHz: 1e8, bandwidthHz: 0, share: 1, bursts: undefined, repeatsHz: undefined }];
const EMPTY: World = { sun: undefined, satellites: [], emitters: [] };

function emitter(latitudeDeg: number, longitudeDeg: number, heightM = 100): World {
  const place = { latitudeDeg, longitudeDeg, heightM };
  return { ...EMPTY, emitters: [{ name: 'mast', place, eirpDbm: 30, signals }] };
}

function geostationary(longitudeDeg: number, change: object = {}): World {
  // A circular equatorial orbit of one sidereal day that is above this longitude at the epoch.
  const epoch = new Date(NOON);
  const siderealDeg = 280.46061837 + 360.98564736629 * (epoch.getTime() / 86_400_000 + 2440587.5 - 2451545);
  const orbit = {
    OBJECT_NAME: 'GEO',
    OBJECT_ID: '2026-001A',
    NORAD_CAT_ID: 100001,
    EPOCH: epoch.toISOString().replace('Z', ''),
    MEAN_MOTION: 1.0027379,
    ECCENTRICITY: 0,
    INCLINATION: 0,
    RA_OF_ASC_NODE: 0,
    ARG_OF_PERICENTER: 0,
    MEAN_ANOMALY: (((longitudeDeg + siderealDeg) % 360) + 360) % 360,
    EPHEMERIS_TYPE: 0,
    CLASSIFICATION_TYPE: 'U',
    ELEMENT_SET_NO: 999,
    REV_AT_EPOCH: 1,
    BSTAR: 0,
    MEAN_MOTION_DOT: 0,
    MEAN_MOTION_DDOT: 0,
    ...change,
  };
  return { ...EMPTY, satellites: [{ name: 'GEO', orbit: orbit as never, eirpDbm: 60, signals }] };
}

function seenIn(world: World, unixMs = NOON): Seen | undefined {
  const [source] = sourcesOf(world, SITE, 20);
  return source && seenAt(source, unixMs);
}

describe('emitters on Earth', () => {
  test.each([
    ['north', 48.1, 11, 0],
    ['east', 48, 11.1, 90],
    ['south', 47.9, 11, 180],
    ['west', 48, 10.9, 270],
  ])('in the %s', (_, latitudeDeg, longitudeDeg, azimuthDeg) => {
    const { pointing } = seenIn(emitter(latitudeDeg, longitudeDeg)) ?? {};
    expect(pointing?.azimuthDeg).toBeCloseTo(azimuthDeg, 0);
  });

  test('are as high as their mast, less the curvature of the Earth', () => {
    // 11.12 km away, 90 m higher: 0.46 degrees, less half of 0.1 degrees.
    const { pointing } = seenIn(emitter(48.1, 11)) ?? {};
    expect(pointing?.elevationDeg).toBeCloseTo(0.464 - 0.05, 2);
  });

  test('lose 32.45 + 20 log km + 20 log MHz dB on the way (ITU-R P.525)', () => {
    const { levelDbm } = seenIn(emitter(48.1, 11)) ?? {};
    expect(levelDbm).toBeCloseTo(30 - (32.45 + 20 * Math.log10(11.12) + 40) + 20, 1);
  });

  test.each([
    [100, 48.4, true],
    [100, 48.55, false],
    [1_000, 49.2, true],
  ])('%d m high at latitude %d are above the radio horizon: %s', (heightM, latitudeDeg, isSeen) => {
    expect(seenIn(emitter(latitudeDeg, 11, heightM)) !== undefined).toBe(isSeen);
  });
});

describe('satellites', () => {
  test.each([
    [11, 180],
    [-20, 219],
    [40, 143.3],
  ])('in the geostationary orbit above %d degrees', (longitudeDeg, azimuthDeg) => {
    const { pointing, levelDbm } = seenIn(geostationary(longitudeDeg)) ?? {};
    // Soler and Eisemann 1994, spherical Earth.
    const [latitude, away] = [(48 * Math.PI) / 180, ((longitudeDeg - 11) * Math.PI) / 180];
    const cosArc = Math.cos(latitude) * Math.cos(away);
    const elevation = Math.atan2(cosArc - 6378.137 / 42164.17, Math.sqrt(1 - cosArc ** 2));
    expect(pointing?.elevationDeg).toBeCloseTo((elevation * 180) / Math.PI, 0);
    expect(pointing?.azimuthDeg).toBeCloseTo(azimuthDeg, 0);
    expect(levelDbm).toBeGreaterThan(60 - 165);
    expect(levelDbm).toBeLessThan(60 - 143);
  });

  test('below the horizon are not seen', () => {
    expect(seenIn(geostationary(191))).toBeUndefined();
  });

  test('with elements that cannot be propagated are refused by name', () => {
    expect(() => sourcesOf(geostationary(0, { ECCENTRICITY: 1.5 }), SITE, 20)).toThrow(/^satellite GEO: /);
    expect(() => sourcesOf(geostationary(0, { MEAN_MOTION: undefined }), SITE, 20)).toThrow(
      /^satellite GEO: /,
    );
  });
});

test('the Sun is at its ephemeris position by day and not seen by night', () => {
  const world = { ...EMPTY, sun: { levelDbm: -75 } };
  const { sun } = createSunAndMoon(SITE);
  const seen = seenIn(world);
  expect(seen?.pointing.elevationDeg).toBeCloseTo(sun(NOON).elevationDeg, 3);
  expect(seen?.pointing.elevationDeg).toBeGreaterThan(65);
  expect(seen?.levelDbm).toBe(-75);
  expect(seenIn(world, NOON + 12 * 3_600_000)).toBeUndefined();
});

test('a beam of 6 degrees has 30 dBi', () => {
  expect(gaussianGainDbi(6)).toBeCloseTo(30.05, 1);
});
