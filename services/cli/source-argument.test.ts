import { expect, test } from 'vitest';
import { parseSource } from './source-argument.ts';

test.each([
  ['sun', 'sun'],
  ['moon', 'moon'],
  ['180.5:-2', { azimuth: 180.5, elevation: -2 }],
  ['satellite=NOAA 19', { satellite: 'NOAA 19' }],
  ['satellite=33591', { satellite: 33591 }],
  ['emitter=a=b', { emitter: 'a=b' }],
])('%s is a source', (text, source) => {
  expect(parseSource(text)).toEqual(source);
});

test.each([
  ['mars', 'It must be sun, moon, AZ:EL, satellite=NAME or emitter=NAME: 180.5:30.'],
  ['satellite=', 'It must be sun'],
  ['1:2:3', 'It must be sun'],
  ['10:95', 'elevation 95 deg is outside -10..90 deg.'],
  ['400:5', 'azimuth 400 deg is outside -360..360 deg.'],
])('%s is refused', (text, message) => {
  expect(() => parseSource(text)).toThrow(message);
});
