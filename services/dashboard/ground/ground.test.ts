import { describe, expect, test } from 'vitest';
import { geodesicEnd } from '#shared/sky/geodesic';
import { bearingLine, bearingWedge, groundPlane, pathThrough } from './ground-plane.ts';
import { distanceText, placeText, ringSpacingM, viewOf, zoomed } from './map-scale.ts';
import { parseLayer } from './owner-layer.ts';

const CENTRE = { latitudeDeg: 60, longitudeDeg: 10 };

describe('the plane around a site', () => {
  const plane = groundPlane(CENTRE);

  test.each([
    [90, 50_000, [50_000, 0]],
    [180, 400_000, [0, -400_000]],
    [225, 100_000, [-70_710.678, -70_710.678]],
  ])('azimuth %d deg, %d m', (azimuthDeg, distanceM, expected) => {
    const offset = plane(geodesicEnd(CENTRE, azimuthDeg, distanceM));
    offset.forEach((value, k) => expect(value).toBeCloseTo(expected[k] ?? NaN, 2));
  });

  test('bearings of the centre are straight, those of other sites are not', () => {
    const bend = (bearing: Parameters<typeof bearingLine>[0]) => {
      const [start, middle, end] = [0, 8, 16].map((k) => plane(bearingLine(bearing, 300_000)[k] ?? CENTRE));
      if (!start || !middle || !end) return NaN;
      const [x, y] = [end[0] - start[0], end[1] - start[1]];
      return Math.abs((middle[0] - start[0]) * y - (middle[1] - start[1]) * x) / Math.hypot(x, y);
    };
    expect(bend({ ...CENTRE, azimuthDeg: 70, sigmaDeg: 1 })).toBeLessThan(0.01);
    const east = geodesicEnd(CENTRE, 90, 300_000);
    expect(bend({ ...east, azimuthDeg: 0, sigmaDeg: 1 })).toBeGreaterThan(50);
  });

  test('a wedge is as wide as the error', () => {
    const corners = bearingWedge({ ...CENTRE, azimuthDeg: 0, sigmaDeg: 2 }, 100_000).map(plane);
    const [left, right] = [corners[16], corners[17]];
    expect((right?.[0] ?? NaN) - (left?.[0] ?? NaN)).toBeCloseTo(2 * 100_000 * Math.sin(Math.PI / 90), 3);
  });

  test('north is up in a path', () => {
    expect(
      pathThrough(
        [
          [0, 0],
          [100, 200],
        ],
        0.1,
        true,
      ),
    ).toBe('M0.0,0.0L10.0,-20.0Z');
    expect(pathThrough([], 1, true)).toBe('');
  });
});

describe('the scale', () => {
  test.each([
    [4_000, 1_000],
    [4_100, 2_000],
    [30_000, 10_000],
    [75_000, 20_000],
    [900_000, 500_000],
  ])('a radius of %d m has rings every %d m', (radius, spacing) =>
    expect(ringSpacingM(radius)).toBe(spacing),
  );

  test('a map shows everything, zooms by two and has limits', () => {
    const corners = [
      [-10_000, 0],
      [30_000, 20_000],
    ] as const;
    expect(viewOf(corners, 1)).toEqual({ middle: [10_000, 10_000], radiusM: 26_000 });
    // Twice as wide as high.
    expect(viewOf(corners, 2).radiusM).toBe(13_000);
    expect(viewOf([[0, 0]], 1)).toEqual({ middle: [0, 0], radiusM: 1_000 });
    expect([zoomed(8_000, -1), zoomed(8_000, 1), zoomed(100, -1)]).toEqual([4_000, 16_000, 100]);
  });

  test('distances and places as text', () => {
    expect([349.6, 2_549, 10_000, 123_456].map(distanceText)).toEqual(['350 m', '2.5 km', '10 km', '123 km']);
    expect(placeText({ latitude_deg: -33.91234, longitude_deg: 18.4 })).toBe('33.9123° S, 18.4000° E');
  });
});

describe('the layer of the owner', () => {
  test('has lines, rings and named points of any GeoJSON', () => {
    const layer = parseLayer(
      'coast.geojson',
      JSON.stringify({
        type: 'FeatureCollection',
        features: [
          {
            type: 'Feature',
            properties: { name: 'Hut' },
            geometry: { type: 'Point', coordinates: [11, 48, 500] },
          },
          {
            type: 'Feature',
            properties: null,
            geometry: {
              type: 'LineString',
              coordinates: [
                [1, 2],
                [3, 4],
              ],
            },
          },
          {
            type: 'Feature',
            geometry: {
              type: 'MultiPolygon',
              coordinates: [
                [
                  [
                    [0, 0],
                    [1, 0],
                    [1, 1],
                    [0, 0],
                  ],
                ],
              ],
            },
          },
          { type: 'Feature', geometry: null },
        ],
      }),
    );
    expect(layer.points).toEqual([{ name: 'Hut', longitudeDeg: 11, latitudeDeg: 48 }]);
    expect(layer.lines.map((line) => line.length)).toEqual([2, 4]);
    expect(layer.lines[0]?.[1]).toEqual({ longitudeDeg: 3, latitudeDeg: 4 });
  });

  test.each([
    ['<kml/>', 'a is not JSON: open a GeoJSON file'],
    ['{"type":"Topology"}', 'a has no points, lines or polygons: open a GeoJSON file'],
    ['{"type":"Point","coordinates":[0,91]}', 'a has no points, lines or polygons: open a GeoJSON file'],
  ])('%s is refused', (text, message) => expect(() => parseLayer('a', text)).toThrow(message));

  test('more positions than can be drawn are refused', () => {
    const text = JSON.stringify({ type: 'MultiPoint', coordinates: Array(100_001).fill([0, 0]) });
    expect(() => parseLayer('a', text)).toThrow('a has 100001 positions; at most 100000 can be drawn');
  });
});
