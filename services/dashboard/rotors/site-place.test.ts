import { expect, test } from 'vitest';
import { placeText, toPlace, valuesOf } from './site-place.ts';

const PLACE = { latitude_deg: -33.9, longitude_deg: 0, height_m: 520 };
const NONE = { latitude_deg: null, longitude_deg: null, height_m: null };

test.each([PLACE, NONE, { ...PLACE, height_m: null }])('%j stays the same in the form', (place) =>
  expect(toPlace(valuesOf(place))).toEqual(place),
);

test('input that is not a number is sent as such, so that the API refuses it', () => {
  expect(toPlace({ latitude: 'NaN', longitude: ' ', height: '5' })).toEqual({
    latitude_deg: 'NaN',
    longitude_deg: null,
    height_m: 5,
  });
});

test('a place as text', () => {
  expect([PLACE, NONE, { ...PLACE, height_m: null }].map(placeText)).toEqual([
    '-33.9°, 0°, 520 m',
    'not set',
    '-33.9°, 0°',
  ]);
});
