import { expect, test } from 'vitest';
import { binsOf, comparedBin, hourOfBin, hoursAt } from './bins.ts';

const MIDNIGHT = Date.parse('2026-07-01T22:30:00Z');

test('the local hour is that of the time zone, of the longitude, or UTC', () => {
  const place = { latitudeDeg: 50, longitudeDeg: 31 };
  expect(hoursAt(MIDNIGHT, 'Europe/Berlin', undefined)).toEqual({ local_hour: 0, sidereal_hour: null });
  expect(hoursAt(MIDNIGHT, undefined, place).local_hour).toBe(0);
  expect(hoursAt(MIDNIGHT, undefined, { ...place, longitudeDeg: -178 }).local_hour).toBe(10);
  expect(hoursAt(MIDNIGHT, undefined, undefined).local_hour).toBe(22);
});

test('the sidereal hour moves through the day within a year', () => {
  const greenwich = { latitudeDeg: 51.5, longitudeDeg: 0 };
  // At the March equinox it is about 12 h at midnight, half a year later about 0 h (USNO).
  const at = (time: string) => hoursAt(Date.parse(time), undefined, greenwich).sidereal_hour;
  expect(at('2026-03-21T00:20:00Z')).toBe(12);
  expect(at('2026-09-23T00:10:00Z')).toBe(0);
  expect(at('2026-09-22T23:30:00Z')).toBe(23);
});

test('bins have names that sort', () => {
  expect(binsOf({ local_hour: 7, sidereal_hour: 23 })).toEqual(['all', 'hour:07', 'sidereal:23']);
  expect(binsOf({ local_hour: null, sidereal_hour: null })).toEqual(['all']);
  expect(hourOfBin('sidereal:07')).toEqual({ column: 'sidereal_hour', hour: 7 });
  expect(hourOfBin('hour:13')).toEqual({ column: 'local_hour', hour: 13 });
  expect(hourOfBin('all')).toBeUndefined();
});

test('an hour is used from 20 sessions on, the one with the smaller spread', () => {
  const own = binsOf({ local_hour: 7, sidereal_hour: 23 });
  const bins = (hour: number, sidereal: number, spreads = [0.2, 0.1]) => [
    { bin: 'all', sessions: 100, spread_db: 0.01 },
    { bin: 'hour:07', sessions: hour, spread_db: spreads[0] ?? null },
    { bin: 'hour:08', sessions: 50, spread_db: 0.001 },
    { bin: 'sidereal:23', sessions: sidereal, spread_db: spreads[1] ?? null },
  ];
  expect(comparedBin(own, bins(19, 19))).toBe('all');
  expect(comparedBin(own, bins(20, 19))).toBe('hour:07');
  expect(comparedBin(own, bins(20, 20))).toBe('sidereal:23');
  expect(comparedBin(own, bins(20, 20, [0.1, 0.2]))).toBe('hour:07');
  expect(comparedBin(own, [])).toBe('all');
});
