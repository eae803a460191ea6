import { expect, test } from 'vitest';
import { entryOf, type CatalogueKey } from './catalogue.ts';

const source = (change: Partial<CatalogueKey> = {}): CatalogueKey => ({
  identity: null,
  azimuthDeg: 100,
  elevationDeg: 30,
  channels: [{ from_hz: 100, to_hz: 110 }],
  isNarrow: true,
  ...change,
});

test.each<[string, CatalogueKey, CatalogueKey[], number | undefined]>([
  [
    'the nearest within half of a beam',
    source(),
    [source({ azimuthDeg: 102 }), source({ azimuthDeg: 101 })],
    1,
  ],
  ['nothing beyond', source(), [source({ elevationDeg: 33.1 })], undefined],
  ['on other frequencies', source(), [source({ channels: [{ from_hz: 110, to_hz: 120 }] })], undefined],
  ['broad and narrow differ', source(), [source({ isNarrow: false })], undefined],
  [
    'the name counts, not the place',
    source({ identity: 'Sun' }),
    [source(), source({ identity: 'Sun', azimuthDeg: 250 })],
    1,
  ],
  ['an unknown source is not the Sun that was there', source(), [source({ identity: 'Sun' })], undefined],
  ['across north', source({ azimuthDeg: 359.5 }), [source({ azimuthDeg: 0.5 })], 0],
])('%s', (_, of, entries, index) => {
  expect(entryOf(of, entries, 6)).toBe(index === undefined ? undefined : entries[index]);
});
