import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../test/support/samples.ts';
import { madeUpElements } from '../../../../test/support/satellite-population.ts';
import { decodeElements, decodeEmitters, decodeFrequencies, type KnownKind } from './known-records.ts';
import { createKnownSetReader } from './known-set-reader.ts';

const NOON = Date.UTC(2026, 10, 29, 12);
const ELEMENTS = madeUpElements(5_000, NOON, seededRandom(2));
const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

function read(kind: KnownKind, ...files: unknown[]) {
  const reader = createKnownSetReader(kind);
  files.forEach((file, k) => {
    if (k > 0) reader.nextFile();
    const all = bytes(file);
    for (let start = 0; start < all.length; start += 65_536) reader.push(all.subarray(start, start + 65_536));
  });
  return reader.finish();
}

describe('a set of elements', () => {
  test('has the same records after encoding, in batches', () => {
    const set = read('elements', ELEMENTS);
    expect(set).toMatchObject({ count: 5_000, skipped: 0, firstReason: undefined });
    expect(set.batches.length).toBeGreaterThan(1);
    expect(decodeElements(set.batches)).toEqual(ELEMENTS);
    const epochs = ELEMENTS.map(({ EPOCH }) => Date.parse(EPOCH));
    expect([set.oldestEpochMs, set.newestEpochMs]).toEqual([Math.min(...epochs), Math.max(...epochs)]);
  });

  test('has the newest elements of a satellite of all files', () => {
    const old = ELEMENTS.slice(0, 10).map((each) => ({ ...each, EPOCH: '2026-01-01T00:00:00.000Z' }));
    const set = read('elements', ELEMENTS.slice(0, 5), old, 'garbage');
    expect(set).toMatchObject({ count: 10, skipped: 1, firstReason: '"garbage" is not a line of elements' });
    expect(decodeElements(set.batches).slice(0, 5)).toEqual(ELEMENTS.slice(0, 5));
  });

  test('of more than 100,000 records in several files is refused', () => {
    const many = '{},'.repeat(60_000);
    expect(() => read('elements', `[${many}`, `[${many}`)).toThrow('more than 100000 records');
  });
});

describe('frequencies', () => {
  test.each([
    ['SatNOGS DB', [{ norad_cat_id: 25544, downlink_low: 145.8e6, downlink_high: null, alive: true }]],
    ['the simple form', [{ catalogue_number: 25544, from_hz: 145.8e6, to_hz: 145.8e6 }]],
    ['texts', [{ norad_cat_id: '25544', downlink_low: '145800000' }]],
  ])('of %s are read', (_, list) => {
    const set = read('frequencies', list);
    expect(set).toMatchObject({ count: 1, skipped: 0 });
    expect(decodeFrequencies(set.batches)).toEqual(new Map([[25544, [{ fromHz: 145.8e6, toHz: 145.8e6 }]]]));
  });

  test.each<[object, string]>([
    [{ norad_cat_id: 5, downlink_low: 1e8, alive: false }, 'a transmitter of satellite 5 is not active'],
    [{ norad_cat_id: 5, downlink_low: 1e8, status: 'invalid' }, 'a transmitter of satellite 5 is not active'],
    [{ norad_cat_id: 5, uplink_low: 1e8 }, 'a transmitter of satellite 5 has no downlink'],
    [{ norad_cat_id: 5, downlink_low: 2e8, downlink_high: 1e8 }, '200000000..100000000 Hz is not a range'],
    [{ norad_cat_id: null, downlink_low: 1e8 }, 'norad_cat_id undefined is outside 1..999999999'],
  ])('%j is skipped', (transmitter, reason) => {
    const good = { norad_cat_id: 6, downlink_low: 1e8 };
    const set = read('frequencies', [transmitter, good]);
    expect(set).toMatchObject({ count: 1, skipped: 1 });
    expect(set.firstReason).toContain(reason);
  });

  test('of one satellite are at most 64', () => {
    const set = read(
      'frequencies',
      Array.from({ length: 70 }, (_, k) => ({ norad_cat_id: 5, downlink_low: 1e8 + k })),
    );
    expect(set).toMatchObject({ count: 1, skipped: 6 });
  });

  test('of more than 200,000 transmitters are refused', () => {
    expect(() => read('frequencies', '{},'.repeat(200_001))).toThrow('more than 200000 transmitters');
  });
});

test('emitters have the same values after encoding', () => {
  const features = [
    { geometry: { type: 'Point', coordinates: [8, 50] }, properties: { name: 'Mäst', from_hz: 1, to_hz: 2 } },
  ];
  const set = read('emitters', { type: 'FeatureCollection', features });
  expect(set).toMatchObject({ count: 1, skipped: 0 });
  expect(decodeEmitters(set.batches)).toEqual([
    { name: 'Mäst', latitudeDeg: 50, longitudeDeg: 8, heightM: 0, frequencies: [{ fromHz: 1, toHz: 2 }] },
  ]);
});

test.each<[KnownKind, number]>([
  ['elements', 64],
  ['frequencies', 32],
  ['emitters', 16],
])('%s of more than %d MiB are refused while they arrive', (kind, mebibytes) => {
  const reader = createKnownSetReader(kind);
  const chunk = bytes('\n'.repeat(2 ** 20));
  for (let k = 0; k < mebibytes; k++) reader.push(chunk);
  expect(() => reader.push(chunk)).toThrow(`more than ${mebibytes} MiB`);
});

test('records of another version are refused', () => {
  expect(() => decodeElements([bytes({ version: 0, records: [] })])).toThrow('version 0, not 1');
  expect(() => decodeEmitters([bytes('garbage')])).toThrow('version undefined, not 1');
});
