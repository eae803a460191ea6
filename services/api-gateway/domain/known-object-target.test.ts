import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/samples.ts';
import { madeUpElements } from '../../../test/support/satellite-population.ts';
import { lookAtOrbit, lookAtPlace } from '#shared/sky/look';
import { emitterTarget, requirePlace, satelliteTarget } from './known-object-target.ts';
import { requireMeasurable, scansAround } from './pointing-target.ts';

const SITE = { latitudeDeg: 48, longitudeDeg: 11, heightM: 100 };
const NOON = Date.UTC(2026, 10, 30, 12);
const DAY_MS = 86_400_000;
const BEAM = 6;
const axis = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const rotor = {
  limits: { azMinDeg: 0, azMaxDeg: 360, elMinDeg: 0, elMaxDeg: 90 },
  toleranceDeg: 1,
  park: { azimuthDeg: 0, elevationDeg: 0 },
  horizon: [],
  keepOut: [],
  azimuth: axis,
  elevation: axis,
};
const elements = madeUpElements(400, NOON, seededRandom(2));
const above = (kind: string, elevationDeg: number, unixMs = NOON) => {
  const found = elements.find(
    (of) =>
      of.OBJECT_NAME.startsWith(kind) &&
      (lookAtOrbit(of, SITE)(unixMs)?.pointing.elevationDeg ?? -90) > elevationDeg,
  );
  if (!found) throw new Error(`no ${kind} is above ${elevationDeg} deg`);
  return found;
};
const measurable = (target: ReturnType<typeof satelliteTarget>, unixMs = NOON) =>
  requireMeasurable(target, rotor, (direction) => scansAround(direction, 'raster', BEAM), unixMs);

describe('a satellite as a target', () => {
  const geo = { elements: above('GEO', 20), maxAgeDays: 14 };
  const low = { elements: above('LEO', 20), maxAgeDays: 3 };

  test('that is geostationary is measurable, where it appears at each time', () => {
    const target = satelliteTarget(geo, SITE, BEAM);
    expect(measurable(target)).toHaveLength(1);
    expect(target.name).toBe(geo.elements.OBJECT_NAME);
    for (const unixMs of [NOON, NOON + 6 * 3_600_000]) {
      const look = lookAtOrbit(geo.elements, SITE)(unixMs)?.pointing;
      const { azimuthDeg, elevationDeg } = target.directionAt(unixMs);
      expect(azimuthDeg).toBe(look?.azimuthDeg);
      // Refraction above 20 degrees: 0.045 degrees at most.
      expect(elevationDeg - (look?.elevationDeg ?? NaN)).toBeGreaterThan(0);
      expect(elevationDeg - (look?.elevationDeg ?? NaN)).toBeLessThan(0.05);
    }
  });

  test('in a low orbit is refused with its speed and the limit', () => {
    expect(() => measurable(satelliteTarget(low, SITE, BEAM))).toThrow(
      /^LEO \d+ at az .* cannot be measured: it moves \d+(\.\d+)? deg per minute, too fast for a scan: at most 0.6 deg per minute, a tenth of the beam width, are allowed; it cannot be measured in the next 24 h$/,
    );
  });

  test('with old elements is refused with their age and the limit', () => {
    const target = satelliteTarget(geo, SITE, BEAM);
    const epochMs = Date.parse(geo.elements.EPOCH);
    expect(() => measurable(target, epochMs + 20.3 * DAY_MS)).toThrow(
      /its orbital elements are 20.3 days old, at most 14 days are allowed: upload newer ones/,
    );
    expect(measurable(target, epochMs + 13.9 * DAY_MS)).toHaveLength(1);
  });

  test('below the horizon is refused', () => {
    const hidden = elements.find(
      (of) =>
        of.OBJECT_NAME.startsWith('GEO') && (lookAtOrbit(of, SITE)(NOON)?.pointing.elevationDeg ?? 0) < -5,
    );
    expect(() =>
      measurable(satelliteTarget({ ...geo, elements: hidden ?? geo.elements }, SITE, BEAM)),
    ).toThrow(
      /^GEO \d+ at az .* cannot be measured: it is below the horizon; it cannot be measured in the next 24 h$/,
    );
  });
});

describe('an emitter as a target', () => {
  test.each([
    // Elevation over a flat Earth: less the drop d / 2R of an Earth of 4/3 of the radius.
    ['north', 48.1, 11, 1_100, 0, 11_119],
    ['east', 48, 11.2, 2_100, 90, 14_920],
    ['far in the south', 47.4, 11, 2_900, 180, 66_710],
  ])(
    'in the %s is at its bearing, as high as its mast appears',
    (_, latitudeDeg, longitudeDeg, heightM, azimuthDeg, distanceM) => {
      const place = { latitudeDeg, longitudeDeg, heightM };
      const direction = emitterTarget({ name: 'Mast', place }, SITE).directionAt(NOON);
      expect(direction.azimuthDeg).toBeCloseTo(azimuthDeg, 0);
      const rise = (heightM - SITE.heightM) / distanceM;
      const drop = distanceM / (2 * (4 / 3) * 6_371_000);
      expect(direction.elevationDeg).toBeCloseTo(((rise - drop) * 180) / Math.PI, 1);
      expect(direction.elevationDeg).toBeGreaterThan(lookAtPlace(SITE, place).pointing.elevationDeg);
    },
  );
});

test('without a place of the site, the message says what to set', () => {
  expect(() => requirePlace(undefined, 'of the Sun')).toThrow(
    /^the direction of the Sun is unknown: set latitude_deg and longitude_deg of the site/,
  );
  expect(requirePlace(SITE, 'of the Sun')).toBe(SITE);
});
