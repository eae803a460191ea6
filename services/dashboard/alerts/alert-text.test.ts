import { describe, expect, test } from 'vitest';
import { actionsOf } from './alert-actions.ts';
import { changeText, dayTime, sinceText, statusLook } from './alert-text.ts';
import { partOf, picturePath } from './pictures.ts';

const NOW_MS = new Date(2026, 10, 30, 15).getTime();
const at = (...args: [month: number, day: number, hour: number, minute: number]) =>
  new Date(2026, ...args).toISOString();

describe('the sentence of an alert', () => {
  const alert: Parameters<typeof sinceText>[0] = {
    kind: 'new',
    title: 'No scans of Roof',
    raised_at: at(10, 24, 16, 10),
    azimuth: -242,
    channels: [{ from_hz: 868.2e6, to_hz: 868.4e6 }],
    source: null,
  };

  test('has the day, the direction and the frequency', () => {
    expect(sinceText(alert, NOW_MS)).toBe('New since Tue 16:10: 118°, 868.3 MHz');
    expect(sinceText({ ...alert, azimuth: null, channels: [] }, NOW_MS)).toBe('New since Tue 16:10');
    expect(sinceText({ ...alert, kind: 'gone', source: 'Relay' }, NOW_MS)).toBe(
      'Gone since Tue 16:10: Relay, 118°, 868.3 MHz',
    );
  });

  test('of an outage is its title', () => {
    expect(sinceText({ ...alert, kind: 'no_data' }, NOW_MS)).toBe('No scans of Roof since Tue 16:10');
  });
});

test.each([
  [at(10, 30, 3, 10), '03:10'],
  [at(10, 29, 3, 10), 'Sun 03:10'],
  [at(10, 23, 3, 10), '23 Nov 2026, 03:10'],
  [at(11, 2, 3, 10), '2 Dec 2026, 03:10'],
])('%s is %s', (time, text) => expect(dayTime(Date.parse(time), NOW_MS)).toBe(text));

test('a state is a word; a fault is red, a change is not, and a silence ends', () => {
  const alert = { kind: 'new', status: 'open', silent_until: null } as const;
  expect(statusLook(alert, NOW_MS)).toMatchObject({ text: 'Open', tone: 'warn' });
  expect(statusLook({ ...alert, kind: 'scan_failed' }, NOW_MS)).toMatchObject({ tone: 'danger' });
  const silent = { ...alert, silent_until: at(11, 1, 0, 0) };
  expect(statusLook(silent, NOW_MS).text).toBe('Silent');
  expect(statusLook(silent, NOW_MS + 2 * 86_400_000).text).toBe('Open');
  expect(statusLook({ ...silent, status: 'cleared' }, NOW_MS).text).toBe('Cleared');
});

test('the actions of an alert: known needs an entry of the catalogue', () => {
  expect(actionsOf({ status: 'open', catalogue_id: 3 })).toEqual(['acknowledge', 'known', 'silence']);
  expect(actionsOf({ status: 'acknowledged', catalogue_id: null })).toEqual(['silence']);
  expect(actionsOf({ status: 'cleared', catalogue_id: 3 })).toEqual([]);
});

test('a change has a sign', () => {
  expect([6.12, -3, 0.04, null].map(changeText)).toEqual(['+6.1 dB', '\u22123.0 dB', '0.0 dB', '']);
});

test('a picture shows the narrowest part of the band with the frequencies', () => {
  const parts = [
    [867e6, 869e6],
    [867e6, 868e6],
    [868e6, 869e6],
  ].map(([from_hz = 0, to_hz = 0], index) => ({ index, band: 0, from_hz, to_hz }));
  expect(partOf(parts, [{ from_hz: 868.2e6, to_hz: 868.4e6 }])).toBe(2);
  expect(partOf(parts, [{ from_hz: 867.2e6, to_hz: 868.8e6 }])).toBe(0);
  expect(partOf(parts, [])).toBe(0);
  expect(picturePath({ sessionId: 7, baselineId: 2, band: 1, theme: 'dark', size: 240 }, 'usual')).toBe(
    '/api/skyscan/7/anomalies/map.png?baseline=2&band=1&value=usual&fit=true&size=240&theme=dark',
  );
});
