import { expect, test } from 'vitest';
import {
  clockTime,
  count,
  degrees,
  flagText,
  frequency,
  level,
  parseTime,
  rate,
  withLocalTimes,
  zoneOf,
} from './format.ts';

test('angles and levels have a unit, a typographic minus and no negative zero', () => {
  expect([degrees(359.96), degrees(-0.04), degrees(-12.347, 2)]).toEqual(['360.0°', '0.0°', '\u221212.35°']);
  expect([level(-92.04, 'dBm'), level(-0.01, 'dBFS')]).toEqual(['\u221292.0 dBm', '0.0 dBFS']);
});

test('frequencies and rates use the unit that fits their size', () => {
  expect([0, 999, 4_320, 31_999.6, 1_000_000].map(count)).toEqual([
    '0',
    '999',
    '4\u202f320',
    '32\u202f000',
    '1\u202f000\u202f000',
  ]);
  expect([frequency(1_420_405_751), frequency(200_000), frequency(50)]).toEqual([
    '1420.4058 MHz',
    '200 kHz',
    '50 Hz',
  ]);
  expect([rate(12.34), rate(0.5), rate(0.005)]).toEqual(['12.3 points/s', '30 points/min', '18 points/h']);
});

test('API times are UTC, with or without a zone', () => {
  expect(parseTime('2026-02-14T02:00:00')).toBe(Date.UTC(2026, 1, 14, 2));
  expect(parseTime('2026-02-14T02:00:00.250Z')).toBe(Date.UTC(2026, 1, 14, 2, 0, 0, 250));
  expect([parseTime(null), parseTime('soon')]).toEqual([undefined, undefined]);
});

test('times of the current day omit the date', () => {
  const ms = new Date(2026, 1, 14, 2, 5, 9).getTime();
  expect(clockTime(ms, { nowMs: ms + 3_600_000, seconds: true })).toBe('02:05:09');
  expect(clockTime(ms, { nowMs: ms + 86_400_000 })).toBe('14 Feb 2026, 02:05');
});

test('UTC times in notes are converted to local time; the rest stays unchanged', () => {
  const ms = new Date(2026, 1, 14, 2, 5, 9).getTime();
  const utc = `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const note = `${utc} on the way to az 174 el 11: busy; resumed at ${utc}`;
  expect(withLocalTimes(note, ms)).toBe('02:05:09 on the way to az 174 el 11: busy; resumed at 02:05:09');
  expect(withLocalTimes(note, ms + 86_400_000)).toContain('14 Feb 2026, 02:05:09 on the way');
  for (const text of ['2026-99-99T99:99:99Z', '2026-02-14', 'no time'])
    expect(withLocalTimes(text)).toBe(text);
});

test.each([
  [0, 'UTC'],
  [-60, 'UTC+1'],
  [-330, 'UTC+5:30'],
  [210, 'UTC\u22123:30'],
])('an offset of %i min is written %s', (offset, text) => {
  expect(zoneOf({ getTimezoneOffset: () => offset } as Date)).toBe(text);
});

test('flags are listed in plain text, without uncalibrated', () => {
  expect(flagText({ flags: ['uncalibrated', 'clipped', 'moved_while_read'] })).toBe(
    'clipped, moved while read',
  );
});
