import { expect, test } from 'vitest';
import type { Candidate } from '#contract/rest/candidates';
import type { Source } from '#contract/rest/sources';
import {
  angleText,
  candidateText,
  centreText,
  compassPoint,
  extentOf,
  percent,
  proposedTitle,
  sourceText,
} from './source-text.ts';

const source: Source = {
  id: 1,
  session_id: 3,
  number: 1,
  catalogue_id: 7,
  name: null,
  azimuth: 284.12,
  elevation: 12.3,
  azimuth_error_deg: 0.61,
  elevation_error_deg: 0.5,
  covariance: [
    [0.36, 0],
    [0, 0.25],
  ],
  peak_db: 14.2,
  snr: 40,
  width_deg: null,
  channels: [{ from_hz: 433_907_500, to_hz: 433_932_500 }],
  bandwidth_hz: 25_000,
  occupancy: null,
  is_narrow: true,
  first_seen: '2026-02-14T00:00:00.000Z',
  last_seen: '2026-02-14T00:10:00.000Z',
  flags: [],
  candidates: [],
};
const candidate = (name: string, posterior: number): Candidate => ({
  name,
  kind: 'sun',
  posterior,
  chance: 0.01,
  distance: 1,
  agrees: [],
  warnings: [],
});

test.each([
  [0, 'N'],
  [284.1, 'WNW'],
  [359, 'N'],
  [-90, 'W'],
  [405, 'NE'],
])('%s° is %s', (azimuthDeg, point) => expect(compassPoint(azimuthDeg)).toBe(point));

test.each([
  [284.123, 0.61, '284.1° ± 0.6°'],
  [284.123, 0.034, '284.12° ± 0.03°'],
  [284.123, 14.4, '284° ± 14°'],
  [189.1034, 0.0021, '189.103° ± 0.002°'],
])('%s with an error of %s is %s', (deg, error, text) => expect(angleText(deg, error)).toBe(text));

test('a source as a sentence', () => {
  expect(sourceText(source)).toBe('284.1° ± 0.6° (WNW), 433.92 MHz, 25 kHz, 14 dB above the sky');
  expect(sourceText({ ...source, is_narrow: false, peak_db: 0.94, name: 'Sun' })).toBe(
    'Sun, 284.1° ± 0.6° (WNW), whole band, 0.9 dB above the sky',
  );
  expect(proposedTitle(source)).toBe('284°, 433.92 MHz');
});

test('several ranges have one extent', () => {
  const channels = [
    { from_hz: 200e6, to_hz: 201e6 },
    { from_hz: 100e6, to_hz: 101e6 },
  ];
  expect(extentOf({ channels, is_narrow: true })).toEqual({ fromHz: 100e6, toHz: 201e6 });
  expect(centreText({ channels, is_narrow: true })).toBe('150.5 MHz (2 ranges)');
  expect(extentOf({ channels, is_narrow: false })).toBeUndefined();
});

test('a candidate with a high posterior identifies the source', () => {
  const of = (...candidates: Candidate[]) => candidateText({ name: null, candidates });
  expect(of(candidate('Sun', 0.987))).toBe('Sun 99 %');
  expect(of(candidate('A', 0.5), candidate('B', 0.4))).toBe('?');
  expect(of()).toBe('');
  const candidates = [candidate('Sun', 0.987)];
  expect(candidateText({ name: 'Sun', candidates })).toBe('Sun 99 %');
  expect(candidateText({ name: 'The mast', candidates })).toBe('The mast');
  expect([percent(0.9999), percent(0.001), percent(0), percent(1)]).toEqual([
    '> 99 %',
    '< 1 %',
    '0 %',
    '100 %',
  ]);
});
