import { expect, test } from 'vitest';
import { bearingOf } from '../../../../test/support/bearing-layouts.ts';
import { geodesicEnd } from '../../../shared/sky/geodesic.ts';
import { placeToGeoJson, type Position } from './geojson.ts';
import { geoJsonToKml } from './kml.ts';
import { solveBearings } from './solve-bearings.ts';

const EMITTER = { latitudeDeg: -17, longitudeDeg: 179.99 };
const bearings = [0, 80].map((az) => bearingOf(`site <${az}>`, geodesicEnd(EMITTER, az, 40_000), EMITTER, 1));
const place = solveBearings(bearings);
if (place.kind === 'no_place') throw new Error(place.message);
const collection = placeToGeoJson('Beacon & co', place, bearings);

test('GeoJSON has the place, its area and a line per bearing', () => {
  expect(collection.features.map(({ properties }) => properties['kind'])).toEqual([
    'place',
    'ellipse',
    'bearing',
    'bearing',
  ]);
  expect(collection.features.map(({ geometry }) => geometry.type)).toEqual([
    'Point',
    'Polygon',
    'LineString',
    'LineString',
  ]);
});

test('the ring is closed, counterclockwise, and does not jump at 180 degrees', () => {
  const geometry = collection.features[1]?.geometry;
  const ring = geometry?.type === 'Polygon' ? (geometry.coordinates[0] ?? []) : [];
  expect(ring[0]).toEqual(ring.at(-1));
  const steps = ring.slice(1).map((to, k) => [ring[k] as Position, to] as const);
  expect(steps.reduce((sum, [[x, y], [u, v]]) => sum + x * v - u * y, 0)).toBeGreaterThan(0);
  for (const [[x], [u]] of steps) expect(Math.abs(u - x)).toBeLessThan(0.1);
});

test('a line begins at its site and passes the place', () => {
  const geometry = collection.features[2]?.geometry;
  const line = geometry?.type === 'LineString' ? geometry.coordinates : [];
  expect(line[0]?.[1]).toBeCloseTo(bearings[0]?.latitudeDeg ?? NaN, 6);
  expect(line.at(-1)?.[1]).toBeLessThan(EMITTER.latitudeDeg);
});

test('KML has the same features and escapes names', () => {
  const kml = geoJsonToKml('a < b \u0000', collection);
  expect(kml.match(/<Placemark>/g)).toHaveLength(4);
  expect(kml).toContain('<name>a &lt; b </name>');
  expect(kml).toContain('<name>Beacon &amp; co</name>');
  expect(kml).toContain('<name>site &lt;80&gt;</name>');
  expect(kml.match(/<LinearRing>/g)).toHaveLength(1);
});
