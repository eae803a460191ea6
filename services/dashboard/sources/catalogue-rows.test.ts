import { expect, test } from 'vitest';
import type { CatalogueChange, CatalogueEntry } from '#contract/rest/sources';
import { catalogueRows, changeText, parseCatalogueQuery, seenText, titleOf } from './catalogue-rows.ts';

const entry: CatalogueEntry = {
  id: 1,
  site_id: 1,
  name: null,
  note: null,
  is_known: false,
  is_ignored: false,
  merged: [],
  identity: null,
  azimuth: 284.2,
  elevation: 3,
  channels: [{ from_hz: 433.91e6, to_hz: 433.93e6 }],
  is_narrow: true,
  first_seen: '2026-02-14T00:00:00.000Z',
  last_seen: '2026-03-14T00:00:00.000Z',
  sightings: 2,
  peak_db: 14,
  sessions_seen: 2,
  sessions_covered: 120,
};
const mast = { ...entry, id: 2, name: 'The mast', note: 'DAB', is_known: true, azimuth: 10, sightings: 5 };
const sun = { ...entry, id: 3, identity: 'Sun', is_narrow: false, last_seen: '2026-04-01T00:00:00.000Z' };
const idsOf = (query: string) =>
  catalogueRows([entry, mast, sun], parseCatalogueQuery(new URLSearchParams(query))).map(({ id }) => id);

test('an entry has a title', () => {
  expect([entry, mast, sun].map(titleOf)).toEqual(['284°, 433.92 MHz', 'The mast', 'Sun']);
});

test.each([
  ['', [3, 2, 1]],
  ['sort=sightings', [3, 1, 2]],
  ['sort=-sightings', [2, 3, 1]],
  ['sort=azimuth', [2, 3, 1]],
  ['sort=title', [1, 3, 2]],
  ['sort=constructor', [3, 2, 1]],
  ['known=true', [2]],
  ['known=false', [3, 1]],
  ['known=maybe', [3, 2, 1]],
  ['search=MAST', [2]],
  ['search=dab', [2]],
  ['search=433.92%20wnw', [1]],
  ['search=whole', [3]],
  ['search=nothing', []],
])('"%s" shows %j', (query, ids) => expect(idsOf(query)).toEqual(ids));

test('sessions that have seen a source, of those that cover it', () => {
  expect(seenText(entry)).toBe('2 of 120');
  expect(seenText({ ...entry, sessions_covered: null })).toBe('2');
});

test('the query selects ignored entries', () => {
  const isIgnored = (query: string) => parseCatalogueQuery(new URLSearchParams(query)).isIgnored;
  expect([isIgnored(''), isIgnored('ignored=true'), isIgnored('ignored=yes')]).toEqual([false, true, false]);
});

test.each<[CatalogueEntry, CatalogueChange, string]>([
  [entry, { name: 'Mast', note: null, is_known: false }, 'Mast: renamed.'],
  [
    mast,
    { name: null, note: 'DAB+', is_known: false },
    '10°, 433.92 MHz: name removed, note saved, no longer marked as known.',
  ],
  [mast, { note: null }, 'The mast: note removed.'],
  [entry, { is_known: true }, '284°, 433.92 MHz: marked as known.'],
  [mast, { is_ignored: true }, 'Ignored: The mast.'],
  [{ ...mast, is_ignored: true }, { is_ignored: false }, 'No longer ignored: The mast.'],
])('%# a change in words', (of, change, text) => expect(changeText(of, change)).toBe(text));
