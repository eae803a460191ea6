import { expect, test } from 'vitest';
import type { Source } from '#contract/rest/sources';
import { bandOf, spectrumHref, widestRange } from './spectrum-href.ts';

const BANDS = [100e6, 433e6].map((center_frequency_hz) => ({
  center_frequency_hz,
  bandwidth_hz: 2e6,
  dbm_offset_db: null,
}));
const map = { cellAt: () => ({ row: 3, column: 12 }) };
const source = { number: 2, azimuth: 10, elevation: 20, is_narrow: true } as Source;
const queryOf = (href: string) => Object.fromEntries(new URLSearchParams(href.split('?')[1]));

test('selects the channels, the band of the receiver and the cell', () => {
  const channels = [
    { from_hz: 432.9e6, to_hz: 432.92e6 },
    { from_hz: 433.1e6, to_hz: 433.12e6 },
  ];
  const href = spectrumHref(7, { ...source, channels }, map, BANDS);
  expect(href).toMatch(/^#\/scan\/sessions\/7\/spectrum\?/);
  expect(queryOf(href)).toEqual({ source: '2', cell: '3,12', tuning: '1', band: '432900000,433120000' });
});

test('a source on the whole band selects no channels', () => {
  const channels = [{ from_hz: 99e6, to_hz: 101e6 }];
  const href = spectrumHref(7, { ...source, channels, is_narrow: false }, undefined, BANDS);
  expect(queryOf(href)).toEqual({ source: '2' });
});

test('the part of a band that a source occupies, and its widest range', () => {
  const channels = [
    { from_hz: 432.9e6, to_hz: 432.92e6 },
    { from_hz: 433.1e6, to_hz: 433.15e6 },
    { from_hz: 100e6, to_hz: 100.5e6 },
  ];
  expect(bandOf({ channels, is_narrow: true }, BANDS)).toEqual({
    bandIndex: 1,
    band: { fromHz: 432.9e6, toHz: 433.15e6 },
  });
  expect(bandOf({ channels, is_narrow: false }, BANDS)).toBeUndefined();
  expect(BANDS.map((band) => widestRange({ channels }, band))).toEqual([
    { fromHz: 100e6, toHz: 100.5e6 },
    { fromHz: 433.1e6, toHz: 433.15e6 },
  ]);
});
