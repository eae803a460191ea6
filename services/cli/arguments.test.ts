import { describe, expect, test } from 'vitest';
import {
  parseAzimuths,
  parseBand,
  parseElevations,
  parseField,
  idParser,
  parseNumber,
  parseReference,
  parseWhole,
} from './arguments.ts';

const step = parseNumber('step', 0.01, 360, 'deg');
const reads = parseWhole('reads', 1, 1_000);
const rotor = idParser('a rotator');

describe('arguments are parsed', () => {
  test.each<[string, (text: string) => unknown, string, unknown]>([
    ['azimuths', parseAzimuths, '0:90', { from: 0, to: 90 }],
    ['a sector through north', parseAzimuths, '350:10', { from: 350, to: 10 }],
    ['below zero', parseAzimuths, '-90:-10.5', { from: -90, to: -10.5 }],
    ['one column', parseAzimuths, '45', { from: 45, to: 45 }],
    ['a full circle', parseAzimuths, '-180:180', { from: -180, to: 180 }],
    ['elevations', parseElevations, '20:60', { from: 20, to: 60 }],
    ['one row', parseElevations, '20:20', { from: 20, to: 20 }],
    ['a step', step, '2.5', 2.5],
    ['the smallest step', step, '.01', 0.01],
    ['reads', reads, '1000', 1000],
    ['an id', rotor, '12', 12],
    ['a reference', parseReference, '180:80:15', { azimuth: 180, elevation: 80, every_min: 15 }],
    ['a reference with the default interval', parseReference, '0:80', { azimuth: 0, elevation: 80 }],
    ['a field with a number', parseField, 'min_elevation=10', { min_elevation: 10 }],
    ['a field with text', parseField, 'host=192.168.1.5', { host: '192.168.1.5' }],
    ['a field with a list', parseField, 'horizon=[[0,8]]', { horizon: [[0, 8]] }],
    ['a field set to null', parseField, 'dbm_offset_db=null', { dbm_offset_db: null }],
    ['a field with equals signs', parseField, 'name=a=b', { name: 'a=b' }],
  ])('%s', (_what, parse, text, value) => expect(parse(text)).toEqual(value));

  test('fields are merged', () => {
    expect(parseField('port=1', parseField('host=pi'))).toEqual({ host: 'pi', port: 1 });
  });
});

describe('error messages state the value, the limit and the unit', () => {
  test.each<[(text: string) => unknown, string, RegExp]>([
    [parseAzimuths, '600:0', /^azimuth 600 deg is outside -180\.\.540 deg\.$/],
    [parseAzimuths, '-90:280', /^azimuths -90:280 deg span 370 deg, more than 360 deg\.$/],
    [parseAzimuths, '0:90:5', /^azimuths must look like FROM:TO in degrees: 20:60\.$/],
    [parseAzimuths, ':', /must look like FROM:TO/],
    [parseAzimuths, 'north', /^azimuth must be a number in -180\.\.540 deg\.$/],
    [parseAzimuths, '0x10:20', /must be a number/],
    [parseElevations, '60:20', /^elevations 60:20 deg: the end is below the start\.$/],
    [parseElevations, '0:91', /^elevation 91 deg is outside -90\.\.90 deg\.$/],
    [step, '0', /^step 0 deg is outside 0\.01\.\.360 deg\.$/],
    [step, 'NaN', /must be a number in 0\.01\.\.360 deg/],
    [step, 'Infinity', /must be a number/],
    [step, '', /must be a number/],
    [reads, '1001', /^reads 1001 is outside 1\.\.1000\.$/],
    [reads, '2.5', /^reads 2\.5 must be a whole number\.$/],
    [rotor, '0', /^It must be the id of a rotator\.$/],
    [rotor, 'roof', /id of a rotator/],
    [parseReference, '180', /must look like AZ:EL or AZ:EL:MINUTES/],
    [parseReference, '180:80:10:5', /must look like/],
    [parseReference, '180:95', /elevation 95 deg is outside/],
    [parseReference, '180:80:0', /^minutes 0 min is outside 1\.\.1440 min\.$/],
    [
      parseReference,
      '180,5,80',
      /^180,5,80 has a comma, which may separate values or decimals\. Write AZ:EL/,
    ],
    [parseReference, '180,5:80', /has a comma/],
    [step, '0,5', /^step must be a number in 0\.01\.\.360 deg, with a decimal point\.$/],
    [parseField, 'min_elevation', /must look like field=value/],
    [parseField, '=5', /must look like/],
    [parseField, 'Name=5', /must look like/],
  ])('%o of %j', (parse, text, pattern) => {
    let message = '';
    try {
      parse(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(pattern);
  });

  test('a field given twice is refused', () => {
    expect(() => parseField('port=2', { port: 1 })).toThrow('port is given twice');
  });
});

describe('a frequency range', () => {
  test.each([
    ['433900000-434100000', { from_hz: '433900000', to_hz: '434100000' }],
    ['433.9e6-434.1E+6:max', { from_hz: '433900000', to_hz: '434100000', statistic: 'max' }],
    ['0-0.5:occupancy', { from_hz: '0', to_hz: '0.5', statistic: 'occupancy' }],
  ])('%s', (text, expected) => {
    expect(parseBand(text)).toEqual(expected);
  });

  test.each(['', '1', '1-', '-1-2', '1-2-3', '1:2', '1-2:', '1-2:mode', '1 MHz-2 MHz'])(
    '%j is refused',
    (text) => {
      expect(() => parseBand(text)).toThrow(/FROM-TO|must be one of mean, median/);
    },
  );
});
