import { describe, expect, test } from 'vitest';
import { readEmitters } from './emitters.ts';

function collection(properties: object, coordinates: unknown = [8.5, 50.1], type = 'Point') {
  return {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type, coordinates }, properties }],
  };
}

describe('emitters of GeoJSON', () => {
  test('have a place, a name and frequencies', () => {
    const range = { from_hz: 1e8, to_hz: 1.01e8 };
    const expected = { name: 'Mast', latitudeDeg: 50.1, longitudeDeg: 8.5 };
    const frequencies = [{ fromHz: 1e8, toHz: 1.01e8 }];
    expect(readEmitters(collection({ name: 'Mast', ...range, height_m: 250 }))).toEqual([
      { ...expected, heightM: 250, frequencies },
    ]);
    expect(readEmitters(collection({ name: ' Mast ', frequencies: [range] }, [8.5, 50.1, 90]))).toEqual([
      { ...expected, heightM: 90, frequencies },
    ]);
    expect(readEmitters(collection({ name: 'Mast' }))).toEqual([
      { ...expected, heightM: 0, frequencies: [] },
    ]);
  });

  test.each([
    ['not a collection', 5, 'not a GeoJSON FeatureCollection'],
    [
      'a line',
      collection({ name: 'x' }, [[1, 2]], 'LineString'),
      'emitter 1 "x": its geometry is not a Point',
    ],
    ['no name', collection({}), 'emitter 1: it has no name'],
    ['exchanged coordinates', collection({ name: 'x' }, [50, 98]), 'latitude 98 is outside -90..90 deg'],
    ['half a range', collection({ name: 'x', from_hz: 5 }), 'to_hz undefined is outside 5..1000000000000 Hz'],
    ['a reversed range', collection({ name: 'x', from_hz: 5, to_hz: 4 }), 'to_hz 4 is outside 5..'],
  ])('are refused: %s', (_, value, message) => {
    expect(() => readEmitters(value)).toThrow(message);
  });

  test('are refused when there are too many', () => {
    expect(() => readEmitters({ type: 'FeatureCollection', features: Array(10_001).fill({}) })).toThrow(
      'emitters: 10001 are more than 10000',
    );
  });
});
