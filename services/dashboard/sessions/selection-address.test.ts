import { INTERFERENCE_VALUES } from '#contract/interference-values';
import { OVERLAY_KINDS } from '#contract/known-sky-values';
import { PROJECTIONS } from '#contract/map-options';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { STATISTICS } from '#shared/spectrum/point-spectrum';
import {
  bandFigures,
  parseSelection,
  selectCell,
  selectionQuery,
  type SelectionAddress,
} from './selection-address.ts';

function query(address: SelectionAddress): URLSearchParams {
  const given = Object.entries(selectionQuery(address)).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return new URLSearchParams(given);
}

test('an address survives writing and parsing', () => {
  const level = fc.integer({ min: -2_000, max: 2_000 }).map((tenths) => tenths / 10);
  const range = fc.tuple(level, level).filter(([min, max]) => max - min > 0.15);
  const hertz = fc.integer({ min: 0, max: 60_000_000_000 }).map((tenths) => tenths / 10);
  const band = fc.tuple(hertz, hertz).filter(([from, to]) => from < to);
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
        pins: fc.array(cell, { maxLength: 2 }),
        band: fc.option(
          band.map(([fromHz, toHz]) => ({ fromHz, toHz })),
          { nil: undefined },
        ),
        statistic: fc.constantFrom(...STATISTICS),
        interference: fc.constantFrom(undefined, ...INTERFERENCE_VALUES),
        source: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: undefined }),
        bandIndex: fc.nat(15),
        overlays: fc.subarray([...OVERLAY_KINDS]),
      }),
      (given) => {
        const address = {
          ...given,
          ...(!given.cell && { pins: [] }),
          ...(given.band && { interference: undefined }),
        };
        expect(parseSelection(query(address))).toEqual(address);
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
  'pins=1,2',
  'band=2,1',
  'band=5,5',
  'band=-5,5',
  'band=1e9,2e9',
  'statistic=best',
  'source=0',
  'source=-1',
  'source=1.5',
  'tuning=-1',
  'tuning=100',
  'overlays=comets',
])('%s is ignored', (text) => {
  expect(parseSelection(new URLSearchParams(text))).toEqual({
    projection: undefined,
    fit: false,
    range: undefined,
    cell: undefined,
    pins: [],
    band: undefined,
    statistic: 'mean',
    bandIndex: 0,
    overlays: [],
  });
});

test('the last three cells stay selected, each once', () => {
  const cell = (column: number) => ({ row: 0, column });
  const select = (...columns: number[]) =>
    columns.reduce<{ row: number; column: number }[]>(
      (before, column) => selectCell(before, cell(column)),
      [],
    );
  expect(select(1, 2, 3, 4)).toEqual([cell(4), cell(3), cell(2)]);
  expect(select(1, 2, 3, 1)).toEqual([cell(1), cell(3), cell(2)]);
});

test('a band is never larger than the spectrum whose ends it has', () => {
  // 1,024 channels of 2,343.75 Hz.
  expect(bandFigures({ fromHz: 432_718_828.125, toHz: 435_118_828.125 })).toEqual([
    '432718828.2',
    '435118828.1',
  ]);
  expect(bandFigures({ fromHz: 99_999_500, toHz: 101_023_500.3 })).toEqual(['99999500', '101023500.3']);
});
