import { expect, test } from 'vitest';
import type { Crossing } from '#contract/rest/bearings';
import { geodesicBetween, geodesicEnd } from '#shared/sky/geodesic';
import { placesToGeoJson, type Position } from './geojson.ts';
import { geoJsonToKml } from './kml.ts';

const EMITTER = { latitudeDeg: -17, longitudeDeg: 179.99 };

/** A place near 180 degrees of longitude with the bearings of two sites. */
const crossing: Crossing = {
  status: 'possible',
  note: 'two sites cannot expose a ghost',
  latitude_deg: EMITTER.latitudeDeg,
  longitude_deg: EMITTER.longitudeDeg,
  covariance_m2: { ee: 1e6, en: 0, nn: 1e6 },
  crossing_deg: 80,
  area: {
    kind: 'ellipse',
    semi_major_m: 2_448,
    semi_minor_m: 2_448,
    azimuth_deg: 0,
    outline: [0, 60, 120, 180, 240, 300].map((azimuth) => {
      const corner = geodesicEnd(EMITTER, azimuth, 2_448);
      return [corner.longitudeDeg, corner.latitudeDeg];
    }),
  },
  chi_square: 0,
  consistency: 1,
  bearings: [0, 80].map((direction) => {
    const site = geodesicEnd(EMITTER, direction, 40_000);
    return {
      site_id: null,
      name: `site <${direction}>`,
      latitude_deg: site.latitudeDeg,
      longitude_deg: site.longitudeDeg,
      height_m: 0,
      azimuth_deg: geodesicBetween(site, EMITTER).azimuthDeg,
      sigma_deg: 1,
      residual_deg: 0,
      distance_m: 40_000,
      source_id: null,
      session_id: null,
    };
  }),
};
const collection = placesToGeoJson([crossing]);

test('GeoJSON has the place, its area and a line per bearing', () => {
  expect(collection.features.map(({ geometry, properties }) => [geometry.type, properties['kind']])).toEqual([
    ['Point', 'place'],
    ['Polygon', 'ellipse'],
    ['LineString', 'bearing'],
    ['LineString', 'bearing'],
  ]);
  expect(collection.features[0]?.properties).toMatchObject({
    name: 'Place 1 (possible)',
    note: 'two sites cannot expose a ghost',
  });
});

test('the ring is closed, counterclockwise, and does not jump at 180 degrees', () => {
  const geometry = collection.features[1]?.geometry;
  const ring = geometry?.type === 'Polygon' ? (geometry.coordinates[0] ?? []) : [];
  expect(ring).toHaveLength(7);
  expect(ring[0]).toEqual(ring.at(-1));
  const steps = ring.slice(1).map((to, k) => [ring[k] as Position, to] as const);
  expect(steps.reduce((sum, [[x, y], [u, v]]) => sum + x * v - u * y, 0)).toBeGreaterThan(0);
  for (const [[x], [u]] of steps) expect(Math.abs(u - x)).toBeLessThan(0.1);
});

test('a line begins at its site and passes the place', () => {
  const geometry = collection.features[2]?.geometry;
  const line = geometry?.type === 'LineString' ? geometry.coordinates : [];
  expect(line[0]?.[1]).toBeCloseTo(crossing.bearings[0]?.latitude_deg ?? NaN, 6);
  expect(line.at(-1)?.[1]).toBeLessThan(EMITTER.latitudeDeg);
});

test('KML has the same features and escapes names', () => {
  const kml = geoJsonToKml('a < b \u0000', collection);
  expect(kml.match(/<Placemark>/g)).toHaveLength(4);
  expect(kml).toContain('<name>a &lt; b </name>');
  expect(kml).toContain('<name>site &lt;80&gt;</name>');
  expect(kml.match(/<LinearRing>/g)).toHaveLength(1);
});

test('KML without features says why', () => {
  const noPlace = { reason: 'parallel', message: 'a & b are parallel' } as const;
  const kml = geoJsonToKml('Places', { ...placesToGeoJson([]), no_place: noPlace });
  expect(kml).toContain('<description>a &amp; b are parallel</description>');
});
