import { expect, test } from 'vitest';
import type { Source, SourceFlag } from '#contract/rest/sources';
import { sortAfterClick, sourceRows } from './source-rows.ts';

const source = (number: number, azimuth: number, isNarrow: boolean, flags: SourceFlag[] = []) =>
  ({ number, azimuth, is_narrow: isNarrow, flags, channels: [], peak_db: 10 - number }) as unknown as Source;
const SOURCES = [
  source(1, 200, false),
  source(2, -10, true, ['edge']),
  source(3, 30, true, ['sidelobe', 'edge']),
];
const rows = (
  ...[filter, flag, sort]: Parameters<typeof sourceRows> extends [unknown, ...infer Rest] ? Rest : never
) => sourceRows(SOURCES, filter, flag, sort).map(({ number }) => number);
const BY_NUMBER = { by: 'number', isDescending: false } as const;

test('filters', () => {
  expect(rows('all', undefined, BY_NUMBER)).toEqual([1, 2, 3]);
  expect(rows('narrow', undefined, BY_NUMBER)).toEqual([2, 3]);
  expect(rows('main', undefined, BY_NUMBER)).toEqual([1, 2]);
  expect(rows('all', 'edge', BY_NUMBER)).toEqual([2, 3]);
  expect(rows('main', 'sidelobe', BY_NUMBER)).toEqual([]);
});

test('sorts, azimuths from 0 to 360', () => {
  expect(rows('all', undefined, { by: 'azimuth', isDescending: false })).toEqual([3, 1, 2]);
  expect(rows('all', undefined, { by: 'peak', isDescending: false })).toEqual([3, 2, 1]);
});

test('a second click reverses the order', () => {
  const first = sortAfterClick<'number' | 'peak'>(BY_NUMBER, 'peak', true);
  expect(first).toEqual({ by: 'peak', isDescending: true });
  expect(sortAfterClick(first, 'peak', true)).toEqual({ by: 'peak', isDescending: false });
});
