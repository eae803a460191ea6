import { PROJECTIONS } from '#contract/map-options';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapQuery, parseMapAddress, type MapAddress } from './map-address.ts';

function query(address: MapAddress): URLSearchParams {
  const given = Object.entries(mapQuery(address)).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return new URLSearchParams(given);
}

test('an address survives writing and parsing', () => {
  const level = fc.integer({ min: -2_000, max: 2_000 }).map((tenths) => tenths / 10);
  const range = fc.tuple(level, level).filter(([min, max]) => max - min > 0.15);
  const cell = fc.record({ row: fc.nat(9_999), column: fc.nat(99_999) });
  fc.assert(
    fc.property(
      fc.record({
        projection: fc.constantFrom(undefined, ...PROJECTIONS),
        fit: fc.boolean(),
        range: fc.option(
          range.map(([min, max]) => ({ min, max })),
          { nil: undefined },
        ),
        cell: fc.option(cell, { nil: undefined }),
      }),
      (address) => {
        expect(parseMapAddress(query(address))).toEqual(address);
      },
    ),
  );
});

test.each([
  'projection=mercator',
  'projection=',
  'fit=1',
  'range=1',
  'range=5,1',
  'range=1,1',
  'range=NaN,1',
  'range=-1e999,1',
  'range=1,2,3',
  'cell=-1,2',
  'cell=1.5,2',
  'cell=1',
  'cell=99999999999999999999,1',
  'cell=__proto__,1',
])('%s is ignored', (text) => {
  const nothing = { projection: undefined, fit: false, range: undefined, cell: undefined };
  expect(parseMapAddress(new URLSearchParams(text))).toEqual(nothing);
});
