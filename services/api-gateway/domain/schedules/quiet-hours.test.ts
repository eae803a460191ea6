import { expect, test } from 'vitest';
import { checkTimeZone, isQuiet } from './quiet-hours.ts';

test.each([
  // Past midnight; 21:59 UTC is 22:59 in Berlin in winter.
  ['22:00', '06:00', '2027-01-01T20:59:59Z', false],
  ['22:00', '06:00', '2027-01-01T21:00:00Z', true],
  ['22:00', '06:00', '2027-01-02T04:59:59Z', true],
  ['22:00', '06:00', '2027-01-02T05:00:00Z', false],
  // Summer time.
  ['22:00', '06:00', '2027-07-01T20:00:00Z', true],
  ['22:00', '06:00', '2027-07-01T04:00:00Z', false],
  // Within a day.
  ['12:00', '13:00', '2027-01-01T11:00:00Z', true],
  ['12:00', '13:00', '2027-01-01T12:00:00Z', false],
  ['00:00', '06:00', '2027-01-01T23:00:00Z', true],
])('%s to %s at %s', (from, to, at, expected) => {
  expect(isQuiet({ from, to }, Date.parse(at), 'Europe/Berlin')).toBe(expected);
});

test('a time zone that does not exist is refused', () => {
  expect(() => checkTimeZone('Mars/Olympus')).toThrow('There is no time zone "Mars/Olympus"');
  for (const zone of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Kathmandu'])
    expect(() => checkTimeZone(zone)).not.toThrow();
});
